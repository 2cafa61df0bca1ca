import { CloudTrailClient, StartLoggingCommand, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { takeMail } from '../../scripts/sandbox/local-deployment.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import type { InternalMessage } from '../../shared/internal-events.ts';
import { dynamoStore } from '../../shared/ledger/dynamodb.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { snsNotifier } from '../../shared/notify/sns.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { systemClock } from '../../shared/time.ts';
import type { WatchContext } from '../../shared/watch/context.ts';
import { runTask } from '../../shared/watch/dispatch.ts';
import { createWatchHandler } from '../../shared/watch/handler.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { type DeployedStack, deployStack, layForwarding, STACK, TRAIL } from '../support/deployed.ts';
import { testEngine } from '../support/engine.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const account = await testAccount();
const wire = await wireTo(account.endpoint);
const OTHER = 'us-east-1';
const regions = [REGION, OTHER];
const sqs = account.aws()(SQSClient);
const FAILED = `${STACK}-failed-events`;
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const START = Date.parse('2026-11-22T12:00:00Z');

let stack: DeployedStack;
let inbox: string;
let now = START;
const measured: [string, string, number][] = [];
const sent: InternalMessage[] = [];
let watching: WatchContext;

async function queue(QueueName: string): Promise<{ readonly url: string; readonly arn: string }> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
  return { url, arn: Attributes?.QueueArn ?? '' };
}

beforeAll(async () => {
  stack = await deployStack(account, { regions, policyVersion: policyFrom(null).version });
  const mail = await queue('inbox');
  inbox = mail.url;
  const TopicArn = stack.outputs.NoticeTopic;
  const Attributes = { RawMessageDelivery: 'true' };
  await account
    .aws()(SNSClient)
    .send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: mail.arn, Attributes }));
  const aws = account.aws;
  const ledger = ledgerIn(dynamoStore(aws(), stack.outputs.LedgerTable ?? ''), () => now);
  watching = {
    engine: testEngine(aws, 'detect', {
      ledger,
      notifier: snsNotifier(aws(), TopicArn ?? ''),
      clock: { ...systemClock, now: () => new Date(now) },
      async send(messages) {
        sent.push(...messages);
      },
    }),
    home: REGION,
    accountId: account.accountId,
    stack: STACK,
    table: stack.outputs.LedgerTable,
    topicArn: TopicArn,
    services: ['ec2', 's3'],
    measure: (...measure) => measured.push(measure),
    warn: () => {},
  };
});

const task = (name: string, more: object = {}) => ({
  source: 'evenkeel',
  'detail-type': 'Evenkeel Watch',
  detail: { task: name, stack: STACK, regions, ...more },
});
/** The record of a heartbeat, as CloudTrail and EventBridge bring it. */
const record = (awsRegion: string, called: number, more: object = {}) => ({
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.sqs',
  account: account.accountId,
  region: awsRegion,
  detail: {
    eventSource: 'sqs.amazonaws.com',
    eventName: 'TagQueue',
    awsRegion,
    eventTime: new Date(called).toISOString().replace(/\.\d+/, ''),
    requestParameters: { queueUrl: `https://sqs.${awsRegion}.amazonaws.com/${account.accountId}/${FAILED}` },
    ...more,
  },
});
const watch = (body: unknown) => runTask(body, watching);
/** The same, with what the wire makes of the answers. */
async function watchByWire(body: unknown) {
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  try {
    return await runTask(body, { ...watching, engine: { ...watching.engine, aws: awsClients() } });
  } finally {
    process.env.AWS_ENDPOINT_URL = account.endpoint;
  }
}
const mails = async () => (await takeMail(account.aws(), inbox)).map(({ subject, text }) => ({ subject, text }));
const subjects = async () => (await mails()).map(({ subject }) => subject);
/** The slices of sweeps that were begun since. */
function swept(): readonly string[] {
  return sent
    .splice(0)
    .map(({ service, detailType, detail }) => {
      expect({ service, detailType }).toEqual({
        service: expect.stringMatching(/^(ec2|s3)$/),
        detailType: 'Evenkeel Sweep',
      });
      expect(detail).toMatchObject({
        service,
        accountId: account.accountId,
        run: expect.stringMatching(/^[0-9a-f-]{36}$/),
        slice: 0,
        cursor: null,
      });
      return `${(detail as { readonly region: string }).region} ${service}`;
    })
    .sort();
}
const metric = (name: string) => measured.filter(([metric]) => metric === name).map(([, ...rest]) => rest);

