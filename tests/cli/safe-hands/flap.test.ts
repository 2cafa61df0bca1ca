import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { makeHands, REMEDIATE } from '../../support/cli-fixture.ts';
import { linesOf } from '../../support/command.ts';
import { ADMIN_PORTS, ingressOf, open, openGroup } from '../../support/drift.ts';

const hands = await makeHands();
const { account, evenkeel } = hands;
const POLICY = `${REMEDIATE}limits: { flap: { times: 2, within: 1h } }\n`;
const policy = hands.policyFile(POLICY);
const start = Date.parse('2026-11-02T10:00:00Z');
const after = (minutes: number) => new Date(start + minutes * 60_000);
const right = (group: string) => [`${group} tcp 443 10.0.0.0/8`];

/** The drift, as somebody brings it back at that minute. */
async function drift(group: string, minute: number) {
  await open(account, group).catch(() => {}); // it is still open where nothing was remediated
  return hands.opened(group, POLICY, after(minute));
}

test('the same drift that comes back is stopped, notified once, and goes on after a quiet time', async () => {
  const group = await openGroup(account, 'flapping');
  await account
    .aws()(EC2Client)
    .send(new CreateTagsCommand({ Resources: [group], Tags: [{ Key: 'managed-by', Value: 'terraform' }] }));
  expect(await hands.opened(group, POLICY, after(0))).toMatchObject({ outcome: 'remediated' });
  expect(await drift(group, 5)).toMatchObject({ outcome: 'remediated' });
  await hands.mail();

  expect(await drift(group, 10)).toMatchObject({
    outcome: 'halted',
    annotation: expect.stringContaining('Remediated 2 times, and the drift came back each time.'),
    steps: [{ operation: 'RevokeSecurityGroupIngress' }],
  });
  const [mail, ...others] = await hands.mail();
  expect(others).toEqual([]);
  expect(mail?.subject).toMatch(/^\[CRITICAL\] Remediation halted/);
  expect(mail?.text).toMatch(/Last changed by arn:aws:sts:\S+\/jo with CLI on a resource created by Terraform\./);
  expect(mail?.text).toMatch(
    /Changed by: Developer, session jo \(CLI, from 198\.51\.100\.23.*\nCaller: {5}arn:aws:sts:\S+\/jo\n/,
  );
  expect(mail?.text).toContain(`npx evenkeel resume --control ${ADMIN_PORTS} --resource ${group} --look`);
  expect(mail?.text).toContain(`npx evenkeel exempt --control ${ADMIN_PORTS} --resource ${group}`);

  for (const minute of [20, 60, 110]) {
    expect(await drift(group, minute)).toMatchObject({ outcome: 'halted' });
    expect(await hands.mail()).toEqual([]);
  }
  expect(await ingressOf(account, [group])).toContain(`${group} tcp 22 0.0.0.0/0`);

  expect(await drift(group, 171)).toMatchObject({ outcome: 'remediated' });
  expect(await ingressOf(account, [group])).toEqual(right(group));
});

test('resume ends it by hand', async () => {
  const group = await openGroup(account, 'by hand');
  expect(await drift(group, 0)).toMatchObject({ outcome: 'remediated' });
  expect(await drift(group, 1)).toMatchObject({ outcome: 'remediated' });
  expect(await drift(group, 2)).toMatchObject({ outcome: 'halted' });
  const arn = `arn:aws:ec2:${account.region}:${account.accountId}:security-group/${group}`;
  const args = ['resume', '--control', ADMIN_PORTS, '--resource', arn, '--policy', policy];
  expect((await evenkeel(args)).stdout).toBe(
    `Resumed: ${ADMIN_PORTS} on ${arn}. 1 halted finding; to reconcile now: npx evenkeel resume --control ${ADMIN_PORTS} --resource ${arn} --look\n`,
  );
  expect(linesOf(await evenkeel([...args, '--look', '--json']))).toMatchObject([{ outcome: 'remediated' }]);
  expect(await ingressOf(account, [group])).toEqual(right(group));
});

test('resume of a control that the flap of another stops, on the element that both change', async () => {
  const group = await openGroup(account, 'shared');
  const other = 'ec2-security-group-high-risk-ports-restricted';
  const shared = `defaults: { mode: detect }
controls:
  ${ADMIN_PORTS}: { mode: remediate }
  ${other}: { mode: remediate, parameters: { ports: [22] } }
limits: { flap: { times: 1, within: 1h } }
`;
  expect(await hands.opened(group, shared)).toMatchObject({ outcome: 'remediated' });
  await open(account, group);
  const looked = await hands.recheck('AWS::EC2::SecurityGroup', group, [other], shared);
  expect(looked).toMatchObject([{ controlId: other, outcome: 'halted' }]);
  const args = ['resume', '--control', other, '--resource', group, '--look', '--json'];
  const resumed = await evenkeel([...args, '--policy', hands.policyFile(shared)]);
  expect(linesOf(resumed)).toMatchObject([{ controlId: other, outcome: 'remediated' }]);
  expect(await ingressOf(account, [group])).toEqual(right(group));
});

test('what is halted by other gates does not count', async () => {
  const group = await openGroup(account, 'uncounted');
  const { ledger } = hands;
  await ledger.pause({ control: null, reason: 'x', by: 'jo', at: '2026-11-02T00:00:00Z' });
  for (const minute of [0, 1, 2]) expect(await drift(group, minute)).toMatchObject({ outcome: 'halted' });
  await ledger.resume(null);
  expect(await drift(group, 3)).toMatchObject({ outcome: 'remediated' });
});
