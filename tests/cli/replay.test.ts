import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeLocalWorld } from '../../scripts/sandbox/local-deployment.ts';
import { isWrite, wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, type Finished, linesOf, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, INGRESS_CONTROLS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { RESULT_KEYS } from '../support/result-keys.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

/** Every shape of DESIGN §7, each speaking of a group of its own, with the event id that its lines carry. */
const SHAPES = [
  'envelope',
  'record',
  'trail file',
  'lookup-events',
  'config item',
  'oversized item',
  'compliance change',
  'rule invocation',
  'sns to lambda',
  'sns body',
  'sqs to lambda',
  'sns in sqs',
  'array',
  'standard input',
  'queue',
] as const;
type Shape = (typeof SHAPES)[number];

const folder = temporaryFolder();
const account = await testAccount();
const wire = await wireTo(account.endpoint);
const evenkeel = evenkeelAs({ ...account.env, AWS_ENDPOINT_URL: wire.endpoint });

const groups = {} as Record<Shape, string>;
for (const shape of SHAPES) groups[shape] = await openGroup(account, shape);
const all = Object.values(groups);

const envelope = (shape: Shape) => openedEvent(account, groups[shape], `id of ${shape}`);
const record = (shape: Shape) => ({ ...(envelope(shape).detail as object), eventID: `id of ${shape}` });
const item = (shape: Shape) => ({
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: groups[shape],
  awsAccountId: account.accountId,
  awsRegion: REGION,
});
const fromConfig = (shape: Shape, kind: string, detail: object) => ({
  id: `id of ${shape}`,
  'detail-type': kind,
  source: 'aws.config',
  account: account.accountId,
  region: REGION,
  detail,
});
const toLambda = (source: string, more: object) => ({ Records: [{ [source]: 'aws:sqs', ...more }] });

const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const json = (name: string, value: unknown) => file(name, JSON.stringify(value));

const messages: Readonly<Partial<Record<Shape, unknown>>> = {
  envelope: envelope('envelope'),
  'config item': fromConfig('config item', 'Config Configuration Item Change', {
    messageType: 'ConfigurationItemChangeNotification',
    configurationItem: item('config item'),
  }),
  'oversized item': fromConfig('oversized item', 'Config Configuration Item Change', {
    messageType: 'OversizedConfigurationItemChangeNotification',
    configurationItemSummary: item('oversized item'),
  }),
  'compliance change': fromConfig('compliance change', 'Config Rules Compliance Change', {
    messageType: 'ComplianceChangeNotification',
    newEvaluationResult: { complianceType: 'NON_COMPLIANT' },
    ...item('compliance change'),
  }),
  'rule invocation': {
    invokingEvent: JSON.stringify({
      messageType: 'ConfigurationItemChangeNotification',
      configurationItem: item('rule invocation'),
    }),
    configRuleName: 'open-ports',
    accountId: account.accountId,
    resultToken: 'token',
  },
  'sns to lambda': {
    Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(envelope('sns to lambda')) } }],
  },
  'sns body': { Type: 'Notification', TopicArn: 'arn:aws:sns:x', Message: JSON.stringify(envelope('sns body')) },
};

beforeAll(() => {
  json('folder/envelope.json', messages.envelope);
  file(
    'folder/deeper/config.jsonl',
    (['config item', 'oversized item', 'compliance change', 'rule invocation', 'sns to lambda', 'sns body'] as const)
      .map((shape) => JSON.stringify(messages[shape]))
      .join('\n'),
  );
  file('folder/notes.txt', 'no event');
  file('records.jsonl', `${JSON.stringify(record('record'))}\r\n\n`);
  file('trail.json.gz', gzipSync(JSON.stringify({ Records: [record('trail file')] })));
  const notification = { TopicArn: 'arn:aws:sns:x', Message: JSON.stringify(envelope('sns in sqs')) };
  json('sqs.json', [
    toLambda('eventSource', { body: JSON.stringify(envelope('sqs to lambda')) }),
    { MessageId: 'm', ReceiptHandle: 'r', Body: JSON.stringify(notification) },
  ]);
  json('array.json', [[envelope('array')]]);
  const looked = record('lookup-events');
  json('lookup.json', { Events: [{ EventId: looked.eventID, CloudTrailEvent: JSON.stringify(looked) }] });
});

