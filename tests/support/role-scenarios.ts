import { randomUUID } from 'node:crypto';
import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  PutInsightSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  ConfigServiceClient,
  DeleteConfigurationRecorderCommand,
  DeleteDeliveryChannelCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { loadScenes } from '../../scenes/index.ts';
import { told } from '../../scripts/demo/sample.ts';
import type { Account, Scene } from '../../scripts/demo/scene.ts';
import { scenes } from '../../scripts/demo/scenes/all.ts';
import { bucketOf } from '../../scripts/demo/scenes/s3.ts';
import type { AnyControl, AnyResource } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { byResource } from '../../shared/engine/intake/route.ts';
import { evaluator } from '../../shared/engine/reconcile/evaluate-only.ts';
import { sweepSlice } from '../../shared/engine/sweep/sweep.ts';
import { recheck } from '../../shared/internal-events.ts';
import { putEvaluations } from '../../shared/lambda/put-evaluations.ts';
import { retryWithBackoff, shortenVisibility } from '../../shared/lambda/shorten-visibility.ts';
import { webhookAddress } from '../../shared/lambda/webhook-address.ts';
import { type Aws, everyListed, type ResourceRef } from '../../shared/resource.ts';
import type { Result } from '../../shared/result.ts';
import type { WatchContext } from '../../shared/watch/context.ts';
import { runTask } from '../../shared/watch/dispatch.ts';
import { SECRET, STACK } from './deployed.ts';
import { publicInstances } from './public-instances.ts';
import type { TestAccount } from './sandbox.ts';

/** A function at work: its engine, whose calls are kept, in an account whose drifts are made by others. */
export interface Play {
  readonly account: Account;
  readonly engine: Engine;
  readonly controls: readonly AnyControl[];
}

/** A role's ARN; nobody looks whether it exists. */
export const roleArn = ({ accountId }: Pick<Account, 'accountId'>, name: string) =>
  `arn:aws:iam::${accountId}:role/${name}`;

type Drifting = Omit<Scene, 'title' | 'expects'>;
const trailTold = (sample: string, account: Account, name: string) =>
  told(`cloudtrail/${sample}`, account, { 'requestParameters.name': name });

/** A trail that has all that a trail can have is deleted; Evenkeel had seen it before. */
const wholeTrailDeleted: Drifting = {
  async prepare(account) {
    const client = account.aws(CloudTrailClient);
    const Name = 'whole';
    await client.send(
      new CreateTrailCommand({
        Name,
        S3BucketName: await bucketOf(account, `${Name}-logs`),
        EnableLogFileValidation: true,
        CloudWatchLogsLogGroupArn: `arn:aws:logs:${account.region}:${account.accountId}:log-group:${Name}:*`,
        CloudWatchLogsRoleArn: roleArn(account, 'trail-to-logs'),
        TagsList: [{ Key: 'owner', Value: 'security' }],
      }),
    );
    await client.send(
      new PutInsightSelectorsCommand({ TrailName: Name, InsightSelectors: [{ InsightType: 'ApiCallRateInsight' }] }),
    );
    await client.send(new StartLoggingCommand({ Name }));
    return {
      earlier: [trailTold('StartLogging', account, Name)],
      async happen() {
        await client.send(new DeleteTrailCommand({ Name }));
        return { event: trailTold('DeleteTrail', account, Name) };
      },
    };
  },
};

/** A trail is deleted that Evenkeel has never seen: AWS Config is asked. */
const unknownTrailDeleted: Drifting = {
  async prepare(account) {
    return { happen: async () => ({ event: trailTold('DeleteTrail', account, 'never-seen') }) };
  },
};

