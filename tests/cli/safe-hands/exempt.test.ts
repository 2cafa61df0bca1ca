import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { wireTo } from '../../support/aws-proxy.ts';
import { makeHands, REMEDIATE } from '../../support/cli-fixture.ts';
import { linesOf } from '../../support/command.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../../support/drift.ts';

const hands = await makeHands();
const { account, evenkeel, ledger } = hands;
const wire = await wireTo(account.endpoint);
const policy = hands.policyFile(REMEDIATE);
const DAY = 86_400_000;
const dayFrom = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
/** `more`: flags, and options that take the place of those it gives itself. */
function exempt(resource: string, expires: string, ...more: string[]) {
  const own = { control: ADMIN_PORTS, resource, owner: 'web@example.com', reason: 'a jump host', expires };
  const given = Object.entries(own).filter(([name]) => !more.includes(`--${name}`));
  return evenkeel(['exempt', ...given.flatMap(([name, value]) => [`--${name}`, value]), ...more]);
}

test('an exemption by ARN or id lets the resource stay until its last day, and nobody is notified of the drift', async () => {
  const [byArn, byId, other] = [
    await openGroup(account, 'by arn'),
    await openGroup(account, 'by id'),
    await openGroup(account, 'another'),
  ];
  const arn = `arn:aws:ec2:*:${account.accountId}:security-group/${byArn}`;
  const said = await exempt(arn, dayFrom(0));
  expect(said).toMatchObject({ status: 0, stderr: '' });
  expect(said.stdout).toMatch(
    new RegExp(`^ex-\\S+: arn:aws:ec2:.*${byArn} is exempt from ${ADMIN_PORTS} until ${dayFrom(0)}\\.\n$`),
  );
  const { stdout } = await exempt(byId, dayFrom(364), '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    control: ADMIN_PORTS,
    resource: byId,
    owner: 'web@example.com',
    reason: 'a jump host',
    expires: dayFrom(364),
    createdBy: expect.stringMatching(/^arn:aws:sts:/),
  });
  for (const group of [byArn, byId]) {
    expect(await hands.opened(group)).toMatchObject({
      outcome: 'exempted',
      annotation: expect.stringMatching(/^Exempt until \S+ \(web@example\.com\): a jump host\. Open to the world/),
    });
    expect(await ingressOf(account, [group])).toHaveLength(2);
  }
  expect(await hands.mail()).toEqual([]);
  expect(await hands.opened(other)).toMatchObject({ outcome: 'remediated' });
  // The day after, it is remediated.
  expect(await hands.opened(byArn, REMEDIATE, new Date(`${dayFrom(1)}T00:00:00Z`))).toMatchObject({
    outcome: 'remediated',
  });
});

test('one in policy.yml holds just the same', async () => {
  const group = await openGroup(account, 'reviewed');
  const reviewed = `${REMEDIATE}exemptions:
  - { control: ${ADMIN_PORTS}, resource: "*${group}", owner: web@example.com, reason: reviewed, expires: ${dayFrom(7)} }
`;
  expect(await hands.opened(group, reviewed)).toMatchObject({ outcome: 'exempted' });
});

test('where the list cannot be read nothing is written, somebody is notified, and the event is kept', async () => {
  const group = await openGroup(account, 'unreadable');
  const drifted = await ingressOf(account, [group]);
  await hands.mail();
  const item = {
    pk: { S: 'SHARED' },
    sk: { S: 'EXEMPTION#ex-0' },
    version: { N: '1' },
    document: { S: '{"control":' },
  };
  await account
    .aws()(DynamoDBClient)
    .send(new PutItemCommand({ TableName: hands.table, Item: item }));
  const replay = () =>
    evenkeel(['replay', '-', '--mode', 'remediate', '--control', ADMIN_PORTS, '--policy', policy, '--json'], {
      input: JSON.stringify(openedEvent(account, group, 'an event')),
    });
  const first = await replay();
  expect(first.status).toBe(1); // in a Lambda this is the error that brings the retry
  expect(linesOf(first)).toMatchObject([{ outcome: 'failed', steps: [], error: expect.stringMatching(/JSON/) }]);
  expect(await ingressOf(account, [group])).toEqual(drifted);
  expect(await hands.mail()).toEqual([
    expect.objectContaining({ subject: '[CRITICAL] Evenkeel cannot work: its ledger does not answer' }),
  ]);
  const mended = { ...item, document: { S: 'null' } };
  await account
    .aws()(DynamoDBClient)
    .send(new PutItemCommand({ TableName: hands.table, Item: mended }));
  expect(linesOf(await replay())).toMatchObject([{ outcome: 'remediated' }]);
});

