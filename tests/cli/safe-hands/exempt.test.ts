import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { makeHands, REMEDIATE } from '../../support/cli-fixture.ts';
import { linesOf } from '../../support/command.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../../support/drift.ts';

const hands = await makeHands();
const { account, evenkeel, ledger } = hands;
const policy = hands.policyFile(REMEDIATE);
const DAY = 86_400_000;
const dayFrom = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const exempt = (resource: string, expires: string, ...more: string[]) =>
  evenkeel([
    'exempt',
    '--control',
    ADMIN_PORTS,
    '--resource',
    resource,
    '--owner',
    'web@example.com',
    '--reason',
    'a jump host',
    '--expires',
    expires,
    ...more,
  ]);

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
  const [tooLate, past, noDay, noControl] = await Promise.all([
    exempt('sg-1', dayFrom(367)),
    exempt('sg-1', dayFrom(-1)),
    exempt('sg-1', '2027-02-30'),
    exempt('sg-1', dayFrom(1), '--control', 'ec2-no-such'),
  ]);
  for (const { status, stdout, stderr } of [tooLate, past, noDay]) {
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^evenkeel: --expires \S+: must be a day from \S+ to \S+, in the form YYYY-MM-DD\n$/);
  }
  expect(noControl).toMatchObject({ status: 2, stderr: expect.stringContaining('--control ec2-no-such') });
  expect(await ledger.exemptions()).toEqual(before);
});
