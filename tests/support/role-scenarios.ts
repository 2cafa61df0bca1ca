import { randomUUID } from 'node:crypto';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Scene, SceneAccount } from '../../scenes/scene.ts';
import type { AnyControl, AnyResource } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { byResource } from '../../shared/engine/intake/route.ts';
import { evaluator } from '../../shared/engine/reconcile/evaluate-only.ts';
import { sweepSlice } from '../../shared/engine/sweep/sweep.ts';
import { DECISION_DETAIL_TYPE, recheck } from '../../shared/internal-events.ts';
import { importFindings } from '../../shared/lambda/import-findings.ts';
import { putEvaluations } from '../../shared/lambda/put-evaluations.ts';
import { putEvents } from '../../shared/lambda/put-events.ts';
import { messageSender } from '../../shared/lambda/send-messages.ts';
import { retryWithBackoff, shortenVisibility } from '../../shared/lambda/shorten-visibility.ts';
import { pressesIn } from '../../shared/lambda/slack-presses.ts';
import { threadsIn } from '../../shared/lambda/slack-threads.ts';
import { signingSecret, webhookAddress } from '../../shared/lambda/webhook-address.ts';
import { type Aws, everyListed, type ResourceRef } from '../../shared/resource.ts';
import type { Result } from '../../shared/result.ts';
import type { Domain } from '../../shared/service.ts';
import { declarationOf, operationOf, serviceOf } from '../../shared/step.ts';
import { systemClock } from '../../shared/time.ts';
import type { WatchContext } from '../../shared/watch/context.ts';
import { runTask } from '../../shared/watch/dispatch.ts';
import { STACK } from './deployed.ts';
import { outcomeOf } from './outcome.ts';
import type { SeenCall } from './recorder.ts';
import type { TestAccount } from './sandbox.ts';

/** A function at work: its engine, whose calls are kept, in an account whose drifts are made by others. */
export interface Play {
  readonly account: SceneAccount;
  readonly engine: Engine;
  readonly controls: readonly AnyControl[];
}

/** A drift is found and left alone, swept over where services are named, and then remediated. */
async function play(
  { prepare }: Scene,
  { account, engine, controls }: Play,
  swept: readonly string[] = [],
): Promise<readonly Result[]> {
  const context = { controls, fallback: account, home: account.region };
  const { earlier = [], happen } = await prepare(account);
  for (const event of earlier) await Array.fromAsync(receive(event, engine, context));
  const { event, at } = await happen();
  const then = at === undefined ? engine : { ...engine, clock: { ...engine.clock, now: () => at } };
  await Array.fromAsync(receive(event, { ...then, ceiling: 'detect' }, context));
  for (const service of swept) await sweep({ account, engine: then, controls }, service);
  return (await Array.fromAsync(receive(event, then, context))).flat();
}

/** The services that are swept during each scene: each once, when the last of its drifts has happened. */
function sweepsDuring(scenes: readonly Scene[], controls: readonly AnyControl[]): readonly (readonly string[])[] {
  const last = new Map(
    scenes.flatMap(({ expects }, index) =>
      controls.filter(({ id }) => id in expects).map(({ resource }) => [resource.service.id as string, index] as const),
    ),
  );
  return scenes.map((_, index) => [...last].filter(([, at]) => at === index).map(([service]) => service));
}

/** Lists every resource of a type as a sweep does, and reads all that controls judge of the first. */
async function lookThrough({ account, engine, controls }: Play): Promise<void> {
  for (const [resource, judges] of byResource(controls)) {
    const [first] = await Array.fromAsync(everyListed(resource.list(engine.aws(account.region), account)));
    if (first === undefined) throw new Error(`the account has no ${resource.type} to read`);
    const { resourceId, region = account.region } = first;
    const ref = { resourceType: resource.type as string, resourceId, accountId: account.accountId, region };
    for (const name of new Set(judges.flatMap(({ needs }) => needs as string[])))
      await resource.facets[name].read(engine.aws(region), ref);
    await resource.ownership?.read(engine.aws(region), ref);
    await goByNames(resource, ref, engine.aws(region));
  }
}

/** AWS Config's name of a resource, from ours and back. */
async function goByNames(resource: AnyResource, ref: ResourceRef, aws: Aws): Promise<void> {
  if (resource.identify === undefined || resource.configIdOf === undefined) return;
  const resourceId = await resource.configIdOf(aws, ref);
  await resource.identify(aws, { ...ref, resourceId, resourceName: null, arn: null });
}

