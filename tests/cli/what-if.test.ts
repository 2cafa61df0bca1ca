import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { isWrite, wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, type Finished, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const account = await testAccount();
const wire = await wireTo(account.endpoint);
const evenkeel = evenkeelAs({ ...account.env, AWS_ENDPOINT_URL: wire.endpoint });
const folder = temporaryFolder();

const open = await openGroup(account, 'open');
const other = await openGroup(account, 'other');
const at = (time: string, groupId: string, more: object = {}) => ({
  ...(openedEvent(account, groupId, time).detail as object),
  eventTime: time,
  ...more,
});
const by = (arn: string, userAgent: string) => ({ userIdentity: { arn, accountId: account.accountId }, userAgent });
const ann = by(`arn:aws:iam::${account.accountId}:user/ann`, 'console.amazonaws.com');
const ci = by(`arn:aws:sts::${account.accountId}:assumed-role/Deploy/run-1`, 'HashiCorp Terraform/1.9');
const records = [
  at('2026-11-01T10:00:00Z', open, ann),
  at('2026-11-02T10:00:00Z', open, ci),
  at('2026-11-03T10:00:00Z', other, ann),
  at('2026-11-04T10:00:00Z', open, { eventName: 'DescribeSecurityGroups' }),
  at('2026-11-05T10:00:00Z', open, { errorCode: 'Client.UnauthorizedOperation' }),
  at('2026-11-06T10:00:00Z', open, { recipientAccountId: '999999999999' }),
];

const file = (name: string, content: string | Uint8Array) => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
};
file('log/a.json.gz', gzipSync(JSON.stringify({ Records: records.slice(0, 2) })));
file(
  'log/deeper/b.jsonl',
  records
    .slice(2)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join(''),
);
file(
  'events.json',
  JSON.stringify({ Events: records.map((one) => ({ EventId: 'x', CloudTrailEvent: JSON.stringify(one) })) }, null, 2),
);
file('bad/cut.json.gz', gzipSync(JSON.stringify({ Records: records })).subarray(0, -20));
file('bad/garbled.json', '{"Records":[{"eventName":}]}');
file('bad/good.json', JSON.stringify(records[0]));

const whatIf = (args: readonly string[], input = '') =>
  evenkeel(['what-if', '--no-policy', '--control', ADMIN_PORTS, ...args], { cwd: folder, input });
const linesOf = ({ stdout }: Finished, kind: string) =>
  stdout
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    .filter((one) => one.kind === kind);

const CONTROL = {
  controlId: ADMIN_PORTS,
  mode: 'remediate',
  events: 3,
  resources: 2,
  findings: 2,
  remediated: 2,
  notifications: 2,
};
const SUMMARY = {
  events: 6,
  concerned: 3,
  refused: 1,
  ofOtherAccounts: 1,
  resources: 2,
  looks: 3,
  read: 2,
  failures: 0,
};

describe('a log of the account, through the routes and today’s state', () => {
  test.each([
    ['a folder', ['log'], ''],
    [
      'standard input, as lookup-events writes it',
      ['-'],
      JSON.stringify({ Events: records.map((one) => ({ CloudTrailEvent: JSON.stringify(one) })) }),
    ],
    ['a file of lookup-events', ['events.json'], ''],
  ])('%s: by control and actor, and nothing is written', async (_name, sources, input) => {
    const before = await ingressOf(account, [open, other]);
    wire.take();
    const finished = await whatIf([...sources, '--json'], input);
    expect(finished.status).toBe(0);
    expect(linesOf(finished, 'control')).toMatchObject([CONTROL]);
    expect(linesOf(finished, 'actor')).toMatchObject([
      { actor: 'ann', actorKind: 'person', tool: 'console', events: 2, resources: 2, findings: 1, remediated: 1 },
      { actor: 'Deploy', actorKind: 'role', tool: 'Terraform', events: 1, resources: 1, findings: 1 },
    ]);
    expect(linesOf(finished, 'finding')).toHaveLength(2);
    expect(linesOf(finished, 'finding')).toContainEqual(
      expect.objectContaining({
        resourceId: open,
        outcome: 'remediated',
        actor: 'Deploy',
        steps: [expect.objectContaining({ operation: 'RevokeSecurityGroupIngress' })],
      }),
    );
    expect(linesOf(finished, 'summary')).toMatchObject([SUMMARY]);
    expect(wire.take().filter(isWrite)).toEqual([]);
    expect(await ingressOf(account, [open, other])).toEqual(before);
  });

  test('people see it as a table, with the cost and the next command', async () => {
    const { status, stdout, stderr } = await whatIf(['log']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/; mode detect \(read-only\)\n$/) });
    expect(stdout).toMatch(new RegExp(`^  ${ADMIN_PORTS} +3 +2 +2 +2 +0 +0 +0 +\\d+ +2$`, 'm'));
    expect(stdout).toContain('role Deploy (Terraform)');
    expect(stdout).toContain('A month like this would cost about $');
    expect(stdout).toContain('npx evenkeel sweep');
  });

  test('only the times and the region that are asked for', async () => {
    const finished = await whatIf(['log', '--from', '2026-11-02', '--to', '2026-11-02', '--json']);
    expect(linesOf(finished, 'summary')).toMatchObject([{ concerned: 1, outsideScope: 5 }]);
    const elsewhere = await whatIf(['log', '--region', 'us-west-2', '--json']);
    expect(linesOf(elsewhere, 'summary')).toMatchObject([{ concerned: 0, outsideScope: 6, cost: null }]);
  });

  test('what cannot be read is named and counted, the rest goes on, and the status says that of a file', async () => {
    const finished = await whatIf(['bad', '--json']);
    expect(finished.status).toBe(2);
    expect(linesOf(finished, 'failure').map(({ where, error }) => `${where}: ${error}`)).toEqual([
      expect.stringMatching(/^bad\/cut\.json\.gz: cannot be read: its gzip data is cut off/),
      expect.stringMatching(/^bad\/garbled\.json record 1: not JSON/),
    ]);
    expect(linesOf(finished, 'summary')).toMatchObject([{ failures: 2, events: expect.any(Number) }]);
    expect(linesOf(finished, 'control')).toMatchObject([{ controlId: ADMIN_PORTS }]);
  });
});