test('what is not allowed is said in one line, and nothing is kept', async () => {
  const before = await ledger.exemptions();
  const group = await openGroup(account, 'not allowed');
  const day = dayFrom(1);
  const wrong: readonly (readonly [finished: ReturnType<typeof exempt>, says: RegExp])[] = [
    [exempt(group, dayFrom(367)), /--expires \S+: must be a day from \S+ to \S+, in the form YYYY-MM-DD$/],
    [exempt(group, dayFrom(-1)), /--expires \S+: must be a day from/],
    [exempt(group, '2027-02-30'), /--expires 2027-02-30: must be a day from/],
    [
      exempt(group, day, '--control', `${ADMIN_PORTS}s`),
      new RegExp(`--control ${ADMIN_PORTS}s: unknown control; did you mean ${ADMIN_PORTS}\\?`),
    ],
    [
      exempt('sg-1', day),
      /--resource sg-1: \S+ is about AWS::EC2::SecurityGroup, and there is none of this id or ARN in /,
    ],
    [exempt('*', day), /--resource \*: fits every resource/],
    [exempt('', day), /--resource: is empty/],
    [exempt(group, day, '--owner', 'the web team'), /--owner the web team: must be an e-mail address$/],
    [exempt(group, day, '--owner', 'web@example'), /--owner web@example: must be an e-mail address$/],
    [
      exempt(group, day, '--owner', 'web@example.com\nBcc: x@example.com'),
      /--owner web@example\.com\\nBcc: .*: must be/,
    ],
    [exempt(group, day, '--reason', ' '), /--reason: is empty$/],
    [exempt(group, day, '--list', '--end', 'ex-1'), /--list and --end cannot be combined$/],
    [evenkeel(['exempt', '--list', '--reason', 'x']), /--list and --reason cannot be combined$/],
    [evenkeel(['exempt', '--end', 'ex-0', '--owner', 'x']), /--end and --owner cannot be combined$/],
    [evenkeel(['exempt', '--end', 'ex-0']), /--end ex-0: there is no such exemption; npx evenkeel exempt --list/],
    [
      evenkeel(['exempt', '--resource', group]),
      /error: required option '--control <id>' not specified; npx evenkeel exempt --help lists them$/,
    ],
  ];
  for (const [finished, says] of wrong) {
    const { status, stdout, stderr } = await finished;
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(/^[^\n]+\n$/) });
    expect(stderr.trimEnd()).toMatch(says);
  }
  expect(await ledger.exemptions()).toEqual(before);
});

test('where it cannot be checked whether the resource exists, that is said, and the exemption holds', async () => {
  const group = await openGroup(account, 'unlisted');
  wire.refuse('Action=DescribeSecurityGroups');
  const args = ['exempt', '--control', ADMIN_PORTS, '--resource', group, '--owner', 'web@example.com'];
  const { status, stdout, stderr } = await evenkeel([...args, '--reason', 'x', '--expires', dayFrom(1)], {
    env: { AWS_ENDPOINT_URL: wire.endpoint },
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining(`${group} is exempt from`) });
  expect(stderr).toContain(
    `evenkeel: could not check whether ${group} exists: could not list AWS::EC2::SecurityGroup in ${account.region}: UnauthorizedOperation: Not you.`,
  );
  expect(await hands.opened(group)).toMatchObject({ outcome: 'exempted' });
});

test('--list shows what is active, from the ledger and from policy.yml, and --end ends one at once', async () => {
  const group = await openGroup(account, 'ended');
  const { stdout } = await exempt(group, dayFrom(30), '--json');
  const { id } = JSON.parse(stdout);
  const reviewed = hands.policyFile(`${REMEDIATE}exemptions:
  - { control: s3-bucket-tls-required, resource: "arn:aws:s3:::www", owner: web@example.com, reason: reviewed, expires: ${dayFrom(7)} }
  - { control: s3-bucket-tls-required, resource: "arn:aws:s3:::old", owner: web@example.com, reason: over, expires: 2026-01-01 }
`);
  const list = async (...flags: string[]) =>
    (await evenkeel(['exempt', '--list', '--policy', reviewed, ...flags])).stdout;
  const own = { id, control: ADMIN_PORTS, resource: group, owner: 'web@example.com', expires: dayFrom(30) };
  const lines = (await list('--json'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toContainEqual(expect.objectContaining(own));
  expect(lines).toContainEqual(expect.objectContaining({ id: null, resource: 'arn:aws:s3:::www', reason: 'reviewed' }));
  expect(lines.map(({ resource }) => resource)).not.toContain('arn:aws:s3:::old');
  expect(await list('--control', 's3-bucket-tls-required')).toBe(
    `${dayFrom(7)}  policy.yml\n    s3-bucket-tls-required arn:aws:s3:::www\n    web@example.com: reviewed.\n`,
  );
  expect(await list('--owner', 'nobody@*')).toBe('No exemptions.\n');
  expect(await list('--resource', 'www', '--owner', '*@example.com')).toContain('arn:aws:s3:::www');
  expect(await list('--resource', group)).not.toContain('arn:aws:s3:::www');
  expect(await list()).toContain(
    `${dayFrom(30)}  ${id}\n    ${ADMIN_PORTS} ${group}\n    web@example.com: a jump host.`,
  );

  expect(await hands.opened(group)).toMatchObject({ outcome: 'exempted' });
  const ended = await evenkeel(['exempt', '--end', id, '--policy', reviewed]);
  expect(ended).toEqual({
    status: 0,
    stdout: `Ended ${id}: ${group} is no longer exempt from ${ADMIN_PORTS}. To reconcile now: npx evenkeel sweep --control ${ADMIN_PORTS} --mode remediate\n`,
    stderr: '',
  });
  expect(await ledger.exemptions()).toContainEqual(
    expect.objectContaining({
      id,
      expires: dayFrom(-1),
      ended: { by: expect.stringMatching(/^arn:aws:sts:/), at: expect.any(String) },
    }),
  );
  expect(await list('--json')).not.toContain(id);
  expect(await hands.opened(group)).toMatchObject({ outcome: 'remediated' });
  const again = await evenkeel(['exempt', '--end', id, '--policy', reviewed]);
  expect(again).toEqual({ status: 2, stdout: '', stderr: `evenkeel: --end ${id}: it ended on ${dayFrom(-1)}\n` });
});