beforeEach(() => {
  measured.length = 0;
});

describe('the heartbeat', () => {
  test('sets the same tag of the queue in each region, and says how it went', async () => {
    now = START;
    expect(await watch(task('heartbeat'))).toEqual({ task: 'heartbeat', regions, rechecks: 0, failingChecks: 0 });
    for (const region of regions) {
      const client = account.aws(region)(SQSClient);
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: FAILED }));
      const { Tags } = await client.send(new ListQueueTagsCommand({ QueueUrl }));
      expect(Tags).toEqual({ 'evenkeel:heartbeat': 'made every few minutes' });
    }
    expect(metric('HeartbeatMissed').sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 0],
      ].sort(),
    );
    expect(metric('UnforwardedEvents').sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 0],
      ].sort(),
    );
    expect(await subjects()).toEqual([]);
  });

  test('silence is notified once and swept every hour; the return is notified once and swept', async () => {
    now = START + 20_000;
    for (const region of regions)
      expect(await watch(record(region, START))).toMatchObject({ task: 'heartbeatArrived' });
    expect(metric('HeartbeatDelay')).toEqual([
      [REGION, 20],
      [OTHER, 20],
    ]);
    const beat = async (minutes: number) => {
      now = START + minutes * MINUTE;
      await watch(task('heartbeat'));
      // Home answers, and the other region does not.
      now += 10_000;
      await watch(record(REGION, now - 10_000));
    };
    for (const minutes of [15, 30, 45]) await beat(minutes);
    expect(await subjects()).toEqual([]);
    expect(swept()).toEqual([]);
    measured.length = 0;
    await beat(60);
    const [silence, ...others] = await mails();
    expect(others).toEqual([]);
    expect(silence).toMatchObject({ subject: '[CRITICAL] Evenkeel is blind in us-east-1: no events arrive' });
    expect(silence?.text).toContain('since 2026-11-22T12:15:00.000Z');
    expect(silence?.text).toContain('npx evenkeel doctor');
    expect(swept()).toEqual(['us-east-1 ec2', 'us-east-1 s3']);
    expect(metric('HeartbeatMissed').sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 1],
      ].sort(),
    );
    for (const minutes of [75, 90, 105]) await beat(minutes);
    expect(swept()).toEqual([]);
    await beat(135);
    expect(swept()).toEqual(['us-east-1 ec2', 'us-east-1 s3']);
    expect(await subjects()).toEqual([]);

    await watch(record(OTHER, now - 5_000));
    await watch(record(OTHER, now - 5_000));
    expect(await subjects()).toEqual(['[HIGH] Evenkeel receives events of us-east-1 again']);
    expect(swept()).toEqual(['us-east-1 ec2', 'us-east-1 s3']);
  });

  test('where the message could not be handed over, the run fails, and the next one notifies', async () => {
    const broken: WatchContext = {
      ...watching,
      engine: { ...watching.engine, notifier: snsNotifier(account.aws(), `${watching.topicArn}-gone`) },
    };
    for (const minutes of [300, 315, 330]) {
      now = START + minutes * MINUTE;
      await watch(task('heartbeat', { regions: [OTHER] }));
    }
    now = START + 345 * MINUTE;
    await expect(runTask(task('heartbeat', { regions: [OTHER] }), broken)).rejects.toThrow(/NotFound/);
    now += 5 * MINUTE;
    await watch(task('heartbeat', { regions: [OTHER] }));
    expect(await subjects()).toEqual([expect.stringContaining('blind in us-east-1')]);
    expect(swept()).toEqual(['us-east-1 ec2', 'us-east-1 s3']);
    await watch(record(OTHER, now));
    await subjects();
    swept();
  });

  test('one that cannot be made is notified as that; the other regions go on', async () => {
    const client = account.aws(OTHER)(SQSClient);
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: FAILED }));
    await client.send(new DeleteQueueCommand({ QueueUrl }));
    now = START + 400 * MINUTE;
    await watch(task('heartbeat'));
    now += 15 * MINUTE;
    await watch(task('heartbeat'));
    const [digest, told, ...more] = (await mails()).toSorted((a, b) => a.subject.localeCompare(b.subject));
    expect(more).toEqual([]);
    expect(told).toMatchObject({ subject: '[HIGH] Heartbeat failed in us-east-1' });
    expect(told?.text).toMatch(/^QueueDoesNotExist/);
    expect(digest?.text).toContain('us-east-1: the queue evenkeel-prod-failed-events is missing');
    expect(metric('HeartbeatMissed').slice(-2).sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 1],
      ].sort(),
    );
    expect(swept()).toEqual([]);
    await layForwarding(account, OTHER, REGION);
  });

  test('a tag of another queue, another call and a record without its place say nothing', async () => {
    const before = await watching.engine.ledger.heartbeats.all();
    const other = { queueUrl: `https://sqs.us-east-1.amazonaws.com/${account.accountId}/my-${FAILED}` };
    for (const body of [
      record(OTHER, now, { requestParameters: other }),
      record(OTHER, now, { requestParameters: null }),
      record(OTHER, now, { eventName: 'UntagQueue' }),
      record(OTHER, now, { awsRegion: null }),
      record(OTHER, now, { eventTime: 'soon' }),
      // Forged by somebody who may put events: with a source of their own, in the name of another account, of a time to come.
      { ...record(OTHER, now), source: 'my.app' },
      { ...record(OTHER, now), source: undefined },
      { ...record(OTHER, now), account: '444455556666' },
      { ...record(OTHER, now, { recipientAccountId: undefined }), account: undefined },
      record(OTHER, now, { recipientAccountId: '444455556666' }),
      record(OTHER, now, { eventSource: 'my.app' }),
    ])
      expect(await watch(body)).toEqual({ task: 'none' });
    expect(await watching.engine.ledger.heartbeats.all()).toEqual(before);
  });

  test('messages that a region could not forward are counted', async () => {
    const client = account.aws(OTHER)(SQSClient);
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: FAILED }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
    now = START + 430 * MINUTE;
    expect(await watch(task('heartbeat'))).toMatchObject({ failingChecks: 1 });
    expect(metric('UnforwardedEvents').sort()).toEqual(
      [
        [REGION, 0],
        [OTHER, 1],
      ].sort(),
    );
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    for (const region of regions) await watch(record(region, now));
    await mails();
    swept();
  });
});

