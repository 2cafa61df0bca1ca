import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { DAY_MS, MINUTE_MS } from '../../shared/time.ts';
import { createWatchHandler } from '../../shared/watch/handler.ts';
import { STACK } from '../support/deployed.ts';
import { REGION } from '../support/samples.ts';
import { OTHER, watchScene } from '../support/watch-scene.ts';

const {
  account,
  wire,
  time,
  regions,
  stack,
  mails,
  task,
  record,
  watch,
  watchByWire,
  subjects,
  swept,
  metric,
  measureAnew,
} = await watchScene();
const sqs = account.aws()(SQSClient);

beforeEach(measureAnew);

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
    time.now += DAY_MS;
    for (const region of regions) await watch(record(region, time.now));
    await mails();
    swept();
    wire.alter([denied('sqs:'), denied('ec2:DescribeVpcs')]);
    metric('HeartbeatMissed');
    for (let beats = 0; beats < 3; beats += 1) {
      time.now += 15 * MINUTE_MS;
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
    time.now += 15 * MINUTE_MS;
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
