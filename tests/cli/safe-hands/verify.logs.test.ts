import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { controls } from '../../../shared/controls/index.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { engineFromEnvironment } from '../../../shared/lambda/environment.ts';
import { type Head, headAt, linkAfter, START, storedLink } from '../../../shared/ledger/chain.ts';
import { dynamoLedger, dynamoStore } from '../../../shared/ledger/dynamodb.ts';
import { resourceKey } from '../../../shared/ledger/keys.ts';
import { type RecordDocument, recordKey, stateKey } from '../../../shared/ledger/session.ts';
import type { ResourceState } from '../../../shared/ledger/state.ts';
import { type ItemKey, putLatest } from '../../../shared/ledger/store.ts';
import { type Alteration, wireTo } from '../../support/aws-proxy.ts';
import { saidBy } from '../../support/capture-output.ts';
import { evenkeelAs, type Finished, linesOf, RECOMMENDED, withoutHeader } from '../../support/command.ts';
import { deployStack, STACK } from '../../support/deployed.ts';
import { ADMIN_PORTS, open, openedEvent, openGroup } from '../../support/drift.ts';
import { ownResource, remediationOf, saveRecord } from '../../support/ledger-fixtures.ts';
import { REGION } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

const account = await testAccount();
const wire = await wireTo(account.endpoint);
const found = { ...account.env, AWS_ENDPOINT_URL: wire.endpoint, EVENKEEL_LEDGER: '' };
const asUser = evenkeelAs(found);
const evenkeel: typeof asUser = async (...run) => withoutHeader(await asUser(...run));
const table = `${STACK}-ledger`;
const COMMAND_LOG = `${STACK}-anchors`;
const FUNCTION_LOG = `/aws/lambda/${STACK}-infrastructure`;
const store = dynamoStore(account.aws(), table);
const dynamo = account.aws()(DynamoDBClient);
const logs = account.aws()(CloudWatchLogsClient);
const replay = ['replay', '-', '--json', '--mode', 'remediate', '--control', ADMIN_PORTS];
let events = 0;
const eventOf = (group: string) => openedEvent(account, group, `event ${++events}`);
const keyOf = (resourceId: string) =>
  resourceKey('ec2', {
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId,
    accountId: account.accountId,
    region: REGION,
  });

/** The command remediates a group, which the command logs. */
async function remediated(group: string): Promise<string> {
  const [line] = linesOf(await evenkeel(replay, { input: JSON.stringify(eventOf(group)) }));
  expect(line?.outcome).toBe('remediated');
  return line?.remediationId ?? '';
}

/** The domain's function remediates a group; what it writes to stdout Lambda puts into its log. */
async function remediatedByFunction(group: string): Promise<void> {
  Object.assign(process.env, { EVENKEEL_TABLE: table, POWERTOOLS_LOG_LEVEL: 'SILENT' });
  const engine = engineFromEnvironment(RECOMMENDED, () => {}, {});
  const context = { controls: controls.filter(({ id }) => id === ADMIN_PORTS), fallback: account };
  const { said, value } = await saidBy(() => Array.fromAsync(receive(eventOf(group), engine, context)));
  expect(value.flat()).toMatchObject([{ outcome: 'remediated' }]);
  const stream = { logGroupName: FUNCTION_LOG, logStreamName: '2026/11/03/[$LATEST]1' };
  await logs.send(new CreateLogStreamCommand(stream));
  const lines = said.split('\n').filter((line) => line !== '');
  const logEvents = ['START RequestId: 1', ...lines].map((message) => ({ message, timestamp: Date.now() }));
  await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
}

/** What somebody does who holds the whole table and knows how the hashes are made: plain `verify` finds nothing wrong. */
const remove = ({ pk, sk }: ItemKey) =>
  dynamo.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } }));
const documentOf = async ({ pk, sk }: ItemKey) => (await store.get(pk, sk))?.document;
async function setHead(group: string, head: Head): Promise<void> {
  const state = (await documentOf(stateKey(keyOf(group)))) as ResourceState;
  await putLatest(store, {
    ...stateKey(keyOf(group)),
    document: { ...state, head },
    listed: { list: 'QUIET', at: keyOf(group) },
  });
}
async function rewrite(group: string, id: string, decidedBy: string): Promise<void> {
  const { remediation } = (await documentOf(recordKey(id))) as RecordDocument;
  const altered = { ...remediation, decidedBy };
  const begun = linkAfter(START, 'begun', id, altered);
  const ended = linkAfter(headAt(begun), 'ended', id, altered);
  const listed = { list: 'REMEDIATION', at: `${altered.times.decided}#${id}` };
  const document: RecordDocument = { remediation: altered, links: [begun, ended].map(storedLink) };
  await putLatest(store, { ...recordKey(id), document, listed });
  await setHead(group, headAt(ended));
}