describe('the digest of failing checks', () => {
  const trail = account.aws()(CloudTrailClient);

  test('is told within minutes, once, in one message, again after seven days, and its end with the next', async () => {
    await trail.send(new StopLoggingCommand({ Name: TRAIL }));
    const start = START + 10 * DAY;
    const look = async (days: number, name = 'daily') => {
      now = start + days * DAY;
      return await watch(task(name));
    };
    expect(await look(0, 'heartbeat')).toMatchObject({ failingChecks: 1 });
    for (const region of regions) await watch(record(region, now));
    const [first, ...others] = await mails();
    expect(others).toEqual([]);
    expect(first?.subject).toBe('[HIGH] Evenkeel needs attention: trails');
    expect(first?.text).toMatch(/changes in any region go unseen: the trail main is not logging/);
    expect(first?.text).toContain('→ aws cloudtrail start-logging --name main --region eu-west-1');
    for (const days of [0.1, 1, 6.9]) {
      expect(await look(days)).toMatchObject({ task: 'daily' });
      expect((await subjects()).filter((subject) => subject.includes('trails'))).toEqual([]);
    }
    await look(7.5);
    expect((await mails())[0]?.text).toMatch(/Unresolved:\n.*\n? .*the trail main is not logging.*since 2026-12-02/);
    await trail.send(new StartLoggingCommand({ Name: TRAIL }));
    await look(8);
    expect(await subjects()).toEqual([]);
  });

  test('by the daily tasks too, which run all checks', async () => {
    const FunctionName = `${STACK}-infrastructure`;
    const none = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 });
    await account.aws()(LambdaClient).send(none);
    now += 2 * DAY;
    await watch(task('daily'));
    const [digest] = await mails();
    expect(digest?.text).toContain('evenkeel-prod-infrastructure cannot run: its reserved concurrency is 0');
    expect(digest?.text).toContain('Resolved:\n');
  });

  test('a deployment that cannot be read resolves no earlier incident', async () => {
    const known = async () =>
      (await watching.engine.ledger.incidents.update((next) => ({ next, answer: next }))).known.filter(
        ({ endedAt }) => endedAt === null,
      );
    const before = (await known()).map(({ check }) => check);
    expect(before).toContain('functions');
    const blind: WatchContext = { ...watching, stack: 'evenkeel-gone' };
    now += DAY;
    await runTask({}, blind);
    expect((await known()).map(({ check }) => check)).toEqual(before);
    await mails();
  });
});

