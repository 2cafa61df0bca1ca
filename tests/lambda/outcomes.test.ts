import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { createOutcomesHandler } from '../../shared/lambda/outcomes.ts';
import type { OutcomeEvent } from '../../shared/notify/outcome.ts';
import { systemClock } from '../../shared/time.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { saidBy } from '../support/capture-output.ts';
import { outcomeOf, TIME } from '../support/outcome.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const account = await testAccount();
const { accountId } = account;
const wire = await wireTo(account.endpoint);
const BUS = 'evenkeel-prod-outcomes';
const QUEUE = 'evenkeel-prod-outcomes';
const [sqs, events, hub] = [
  account.aws()(SQSClient),
  account.aws()(EventBridgeClient),
  account.aws()(SecurityHubClient),
];
process.env.AWS_ENDPOINT_URL = wire.endpoint;

const IMPORT = 'POST /findings/import';
const PUT = 'events:PutEvents';
const FOR_SECURITY_HUB = { EVENKEEL_SECURITY_HUB: 'true', EVENKEEL_OUTCOMES_BUS: '' };
const FOR_BUS = { EVENKEEL_SECURITY_HUB: '', EVENKEEL_OUTCOMES_BUS: BUS };

/** The function as Lambda calls it, with a batch of its queue. */
function deployed(env: Readonly<Record<string, string>>) {
  Object.assign(process.env, env);
  const handler = createOutcomesHandler({ ...systemClock, sleep: async () => {} });
  return async (...bodies: readonly unknown[]) => {
    const Records = bodies.map((body, index) => ({
      messageId: `m-${index}`,
      receiptHandle: `r-${index}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: { ApproximateReceiveCount: '1' },
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${REGION}:${accountId}:${QUEUE}`,
    }));
    const { value, said } = await saidBy(() => handler({ Records }, {} as Context) as Promise<SQSBatchResponse>);
    return { failed: value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), said };
  };
}
const about = (resourceId: string, result: Parameters<typeof outcomeOf>[0] = {}, time = 0): OutcomeEvent =>
  outcomeOf({ accountId, resourceId, ...result }, { id: resourceId }, { time: TIME + time });
const findings = async () => {
  const { Findings = [] } = await hub.send(new GetFindingsCommand({ MaxResults: 100 }));
  return Findings.map(({ Id = '', RecordState, Compliance }) => [
    Id.split('/').at(-1),
    Compliance?.Status,
    RecordState,
  ]);
};

beforeAll(async () => {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
  await events.send(new CreateEventBusCommand({ Name: BUS }));
  const rule = { Name: 'all', EventBusName: BUS };
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: ['evenkeel'] }) }));
  const Arn = `arn:aws:sqs:${REGION}:${accountId}:seen`;
  await sqs.send(new CreateQueueCommand({ QueueName: 'seen' }));
  await events.send(new PutTargetsCommand({ Rule: 'all', EventBusName: BUS, Targets: [{ Id: 'seen', Arn }] }));
  expect(QueueUrl).toContain(QUEUE);
});
beforeEach(() => {
  wire.alter([]);
  wire.take();
});

test('outcomes become findings that are created, updated and resolved', async () => {
  const send = deployed(FOR_SECURITY_HUB);
  expect(await send(about('sg-1', { outcome: 'detected' }), about('sg-2', { outcome: 'detected' }))).toMatchObject({
    failed: [],
  });
  expect(wire.take()).toEqual([IMPORT]);
  expect(await findings()).toEqual([
    ['sg-1', 'FAILED', 'ACTIVE'],
    ['sg-2', 'FAILED', 'ACTIVE'],
  ]);
  await send(about('sg-1', { outcome: 'remediated' }, 1), about('sg-2', { outcome: 'blocked' }, 1));
  expect(await findings()).toEqual([
    ['sg-1', 'PASSED', 'ARCHIVED'],
    ['sg-2', 'FAILED', 'ACTIVE'],
  ]);
});

test('outcomes become events on our bus', async () => {
  expect((await deployed(FOR_BUS)(about('sg-1'), about('sg-2', { outcome: 'detected' }))).failed).toEqual([]);
  expect(wire.take()).toEqual([PUT]);
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: `${account.endpoint}/${accountId}/seen`, MaxNumberOfMessages: 10 }),
  );
  const seen = Messages.map(({ Body = '' }) => JSON.parse(Body));
  expect(seen.map((event) => [event.source, event['detail-type'], event.detail.resource.id])).toEqual([
    ['evenkeel', 'Drift Remediated', 'sg-1'],
    ['evenkeel', 'Drift Detected', 'sg-2'],
  ]);
  expect(seen[0].detail).toEqual(about('sg-1'));
});