/** Sends a message of our own, as a sweep and the daily tasks do. */
const askAgain = (engine: Engine, { accountId, region }: SceneAccount, service: string) =>
  engine.send([recheck(service, { resourceType: 'AWS::::Account', resourceId: accountId, accountId, region })]);

/** Sweeps the region, and has what it finds rechecked; one recheck is always sent, as of what a former sweep has found and what is gone since. */
async function sweep({ account, engine, controls }: Play, service: string): Promise<void> {
  const { accountId, region } = account;
  const deadline = Date.now() + 60_000;
  const slice = { service, accountId, region, run: randomUUID(), slice: 0, cursor: null };
  await sweepSlice(slice, engine, { controls, home: region, deadline });
  await askAgain(engine, account, service);
}

/** Everything that a domain's function can be brought to do: every drift of its controls, a sweep of each service, another look asked for, a message that failed put off. Gives the results. */
export async function playDomain(
  domain: string,
  scenes: readonly Scene[],
  stage: Play,
  owner: Aws,
): Promise<readonly Result[]> {
  const swept = sweepsDuring(scenes, stage.controls);
  const results: Result[] = [];
  for (const [index, scene] of scenes.entries()) results.push(...(await play(scene, stage, swept[index])));
  await lookThrough(stage);
  await putOff(domain, stage.engine.aws(stage.account.region), owner, stage.account);
  return results;
}

/** By control, the calls that would undo its remediations: those that the ledger holds, and of those that it declares beside them what the resource and the other calls name. */
export async function undosOf(
  results: readonly Result[],
  controls: readonly AnyControl[],
  ledger: Engine['ledger'],
): Promise<ReadonlyMap<string, readonly SeenCall[]>> {
  const calls = new Map<string, SeenCall[]>();
  for (const { remediationId, controlId } of results) {
    const record = remediationId === null ? null : await ledger.remediation(remediationId);
    const { undoCalls = [] } = controls.find(({ id }) => id === controlId) ?? {};
    if (record === null || undoCalls.length === 0) continue;
    const { ref, steps } = record;
    const recorded = steps.flatMap(({ undo }) => undo ?? []);
    const inputs = Object.assign({}, ...[...steps, ...recorded].map(({ input }) => input));
    const others = undoCalls
      .filter((one) => recorded.every((call) => declarationOf(call, ref, [one]) === null))
      .map(({ client, command, free, fixed }) => ({
        service: serviceOf(client),
        operation: operationOf(command),
        input: { ...Object.fromEntries(free.map((name) => [name, inputs[name]])), ...fixed(ref) },
      }));
    const all = [...recorded, ...others].map((call) => ({ region: ref.region, ...call }));
    calls.set(record.controlId, [...(calls.get(record.controlId) ?? []), ...all]);
  }
  return calls;
}

/** A message of a function's queue that failed comes again sooner than its visibility timeout says; `aws` is the function's. */
async function putOff(name: string, aws: Aws, owner: Aws, { accountId, region }: SceneAccount): Promise<void> {
  const record = await received(name, owner, { accountId, region });
  await retryWithBackoff(aws, record);
}

/** A message of a function's queue, as Lambda hands it over. */
async function received(
  name: string,
  owner: Aws,
  { accountId, region }: Pick<SceneAccount, 'accountId' | 'region'>,
): Promise<SQSRecord> {
  const QueueName = `${STACK}-${name}`;
  const { QueueUrl } = await owner(SQSClient).send(new GetQueueUrlCommand({ QueueName }));
  await owner(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'a message' }));
  const { Messages = [] } = await owner(SQSClient).send(new ReceiveMessageCommand({ QueueUrl }));
  const eventSourceARN = `arn:aws:sqs:${region}:${accountId}:${QueueName}`;
  return { eventSourceARN, receiptHandle: Messages[0]?.ReceiptHandle } as SQSRecord;
}