/** Recorder and delivery channel are deleted, and policy.yml says how to make them anew. */
const recorderDeleted: Drifting = {
  async prepare(account) {
    const client = account.aws(ConfigServiceClient);
    return {
      async happen() {
        await client.send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
        await client.send(new DeleteConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
        await client.send(new DeleteDeliveryChannelCommand({ DeliveryChannelName: 'default' }));
        return { event: told('config/DeleteConfigurationRecorder', account) };
      },
    };
  },
};

/** Drifts that the demo has no scene for, by service. */
const keyGrownOld: Drifting = {
  async prepare(account) {
    const iam = account.aws(IAMClient);
    await iam.send(new CreateUserCommand({ UserName: 'deploy' }));
    return {
      async happen() {
        await iam.send(new CreateAccessKeyCommand({ UserName: 'deploy' }));
        return { event: told('iam/CreateAccessKey', account, {}) };
      },
    };
  },
};

const publicDatabase: Drifting = {
  async prepare(account) {
    return {
      async happen() {
        await publicInstances({ ...account, aws: () => account.aws } as unknown as TestAccount, ['orders']);
        return { event: told('rds/ModifyDBInstance', account, {}) };
      },
    };
  },
};

const MORE: Readonly<Record<string, readonly Drifting[]>> = {
  iam: [keyGrownOld],
  rds: [publicDatabase],
  cloudtrail: [wholeTrailDeleted, unknownTrailDeleted],
  config: [recorderDeleted],
};

/** A drift is found and left alone, swept over, and then remediated. */
async function play(
  { prepare }: Drifting,
  { account, engine, controls }: Play,
  services: readonly string[] = [],
): Promise<readonly Result[]> {
  const context = { controls, fallback: account, home: account.region };
  const { earlier = [], happen } = await prepare(account);
  for (const event of earlier) await Array.fromAsync(receive(event, engine, context));
  const { event } = await happen();
  if (services.length > 0) await Array.fromAsync(receive(event, { ...engine, ceiling: 'detect' }, context));
  for (const service of services) await sweep({ account, engine, controls }, service);
  return (await Array.fromAsync(receive(event, engine, context))).flat();
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
const askAgain = (engine: Engine, { accountId, region }: Account, service: string) =>
  engine.send([recheck(service, { resourceType: 'AWS::::Account', resourceId: accountId, accountId, region })]);

/** Sweeps the region, and asks for what it finds to be looked at again; something is always asked for, as what a former sweep has found and what is gone since. */
async function sweep({ account, engine, controls }: Play, service: string): Promise<void> {
  const { accountId, region } = account;
  const deadline = Date.now() + 60_000;
  const slice = { service, accountId, region, run: randomUUID(), slice: 0, cursor: null };
  await sweepSlice(slice, engine, { controls, home: region, deadline });
  await askAgain(engine, account, service);
}

/** Everything that a domain's function can be brought to do: a drift for each control, a sweep of each service, another look asked for, a message that failed put off. Gives the results. */
export async function playDomain(domain: string, stage: Play, owner: Aws): Promise<readonly Result[]> {
  const own = ({ expects }: Scene) => Object.keys(expects).some((id) => stage.controls.some((one) => one.id === id));
  const services = [...new Set(stage.controls.map(({ resource }) => resource.service.id as string))];
  const results: Result[] = [];
  const played = new Set(scenes.flatMap(({ expects }) => Object.keys(expects)));
  const filed = (await loadScenes()).filter(
    ({ id, service }) => services.includes(service) && !(service in MORE) && !played.has(id),
  );
  const named = { ...stage.account, name: (base: string) => base };
  const others = filed
    .flatMap(({ proof, more }) => [proof, ...more])
    .map((scene): Drifting => ({ prepare: () => scene.prepare(named) }));
  for (const scene of [...scenes.filter(own), ...services.flatMap((service) => MORE[service] ?? []), ...others])
    results.push(...(await play(scene, stage, services)));
  await lookThrough(stage);
  await putOff(domain, stage.engine.aws(stage.account.region), owner, stage.account);
  return results;
}

/** A message of a function's queue that failed comes again sooner than its visibility timeout says; `aws` is the function's. */
async function putOff(name: string, aws: Aws, owner: Aws, { accountId, region }: Account): Promise<void> {
  const record = await received(name, owner, { accountId, region });
  await retryWithBackoff(aws, record);
}

/** A message of a function's queue, as Lambda hands it over. */
async function received(
  name: string,
  owner: Aws,
  { accountId, region }: Pick<Account, 'accountId' | 'region'>,
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
  { account, engine, controls }: Play,
  { services, owner }: { readonly services: readonly string[]; readonly owner: Aws },
): Promise<void> {
  const [waiting] = scenes.filter(({ expects }) => controls.some(({ id }) => expects[id] === 'remediated'));
  if (waiting === undefined) throw new Error('no scene is about these controls');
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

/** Reads the webhook's address where deployment.yml says that it lies, and puts a message off that Slack did not take. */
export async function playSlack(aws: Aws, { accountId, region, aws: owner }: TestAccount): Promise<void> {
  const record = await received('slack', owner(), { accountId, region });
  await webhookAddress(`secretsmanager:${SECRET}`, aws)(false);
  await shortenVisibility(aws, record, 5);
}

/** Evaluates everything there is by every control, and reports it to AWS Config. */
export async function playRules({ account, engine, controls }: Play): Promise<void> {
  const evaluate = evaluator(engine);
  for (const control of controls) {
    const { resource } = control;
    for await (const { resourceId, region = account.region } of everyListed(resource.list(account.aws, account))) {
      const ref = { resourceType: resource.type, resourceId, accountId: account.accountId, region };
      await evaluate(control, { resource, ref, controls: [control] });
      await goByNames(resource, ref, engine.aws(region));
    }
    await Array.fromAsync(resource.list(engine.aws(account.region), account));
  }
  const evaluation = { ComplianceResourceType: 'AWS::::Account', ComplianceResourceId: account.accountId };
  const verdict = { ...evaluation, ComplianceType: 'COMPLIANT', OrderingTimestamp: new Date() } as const;
  await putEvaluations(engine.aws(account.region), 'TESTMODE', [verdict], engine.clock);
}