/** Everything at once; the queue and standard input are filled again for each run. */
async function replayAll(...flags: string[]): Promise<Finished> {
  const sqs = account.aws()(SQSClient);
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `replay-${flags.length}-${Date.now()}` }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(envelope('queue')) }));
  wire.take();
  const sources = ['folder', 'records.jsonl', 'trail.json.gz', 'sqs.json', 'array.json', 'lookup.json', '-'];
  return evenkeel(['replay', ...sources, QueueUrl.replace(account.endpoint, wire.endpoint), '--json', ...flags], {
    cwd: folder,
    input: JSON.stringify(envelope('standard input')),
  });
}

const EVENT_IDS = SHAPES.map((shape) => (shape === 'rule invocation' ? null : `id of ${shape}`)).sort();
const EXPECTED = SHAPES.flatMap((shape) => INGRESS_CONTROLS.map((controlId) => `${controlId} ${groups[shape]}`)).sort();

describe('every shape of input in one run', () => {
  const runs = {} as Record<'detect' | 'first' | 'second', Finished & { calls: readonly string[]; after: unknown }>;
  let drifted: readonly string[];

  beforeAll(async () => {
    drifted = await ingressOf(account, all);
    const flags = { detect: ['--no-policy'], first: ['--mode', 'remediate', '--no-policy'], second: [] as string[] };
    flags.second = flags.first;
    for (const name of ['detect', 'first', 'second'] as const) {
      const finished = await replayAll(...flags[name]);
      runs[name] = { ...finished, calls: wire.take(), after: await ingressOf(account, all) };
    }
  });

  test.each(['detect', 'first', 'second'] as const)('%s: one line for each event, control and resource', (name) => {
    const lines = linesOf(runs[name]);
    expect(runs[name]).toMatchObject({ status: 0 });
    expect(lines.map(({ controlId, resourceId }) => `${controlId} ${resourceId}`).sort()).toEqual(EXPECTED);
    expect([...new Set(lines.map(({ eventId }) => eventId))].sort()).toEqual(EVENT_IDS);
    for (const line of lines) {
      expect(Object.keys(line).sort()).toEqual(RESULT_KEYS);
      expect(line).toMatchObject({
        accountId: account.accountId,
        region: REGION,
        resourceType: 'AWS::EC2::SecurityGroup',
        error: null,
      });
    }
  });

  test('detect, the default, shows the plan and writes nothing', () => {
    const outcomes = linesOf(runs.detect).filter(({ controlId }) => controlId === ADMIN_PORTS);
    for (const line of outcomes)
      expect(line).toMatchObject({
        outcome: 'detected',
        mode: 'detect',
        before: 'NON_COMPLIANT',
        after: 'NON_COMPLIANT',
        remediationId: null,
        steps: [
          {
            service: 'ec2',
            operation: 'RevokeSecurityGroupIngress',
            input: { GroupId: line.resourceId, SecurityGroupRuleIds: [expect.stringMatching(/^sgr-/)] },
          },
        ],
      });
    expect(runs.detect.calls.filter(isWrite).filter((call) => !call.startsWith('sqs:'))).toEqual([]);
    expect(runs.detect.after).toEqual(drifted);
    expect(runs.detect.stderr).toBe(
      `evenkeel: account ${account.accountId}; the events' own regions, by default ${REGION}; --no-policy: recommended modes; ledger in memory; mode detect (read-only)\n`,
    );
  });

  test('remediate puts right what is wrong, once, and leaves the neighbours', () => {
    const right = all.map((id) => `${id} tcp 443 10.0.0.0/8`).sort();
    expect(drifted).toEqual([...right, ...all.map((id) => `${id} tcp 22 0.0.0.0/0`)].sort());
    expect(runs.first.after).toEqual(right);
    for (const line of linesOf(runs.first).filter(({ controlId }) => controlId === ADMIN_PORTS))
      expect(line).toMatchObject({ outcome: 'remediated', mode: 'remediate', after: 'COMPLIANT' });
    const writes = runs.first.calls.filter(isWrite).filter((call) => !call.startsWith('sqs:'));
    expect(writes).toEqual(SHAPES.map(() => 'ec2:RevokeSecurityGroupIngress'));
  });

  test('a second run changes nothing, not even by trying', () => {
    expect(runs.second.after).toEqual(runs.first.after);
    expect(runs.second.calls.filter(isWrite).filter((call) => !call.startsWith('sqs:'))).toEqual([]);
    for (const line of linesOf(runs.second)) {
      expect(['compliant', 'notApplicable']).toContain(line.outcome);
      expect(line).toMatchObject({ steps: [], remediationId: null });
    }
  });
});