interface Line {
  readonly resource: string;
  readonly errors: readonly string[];
  readonly anchored?: number;
  readonly unanchored?: readonly object[];
}
const lineOf = ({ stdout }: Finished, resource: string): Line =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
    .find((line) => line.resource === resource) as Line;

const groups = new Map<string, { readonly group: string; readonly id: string }>();
const of = (name: string) => groups.get(name) ?? { group: '', id: '' };
const forged = ownResource('ec2', { accountId: account.accountId });
let untouched: Finished;
let words: Finished;
let withoutLogs: Finished;
let withLogs: Finished;

beforeAll(async () => {
  await deployStack(account, { regions: [REGION], policyVersion: '1' });
  for (const name of ['last removed', 'whole removed', 'rewritten', 'untouched', 'forged after']) {
    const group = await openGroup(account, name);
    groups.set(name, { group, id: await remediated(group) });
  }
  await remediatedByFunction(await openGroup(account, 'by function'));
  const { group } = of('last removed');
  await open(account, group);
  groups.set('last removed', { group, id: await remediated(group) });
  untouched = await evenkeel(['verify', '--logs', '--json']);
  words = await evenkeel(['verify', '--logs']);

  const chain = await dynamoLedger(account.aws(), table).chain(keyOf(group));
  await remove(recordKey(of('last removed').id));
  await setHead(group, headAt(chain.links[1] as (typeof chain.links)[number]));
  await remove(recordKey(of('whole removed').id));
  await remove(stateKey(keyOf(of('whole removed').group)));
  await rewrite(of('rewritten').group, of('rewritten').id, 'arn:aws:iam::1:user/somebody-else');
  // A record in the name of Evenkeel, whose undo an operator could be led to run.
  const times = { ...remediationOf('x').times, decided: new Date(Date.now() + 60_000).toISOString() };
  await saveRecord(
    dynamoLedger(account.aws(), table),
    remediationOf('rem-forged', { ref: forged.ref, status: 'remediated', times }),
  );
  withoutLogs = await evenkeel(['verify', '--json']);
  withLogs = await evenkeel(['verify', '--logs', '--json']);
}, 120_000);
beforeEach(() => wire.alter([]));

test('the stack is looked up once a run, for its ledger and its logs', async () => {
  const stackLookUps = () => wire.take().filter((call) => call === 'cloudformation:DescribeStacks');
  const group = await openGroup(account, 'look-ups');
  wire.take();
  await remediated(group);
  expect(stackLookUps()).toHaveLength(1);
  await evenkeel(['verify', '--logs']);
  expect(stackLookUps()).toHaveLength(1);
});

test('a ledger that nobody touched is confirmed by the logs of functions and command', () => {
  expect(untouched).toMatchObject({ status: 0, stderr: '' });
  const lines = untouched.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(6);
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    lines.map(() => expect.objectContaining({ errors: [], unanchored: [] })),
  );
  expect(lineOf(untouched, keyOf(of('last removed').group))).toMatchObject({ entries: 4, anchored: 4 });
  expect(words.stdout).toMatch(
    /^6 chains, 7 records: intact\n7 records confirmed by the logs, 0 not in the logs; the logs reach back to \S+Z\n$/,
  );
});

describe('who holds the whole table', () => {
  test('deceives verify without the logs', () => {
    expect(withoutLogs).toMatchObject({ status: 0, stderr: '' });
    expect(withoutLogs.stdout).not.toContain('anchored');
  });

  test('cannot remove the last remediation and set the head back', () => {
    const { group, id } = of('last removed');
    expect(lineOf(withLogs, keyOf(group)).errors).toEqual([
      `entry 3 (${id}) is in the logs and was removed`,
      `entry 4 (${id}) is in the logs and was removed`,
    ]);
  });

  test('cannot remove a resource with all its records', () => {
    const { group, id } = of('whole removed');
    expect(lineOf(withLogs, keyOf(group)).errors).toEqual([
      `entry 1 (${id}) is in the logs and was removed`,
      `entry 2 (${id}) is in the logs and was removed`,
    ]);
  });

  test('cannot write a chain anew', () => {
    const { group, id } = of('rewritten');
    expect(lineOf(withLogs, keyOf(group))).toMatchObject({
      anchored: 0,
      errors: [`entry 1 (${id}) is not the one in the logs`, `entry 2 (${id}) is not the one in the logs`],
    });
  });

  test('cannot forge a record', () => {
    expect(lineOf(withLogs, forged.key).errors).toEqual([
      'rem-forged is in no log: it was forged, or could not be logged',
    ]);
  });

  test('makes the command fail, and leaves what is untouched confirmed', () => {
    expect(withLogs).toMatchObject({ status: 1, stderr: '' });
    expect(lineOf(withLogs, keyOf(of('untouched').group))).toMatchObject({ errors: [], anchored: 2, unanchored: [] });
  });
});

