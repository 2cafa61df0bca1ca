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
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { told } from '../../scripts/demo/sample.ts';
import type { Account, Scene } from '../../scripts/demo/scene.ts';
import { scenes } from '../../scripts/demo/scenes/all.ts';
import { bucketOf } from '../../scripts/demo/scenes/s3.ts';
import { sendEvents } from '../../shared/aws/put-events.ts';
import type { AnyControl } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { byResource } from '../../shared/engine/intake/route.ts';
import { verdictsOf } from '../../shared/engine/reconcile/evaluate-only.ts';
import { sweepSlice } from '../../shared/engine/sweep/sweep.ts';
import { type OwnEvent, RECHECK_DETAIL_TYPE } from '../../shared/internal-events.ts';
import { putEvaluations } from '../../shared/lambda/put-evaluations.ts';
import { retrySoon } from '../../shared/lambda/retry-soon.ts';
import { webhookAddress } from '../../shared/lambda/webhook-address.ts';
import { type Aws, everyListed } from '../../shared/resource.ts';
import type { Result } from '../../shared/result.ts';
import type { Watching } from '../../shared/watch/context.ts';
import { watchOver } from '../../shared/watch/dispatch.ts';
import { SECRET, STACK } from './deployed.ts';
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
const MORE: Readonly<Record<string, readonly Drifting[]>> = {
  cloudtrail: [wholeTrailDeleted, unknownTrailDeleted],
  config: [recorderDeleted],
};

async function play({ prepare }: Drifting, { account, engine, controls }: Play): Promise<readonly Result[]> {
  const context = { controls, fallback: account };
  const { earlier = [], happen } = await prepare(account);
  for (const event of earlier) await Array.fromAsync(receive(event, engine, context));
  const { event } = await happen();
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
  }
}

/** Sends an event of our own, as a sweep and the daily duties do. */
const askAgain = (engine: Engine, { accountId, region }: Account, service: string) => {
  const detail = { service, resourceType: 'AWS::::Account', resourceId: accountId, region };
  return sendEvents(engine.aws(region), [{ detailType: RECHECK_DETAIL_TYPE, detail }]);
};

/** Sweeps the region, and asks for what it finds to be looked at again; something is always asked for, as what a former sweep has found and what is gone since. */
async function sweep({ account, engine, controls }: Play, service: string): Promise<void> {
  const { accountId, region } = account;
  const home = region;
  const deadline = Date.now() + 60_000;
  const send = (events: readonly OwnEvent[]) => sendEvents(engine.aws(region), events);
  const slice = { service, accountId, region, run: randomUUID(), slice: 0, cursor: null };
  await sweepSlice(slice, engine, { controls, home, deadline, send });
  await askAgain(engine, account, service);
}

/** Everything that a service's function can be brought to do: a drift for each control, a sweep, another look asked for. Gives the results. */
export async function playService(service: string, stage: Play): Promise<readonly Result[]> {
  const own = ({ expects }: Scene) => Object.keys(expects).some((id) => stage.controls.some((one) => one.id === id));
  const results: Result[] = [];
  for (const scene of [...scenes.filter(own), ...(MORE[service] ?? [])]) results.push(...(await play(scene, stage)));
  await lookThrough(stage);
  await sweep(stage, service);
  return results;
}

/** The daily duties of a watch whose clock is days ahead: there is a pause to remind of, an exemption to warn of, and an approval that nobody gave in time. */
export async function playWatch(
  { regions, ...watching }: Pick<Watching, 'engine' | 'table' | 'topicArn'> & { readonly regions: readonly string[] },
  { account, engine, controls }: Play,
): Promise<void> {
  const [waiting] = scenes.filter(({ expects }) => controls.some(({ id }) => expects[id] === 'remediated'));
  if (waiting === undefined) throw new Error('no scene is about these controls');
  const results = await play(waiting, { account, engine, controls });
  if (!results.some(({ outcome }) => outcome === 'awaitingApproval')) throw new Error('nothing waits for an approval');
  const at = new Date().toISOString();
  await engine.ledger.pause({ control: 'some-control', reason: 'to be reminded of', by: 'a test', at });
  const { accountId, region: home } = account;
  const world = { ...watching, home, accountId, stack: STACK, services: ['ec2'], measure: () => {}, log: () => {} };
  for (const duty of ['daily', 'heartbeat', 'sweep']) await watchOver({ detail: { duty, regions } }, world);
}

/** Reads the webhook's address where deployment.yml says that it lies, and puts a message off that Slack did not take. */
export async function playSlack(aws: Aws, { accountId, region, aws: owner }: TestAccount): Promise<void> {
  const QueueName = `${STACK}-slack`;
  const { QueueUrl } = await owner()(SQSClient).send(new GetQueueUrlCommand({ QueueName }));
  await owner()(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'a notice' }));
  const { Messages = [] } = await owner()(SQSClient).send(new ReceiveMessageCommand({ QueueUrl }));
  await webhookAddress(`secretsmanager:${SECRET}`, aws)(false);
  const eventSourceARN = `arn:aws:sqs:${region}:${accountId}:${QueueName}`;
  await retrySoon(aws, { eventSourceARN, receiptHandle: Messages[0]?.ReceiptHandle } as SQSRecord, 5);
}

/** Judges everything there is by every control, and tells AWS Config. */
export async function playRules({ account, engine, controls }: Play): Promise<void> {
  const verdictOn = verdictsOf(engine);
  for (const control of controls) {
    const { resource } = control;
    for await (const { resourceId, region = account.region } of everyListed(resource.list(account.aws, account))) {
      const ref = { resourceType: resource.type, resourceId, accountId: account.accountId, region };
      await verdictOn(control, { resource, ref, controls: [control] });
    }
    await Array.fromAsync(resource.list(engine.aws(account.region), account));
  }
  const evaluation = { ComplianceResourceType: 'AWS::::Account', ComplianceResourceId: account.accountId };
  const verdict = { ...evaluation, ComplianceType: 'COMPLIANT', OrderingTimestamp: new Date() } as const;
  await putEvaluations(engine.aws(account.region), 'TESTMODE', [verdict], engine.clock);
}