test('while it is being deployed, what is missing is no incident', async () => {
  wire.alter([
    { call: 'cloudformation:DescribeStacks', change: (body) => body.replace('CREATE_COMPLETE', 'UPDATE_IN_PROGRESS') },
  ]);
  await account
    .aws()(CloudTrailClient)
    .send(new StopLoggingCommand({ Name: TRAIL }));
  now += 10 * DAY;
  expect(await watchByWire(task('daily'))).toMatchObject({ failingChecks: 0 });
  expect(await subjects()).toEqual([]);
  expect(await watch(task('daily'))).toMatchObject({ failingChecks: expect.any(Number) });
  expect(await subjects()).toEqual([expect.stringContaining('Evenkeel needs attention')]);
  await account
    .aws()(CloudTrailClient)
    .send(new StartLoggingCommand({ Name: TRAIL }));
});

describe('a watched region that the organization denies', () => {
  const denied = (call: string) => ({
    call,
    region: OTHER,
    status: 403,
    change: () =>
      call.startsWith('sqs')
        ? JSON.stringify({ __type: 'AccessDeniedException', message: WORDS })
        : `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${WORDS}</Message></Error></Errors></Response>`,
  });
  const WORDS = 'You are not authorized to perform this with an explicit deny in a service control policy';

  test('is left out: notified once, not swept, and no missed heartbeat', async () => {
    now += DAY;
    for (const region of regions) await watch(record(region, now));
    await mails();
    swept();
    wire.alter([denied('sqs:'), denied('ec2:DescribeVpcs')]);
    metric('HeartbeatMissed');
    for (let beats = 0; beats < 3; beats += 1) {
      now += 15 * MINUTE;
      await watchByWire(task('heartbeat', { regions: [OTHER] }));
    }
    const told = (await mails()).filter(({ subject }) => subject.includes(OTHER));
    expect(told.map(({ subject }) => subject)).toEqual(['[HIGH] Evenkeel no longer watches us-east-1']);
    expect(told[0]?.text).toContain(
      'us-east-1 is left out as a whole: a service control policy of the organization denies calls there.',
    );
    expect(metric('HeartbeatMissed').slice(-3)).toEqual(Array(3).fill([OTHER, 0]));
    const { regions: open } = await watchByWire(task('sweep'));
    expect(open).not.toContain(OTHER);
    expect(swept()).not.toContain('us-east-1 ec2');
  });

  test('is watched again, and swept, when that ends', async () => {
    wire.alter([]);
    now += 15 * MINUTE;
    await watchByWire(task('heartbeat', { regions: [OTHER] }));
    expect((await subjects()).filter((one) => one.includes(OTHER))).toEqual([
      '[HIGH] Evenkeel watches us-east-1 again',
    ]);
    expect(swept()).toEqual(['us-east-1 ec2', 'us-east-1 s3']);
  });
});