describe('where Security Hub refuses', () => {
  const json = { 'content-type': 'application/json' };
  const thrown = (type: string, status = 400) => ({
    call: IMPORT,
    isWithheld: true as const,
    status,
    headers: { ...json, 'x-amzn-errortype': type },
    change: () => JSON.stringify({ Message: 'why', Code: type }),
  });
  const failing = (...ErrorCodes: readonly string[]) => ({
    call: IMPORT,
    times: 1,
    change: (body: string) => {
      const answer = JSON.parse(body);
      const FailedFindings = ErrorCodes.map((ErrorCode, index) => ({
        Id: `evenkeel/${accountId}/${REGION}/ec2-security-group-admin-ports-restricted/sg-${index}`,
        ErrorCode,
        ErrorMessage: 'why',
      }));
      return JSON.stringify({ ...answer, FailedCount: FailedFindings.length, FailedFindings });
    },
  });

  test.each([
    ['as a call', thrown('InvalidAccessException', 401)],
    ['of each finding', { ...failing('InvalidAccess', 'InvalidAccess'), times: 9 }],
  ])('because it is off, %s, that is said once, and nothing is retried', async (_, refusal) => {
    wire.alter([refusal]);
    const send = deployed(FOR_SECURITY_HUB);
    const first = await send(about('sg-0'), about('sg-1'));
    const second = await send(about('sg-0', {}, 1), about('sg-1', {}, 1));
    expect([first.failed, second.failed]).toEqual([[], []]);
    const warnings = `${first.said}${second.said}`.match(/Security Hub is off in eu-west-1/g) ?? [];
    expect(warnings).toHaveLength(1);
  });

  test('one finding for now, it is sent again at once', async () => {
    wire.alter([failing('InternalFailure')]);
    expect((await deployed(FOR_SECURITY_HUB)(about('sg-0'), about('sg-1'))).failed).toEqual([]);
    expect(wire.take()).toEqual([IMPORT, IMPORT]);
  });

  test('one finding for good, that is said, and it is not sent again', async () => {
    wire.alter([failing('InvalidInput')]);
    const { failed, said } = await deployed(FOR_SECURITY_HUB)(about('sg-0'), about('sg-1'));
    expect(failed).toEqual([]);
    expect(said).toMatch(/refused for good/);
    expect(said).toContain('"resourceId":"sg-0"');
    expect(wire.take()).toEqual([IMPORT]);
  });

  test('because we may not, the messages are retried later by themselves', async () => {
    wire.alter([thrown('AccessDeniedException', 403)]);
    const { failed } = await deployed(FOR_SECURITY_HUB)(about('sg-0'), about('sg-1'));
    expect(failed.toSorted()).toEqual(['m-0', 'm-1']);
    const calls = wire.take().filter((call) => call !== 'sqs:GetQueueUrl');
    expect(calls).toEqual([IMPORT, 'sqs:ChangeMessageVisibility', 'sqs:ChangeMessageVisibility']);
  });
});

describe('where the bus refuses', () => {
  const refusing = (ErrorCode: string, times: number) => ({
    call: PUT,
    times,
    change: (body: string) => {
      const { Entries } = JSON.parse(body);
      return JSON.stringify({
        FailedEntryCount: 1,
        Entries: [{ ErrorCode, ErrorMessage: 'why' }, ...Entries.slice(1)],
      });
    },
  });

  test('one entry for now, that one is put again', async () => {
    wire.alter([refusing('ThrottlingException', 1)]);
    expect((await deployed(FOR_BUS)(about('sg-0'), about('sg-1'))).failed).toEqual([]);
    expect(wire.take()).toEqual([PUT, PUT]);
  });

  test('one entry until a person changes something, that message alone is retried', async () => {
    wire.alter([refusing('NotAuthorizedForSourceException', 1)]);
    expect((await deployed(FOR_BUS)(about('sg-0'), about('sg-1'))).failed).toEqual(['m-0']);
  });
});

test('what is no outcome of this version fails alone, so that it ends in the dead-letter queue', async () => {
  const whole = about('sg-1');
  const wrong = [
    'no JSON',
    '"text"',
    { ...whole, version: 2 },
    { ...whole, outcome: 'mended' },
    { ...whole, account: { id: '12' } },
    { ...whole, region: '' },
    { ...whole, control: null },
  ];
  expect((await deployed(FOR_BUS)(...wrong, whole)).failed.toSorted()).toEqual(wrong.map((_, index) => `m-${index}`));
});

test('an event without records of a queue is refused', async () => {
  Object.assign(process.env, FOR_BUS);
  await expect(createOutcomesHandler()({}, {} as Context)).rejects.toThrow('no records of a queue');
});