describe('--account: a log of whatever account, and nothing of AWS is read', () => {
  test('routes only', async () => {
    wire.take();
    const finished = await whatIf(['log', '--account', '123456789012', '--json']);
    expect(finished.status).toBe(0);
    expect(linesOf(finished, 'control')).toMatchObject([{ events: 4, resources: 2, findings: null }]);
    expect(linesOf(finished, 'summary')).toMatchObject([{ ofOtherAccounts: 0, read: null, calls: null }]);
    expect(wire.take()).toEqual([]);
  });

  test('an event of 1970 counts, and does not make the period half a century', async () => {
    const dated = [...records.slice(0, 2), at('1970-01-01T00:00:00Z', open)];
    const { stdout } = await whatIf(['-', '--account', '123456789012', '--json'], JSON.stringify({ Records: dated }));
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ events: 3, concerned: 3, days: 1 });
  });

  test('without an event there is no month to reckon with', async () => {
    const { status, stdout } = await whatIf(['-', '--account', '123456789012'], '{"Records":[]}');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^No events were found, [^$]+\n$/) });
  });
});

describe('a trail’s bucket', () => {
  const Bucket = `logs-${account.accountId}`;
  const put = async (Key: string, Body: string | Uint8Array) =>
    account.aws()(S3Client).send(new PutObjectCommand({ Bucket, Key, Body }));
  const day = (region: string, date: string) =>
    `org/AWSLogs/${account.accountId}/CloudTrail/${region}/${date}/log.json.gz`;

  test('its folders of the account, region and days, packed as CloudTrail does; one that is cut off is counted', async () => {
    const s3 = account.aws()(S3Client);
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
    const packed = (from: number, to: number) => gzipSync(JSON.stringify({ Records: records.slice(from, to) }));
    await put(day(REGION, '2026/11/01'), packed(0, 1));
    await put(day(REGION, '2026/11/02'), packed(1, 2));
    await put(day(REGION, '2026/11/20'), packed(0, 6));
    await put(day('us-east-1', '2026/11/02'), packed(0, 6));
    await put(`org/AWSLogs/999999999999/CloudTrail/${REGION}/2026/11/02/log.json.gz`, packed(0, 6));
    await put(`org/AWSLogs/${account.accountId}/CloudTrail-Digest/${REGION}/2026/11/02/digest.json.gz`, packed(0, 6));
    wire.take();
    const asked = ['--from', '2026-11-01', '--to', '2026-11-02', '--region', REGION, '--json'];
    const finished = await whatIf([`s3://${Bucket}/org/`, ...asked]);
    expect(finished).toMatchObject({ status: 0 });
    expect(linesOf(finished, 'summary')).toMatchObject([{ events: 2, concerned: 2 }]);
    expect(wire.take().filter((call) => call.includes('.json.gz'))).toHaveLength(2);
    await put(day(REGION, '2026/11/02'), packed(1, 2).subarray(0, -10));
    const cut = await whatIf([`s3://${Bucket}/org/`, ...asked]);
    expect(cut.status).toBe(2);
    expect(linesOf(cut, 'failure')).toMatchObject([{ where: expect.stringContaining('2026/11/02/log.json.gz') }]);
  });

  test.each([
    [
      'no bucket',
      `s3://nobodys-${account.accountId}/x`,
      /cannot be listed: NoSuchBucket: The specified bucket does not exist[^\n]*s3:ListBucket/,
    ],
    ['nothing there', `s3://${Bucket}/empty/`, /no \.json, \.jsonl or \.json\.gz object there/],
    ['no address', 's3://', /not s3:\/\/bucket or s3:\/\/bucket\/prefix/],
  ])('%s: wrong usage, in one line', async (_name, source, says) => {
    const { status, stdout, stderr } = await whatIf([source]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(says);
  });
});

test.each([
  [['what-if'], "error: missing required argument 'source'; npx evenkeel what-if --help lists them"],
  [['what-if', 'absent'], 'evenkeel: absent: cannot be read: there is no such file; check the name'],
  [['what-if', 'log', '--account', '12'], 'evenkeel: --account 12: not 12 digits'],
  [
    ['what-if', 'log', '--from', 'yesterday'],
    'evenkeel: --from yesterday: not a day or time (2026-11-01, 2026-11-01T08:00:00Z)',
  ],
  [
    ['what-if', 'log', '--to', '2026-02-30'],
    'evenkeel: --to 2026-02-30: not a day or time (2026-11-01, 2026-11-01T08:00:00Z)',
  ],
  [
    ['what-if', 'log', '--from', '2026-11-02', '--to', '2026-11-01'],
    'evenkeel: --from 2026-11-02 is not before --to 2026-11-01',
  ],
])('%j is wrong usage', async (args, says) => {
  expect(await evenkeel(args, { cwd: folder })).toEqual({ status: 2, stdout: '', stderr: `${says}\n` });
});