describe('the sweep by the schedule', () => {
  test('begins in every region that is enabled, for every service', async () => {
    const { regions: all = [] } = await watch(task('sweep'));
    expect(all).toEqual(expect.arrayContaining(['eu-west-1', 'us-east-1', 'ap-south-1']));
    expect(swept()).toEqual(all.flatMap((region) => [`${region} ec2`, `${region} s3`]).sort());
  });

  test('and where nobody can say which are enabled, in those of the deployment', async () => {
    wire.refuse('DescribeRegions');
    await watchByWire(task('sweep'));
    wire.refuse('nothing');
    expect(swept()).toEqual(['eu-west-1 ec2', 'eu-west-1 s3', 'us-east-1 ec2', 'us-east-1 s3']);
  });

  test('not in a region that the organisation forbids; in one that only stutters', async () => {
    const deny = (message: string) => ({
      call: 'ec2:DescribeVpcs',
      region: 'ap-south-1',
      status: 403,
      change: () =>
        `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${message}</Message></Error></Errors></Response>`,
    });
    wire.alter([
      deny('You are not authorized to perform: ec2:DescribeVpcs with an explicit deny in a service control policy'),
    ]);
    const { regions: open = [] } = await watchByWire(task('sweep'));
    expect(open).not.toContain('ap-south-1');
    expect(open).toEqual(expect.arrayContaining(['eu-west-1', 'us-east-1', 'eu-west-2']));
    expect(swept()).toEqual(open.flatMap((region) => [`${region} ec2`, `${region} s3`]).sort());

    // A permission of ours that is missing says nothing about the region.
    wire.alter([deny('You are not authorized to perform this operation.')]);
    const { regions: tried } = await watchByWire(task('sweep'));
    expect(tried).toEqual([...open, 'ap-south-1'].sort(homeFirst));
    swept();
  });
});

const homeFirst = (one: string, other: string) =>
  Number(other === REGION) - Number(one === REGION) || (one < other ? -1 : 1);

test('the handler takes a batch of its queue: what cannot be read comes again, the rest is done', async () => {
  Object.assign(process.env, {
    EVENKEEL_TABLE: stack.outputs.LedgerTable,
    EVENKEEL_TOPIC_ARN: stack.outputs.NoticeTopic,
    AWS_LAMBDA_FUNCTION_NAME: `${STACK}-watch`,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    // So that what it publishes can be read here.
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_METRICS_NAMESPACE: 'Evenkeel',
    POWERTOOLS_SERVICE_NAME: 'evenkeel',
  });
  const said: string[] = [];
  const { log } = console;
  console.log = (text: string) => said.push(text);
  try {
    const handler = createWatchHandler({
      policy: {},
      domains: { ec2: 'infrastructure', s3: 'data' },
      services: ['ec2', 's3'],
    });
    const context = { invokedFunctionArn: `arn:aws:lambda:${REGION}:${account.accountId}:function:w` } as Context;
    const bodies = [
      JSON.stringify(task('sweep')),
      'nothing',
      JSON.stringify(task('nap')),
      JSON.stringify(record(OTHER, Date.now() - 3_000)),
    ];
    const Records = bodies.map((body, index) => ({ messageId: `m-${index}`, body, eventSource: 'aws:sqs' }));
    const { batchItemFailures } = (await handler({ Records }, context)) as SQSBatchResponse;
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(['m-1', 'm-2']);
  } finally {
    console.log = log;
  }
  for (const domain of ['infrastructure', 'data']) {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${STACK}-${domain}` }));
    const asked = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    expect((await sqs.send(asked)).Messages?.length).toBeGreaterThan(5);
  }
  const metrics = said.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
  expect(metrics).toMatchObject([
    {
      HeartbeatDelay: expect.closeTo(3, -1),
      service: 'evenkeel',
      _aws: { CloudWatchMetrics: [{ Namespace: 'Evenkeel', Dimensions: [['service']] }] },
    },
  ]);
});