/** CloudWatch Logs as it answers what IAM or the service refuses. */
const refusal = (call: string, type: string, holds = ''): Alteration => ({
  call,
  holds,
  status: 400,
  isWithheld: true,
  change: () => JSON.stringify({ __type: type, message: 'Not you.' }),
});

describe('what could not be logged', () => {
  const remediate = async (name: string) => {
    const input = JSON.stringify(eventOf(await openGroup(account, name)));
    return evenkeel(replay, { input });
  };

  test('is remediated all the same, and named', async () => {
    wire.alter([refusal('logs:CreateLogStream', 'AccessDeniedException')]);
    const finished = await remediate('denied');
    const [{ outcome, remediationId } = { outcome: '', remediationId: '' }] = linesOf(finished);
    expect(outcome).toBe('remediated');
    expect(finished.stderr).toContain(
      `evenkeel: ${remediationId} has ended, and that is not in the logs: AccessDeniedException: Not you.\n`,
    );
    wire.alter([]);
    const { stdout } = await evenkeel(['verify', '--logs']);
    expect(stdout).toContain(`${remediationId} is not in the logs: too recent\n`);
  });

  test('is named too where CloudWatch Logs answers 200 and drops it', async () => {
    const change = () => JSON.stringify({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 } });
    wire.alter([{ call: 'logs:PutLogEvents', status: 200, isWithheld: true, change }]);
    expect((await remediate('dropped')).stderr).toContain("that is not in the logs: this machine's clock is wrong");
  });

  test('at first is in the logs once its end is', async () => {
    wire.alter([{ ...refusal('logs:CreateLogStream', 'ServiceUnavailableException'), times: 1 }]);
    const finished = await remediate('once');
    const id = linesOf(finished)[0]?.remediationId ?? '';
    expect(finished.stderr).toContain(`${id} has begun, and that is not in the logs: ServiceUnavailableException`);
    expect(finished.stderr).not.toContain(`${id} has ended`);
    expect((await evenkeel(['verify', '--logs'])).stdout).not.toContain(id);
  });
});

describe('logs that cannot be read', () => {
  test("are none with a table that is not the stack's", async () => {
    const other = await evenkeel(['verify', '--logs', '--stack', 'other'], { env: { EVENKEEL_TABLE: table } });
    expect(other).toMatchObject({ status: 1 });
    expect(other.stderr).toBe(
      `evenkeel: not verified by the logs: ${table} is not the ledger of the stack other: use --stack\n`,
    );
    expect(other.stdout).toMatch(
      /\n0 records confirmed by the logs, .*the logs hold no entry, and were not all read\n$/,
    );
  });

  test('are named, and nothing passes as verified', async () => {
    wire.alter([refusal('logs:FilterLogEvents', 'AccessDeniedException', FUNCTION_LOG)]);
    const { status, stdout, stderr } = await evenkeel(['verify', '--logs']);
    expect(status).toBe(1);
    expect(stderr).toBe(`evenkeel: not verified by the logs: ${FUNCTION_LOG}: AccessDeniedException: Not you.\n`);
    expect(stdout).toMatch(/, and were not all read\n$/);
  });

  test('are named where somebody has deleted a log group', async () => {
    await logs.send(new DeleteLogGroupCommand({ logGroupName: COMMAND_LOG }));
    const { status, stderr } = await evenkeel(['verify', '--logs']);
    expect(status).toBe(1);
    expect(stderr).toContain(`evenkeel: not verified by the logs: ${COMMAND_LOG}: there is no such log group\n`);
  });

  test('are none with a local ledger', async () => {
    const { status, stderr } = await evenkeel(['verify', '--logs'], { env: { EVENKEEL_LEDGER: ':memory:' } });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'evenkeel: not verified by the logs: this ledger is no deployment, and its records are in no log\n',
    );
  });
});