test('with the ledger of a deployment, what there is once for the account is looked at where its functions look at it', async () => {
  const event = sampleEvent('s3/DeleteAccountPublicAccessBlock', { [SAMPLE_ACCOUNT]: account.accountId });
  Object.assign(event.detail as object, { awsRegion: 'us-east-1' });
  const { table } = await makeLocalWorld(account.aws());
  const regionWith = async (env: Readonly<Record<string, string>>) =>
    linesOf(await evenkeel(['replay', '-', '--json'], { input: JSON.stringify(event), env })).map(
      ({ region }) => region,
    );
  expect(await regionWith({})).toEqual(['us-east-1']);
  expect(await regionWith({ EVENKEEL_TABLE: table })).toEqual([REGION]);
});

test('a line names the table that is not there', async () => {
  const input = JSON.stringify(
    sampleEvent('s3/DeleteAccountPublicAccessBlock', { [SAMPLE_ACCOUNT]: account.accountId }),
  );
  const run = await evenkeel(['replay', '-', '--json'], { input, env: { EVENKEEL_TABLE: 'nope' } });
  expect(run.status).toBe(1);
  const lines = linesOf(run);
  expect(lines).not.toEqual([]);
  for (const line of lines)
    expect(line).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('there is no table nope in this region'),
    });
});

describe('what an event itself says is wrong', () => {
  const ROOT = 'iam-root-user-unused';
  const event = sampleEvent('detections/RootCall', { [SAMPLE_ACCOUNT]: account.accountId });
  // A call that changes nothing a control looks at.
  Object.assign(event.detail as object, { eventSource: 'support.amazonaws.com', eventName: 'CreateCase' });
  const replay = async (...args: string[]) => linesOf(await evenkeel(['replay', '--json', '--no-policy', ...args]));

  test('is a line of the detection, and no call is made but who asks', async () => {
    const file = json('root.json', event);
    wire.take();
    expect(await replay(file, '--exit-code')).toMatchObject([
      {
        controlId: ROOT,
        severity: 'HIGH',
        resourceType: 'AWS::::Account',
        resourceId: account.accountId,
        outcome: 'detected',
        before: null,
        after: null,
        mode: 'detect',
        steps: [],
      },
    ]);
    expect(wire.take()).toEqual(['sts:GetCallerIdentity']);
  });

  test('of another account is none of ours', async () => {
    expect(await replay(json('other.json', sampleEvent('detections/RootCall')))).toMatchObject([
      { controlId: null, outcome: 'notApplicable', accountId: SAMPLE_ACCOUNT },
    ]);
  });

  test('can be asked for alone, and left out', async () => {
    const file = json('root.json', event);
    expect(await replay(file, '--control', ROOT)).toMatchObject([{ controlId: ROOT }]);
    expect(await replay(file, '--control', ADMIN_PORTS)).toMatchObject([{ controlId: null, outcome: 'notApplicable' }]);
  });
});