/** The daily tasks of a watch whose clock is days ahead: there is a pause to remind of, an exemption to warn of, and an approval that nobody gave in time. */
export async function playWatch(
  {
    regions,
    ...watching
  }: Pick<WatchContext, 'engine' | 'table' | 'topicArn'> & { readonly regions: readonly string[] },
  waiting: Scene,
  { account, engine, controls }: Play,
  { services, owner }: { readonly services: readonly string[]; readonly owner: Aws },
): Promise<void> {
  const results = await play(waiting, { account, engine, controls });
  if (!results.some(({ outcome }) => outcome === 'awaitingApproval')) throw new Error('nothing waits for an approval');
  const at = new Date().toISOString();
  await engine.ledger.pause({ control: 'some-control', reason: 'to be reminded of', by: 'a test', at });
  const { accountId, region: home } = account;
  const world = { ...watching, home, accountId, stack: STACK, services: ['ec2'], measure: () => {}, warn: () => {} };
  for (const task of ['daily', 'heartbeat', 'sweep']) await runTask({ detail: { task, regions } }, world);
  // The daily tasks may have found nothing to recheck.
  for (const service of services) await askAgain(watching.engine, account, service);
  await putOff('watch', watching.engine.aws(home), owner, account);
}

/** Reads its secret where deployment.yml says that it lies, and puts a message off that was not taken. */
export async function playReceiver(
  name: string,
  aws: Aws,
  { accountId, region, aws: owner }: Pick<TestAccount, 'accountId' | 'region' | 'aws'>,
): Promise<void> {
  const record = await received(name, owner(), { accountId, region });
  // What is in it does not matter to IAM.
  await webhookAddress(`secretsmanager:evenkeel/${name}`, aws)(false).catch(() => null);
  await shortenVisibility(aws, record, 5);
}

/** What posts to Slack, as a bot: it also keeps which message began a thread. */
export async function playSlack(
  aws: Aws,
  table: string,
  { accountId, region, aws: owner }: TestAccount,
): Promise<void> {
  await playReceiver('slack', aws, { accountId, region, aws: owner });
  const threads = threadsIn(aws, table, 'C0123456789');
  await threads.keep(['a finding'], '1764230000.000001');
  await threads.find(['a finding']);
}

/** Sends an outcome on to both, in two regions, and puts a message off that was not taken. */
export async function playOutcomes(aws: Aws, { accountId, region, aws: owner }: TestAccount): Promise<void> {
  const record = await received('outcomes', owner(), { accountId, region });
  const outcomes = [region, 'us-east-1'].map((one) => outcomeOf({ accountId, region: one }));
  await putEvents(aws, `${STACK}-outcomes`, outcomes, systemClock);
  await importFindings(aws, outcomes, systemClock);
  await retryWithBackoff(aws, record);
}

/** Hears a press for each domain, and hands it on. */
export async function playSlackActions(
  aws: Aws,
  table: string,
  domains: Readonly<Record<string, Domain>>,
): Promise<void> {
  await signingSecret('secretsmanager:evenkeel/slack-signing', aws)(false).catch(() => null);
  const press = {
    verb: 'approve',
    controlId: 'x',
    remediationId: 'rem-1',
    user: { id: 'U0123ABCD', name: 'ann' },
    responseUrl: '',
    threadTs: null,
    at: 0,
  } as const;
  await pressesIn(aws, table).keep('0f', press);
  const send = messageSender({ aws, prefix: STACK, domains, clock: systemClock });
  await send(Object.keys(domains).map((service) => ({ service, detailType: DECISION_DETAIL_TYPE, detail: {} })));
}

/** Controls that need every facet that any needs: the others read nothing more. */
function ofFacets(controls: readonly AnyControl[]): readonly AnyControl[] {
  const read = new Set<string>();
  return controls.filter(({ needs }) => {
    const before = read.size;
    for (const facet of needs as string[]) read.add(facet);
    return read.size > before;
  });
}

/** Reads everything there is as evaluations by all controls do, and reports it to AWS Config. */
export async function playRules({ account, engine, controls }: Play): Promise<void> {
  const evaluate = evaluator(engine);
  for (const [resource, judges] of byResource(controls)) {
    for await (const { resourceId, region = account.region } of everyListed(resource.list(account.aws, account))) {
      const ref = { resourceType: resource.type, resourceId, accountId: account.accountId, region };
      for (const control of ofFacets(judges)) await evaluate(control, { resource, ref, controls: [control] });
      await goByNames(resource, ref, engine.aws(region));
    }
    await Array.fromAsync(resource.list(engine.aws(account.region), account));
  }
  const evaluation = { ComplianceResourceType: 'AWS::::Account', ComplianceResourceId: account.accountId };
  const verdict = { ...evaluation, ComplianceType: 'COMPLIANT', OrderingTimestamp: new Date() } as const;
  await putEvaluations(engine.aws(account.region), 'TESTMODE', [verdict], engine.clock);
}
