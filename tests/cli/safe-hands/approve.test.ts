import { expect, test } from '@jest/globals';
import { APPROVE, makeHands } from '../../support/cli-fixture.ts';
import { ingressOf, open, openGroup } from '../../support/drift.ts';
import { saveRecord } from '../../support/ledger-fixtures.ts';

const hands = await makeHands();
const { account, evenkeel, ledger } = hands;
const policy = hands.policyFile(APPROVE);
const asked = (args: readonly string[]) => evenkeel([...args, '--policy', policy]);

/** A group with a plan that waits. */
async function waiting(name: string) {
  const group = await openGroup(account, name);
  const { outcome, remediationId } = await hands.opened(group, APPROVE);
  expect(outcome).toBe('awaitingApproval');
  return { group, id: remediationId ?? '', drifted: await ingressOf(account, [group]) };
}
const right = (group: string) => [`${group} tcp 443 10.0.0.0/8`];

test('a plan is stored and asked for once, and approve runs exactly that', async () => {
  const { group, id, drifted } = await waiting('approve');
  const mails = await hands.mail();
  expect(mails).toHaveLength(1);
  expect(mails[0]?.subject).toMatch(/^\[CRITICAL\] Approval required/);
  expect(mails[0]?.text).toContain(`npx evenkeel approve ${id}`);
  expect(mails[0]?.text).toContain(`npx evenkeel reject ${id} --reason`);
  expect(await hands.opened(group, APPROVE)).toMatchObject({ outcome: 'awaitingApproval', remediationId: id });
  expect(await hands.mail()).toEqual([]);
  expect(await ingressOf(account, [group])).toEqual(drifted);
  const stored = await ledger.remediation(id);

  const { status, stdout, stderr } = await asked(['approve', id, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'remediated',
    remediationId: id,
    after: 'COMPLIANT',
    error: null,
  });
  expect(await ingressOf(account, [group])).toEqual(right(group));
  const record = await ledger.remediation(id);
  expect(record).toMatchObject({
    status: 'remediated',
    mode: 'approve',
    decidedBy: expect.stringMatching(/^arn:aws:sts:/),
    before: stored?.before,
    steps: [{ operation: 'RevokeSecurityGroupIngress', status: 'made', requestId: expect.stringMatching(/.+/) }],
  });
  expect(record?.steps.map(({ input }) => input)).toEqual(stored?.steps.map(({ input }) => input));
  // Decided by the person, not when it was asked for: whoever looks for runs that were cut off goes by this.
  expect(Date.parse(record?.times.decided ?? '')).toBeGreaterThan(Date.parse(stored?.times.decided ?? ''));

  const again = await asked(['approve', id]);
  expect(again).toEqual({ status: 2, stdout: '', stderr: `evenkeel: ${id} is remediated, not awaiting approval\n` });
});

test('where the state has changed it plans again, says so, and does nothing', async () => {
  const { group, id } = await waiting('changed');
  await open(account, group, 3389);
  const drifted = await ingressOf(account, [group]);
  await hands.mail();
  const { status, stdout, stderr } = await asked(['approve', id, '--json']);
  const { outcome, remediationId, steps } = JSON.parse(stdout);
  expect({ status, outcome }).toEqual({ status: 1, outcome: 'awaitingApproval' });
  expect(remediationId).not.toBe(id);
  expect(steps).toHaveLength(2);
  expect(stderr).toBe(
    `evenkeel: the resource has changed since ${id} was planned: nothing was done; to approve the new plan: npx evenkeel approve ${remediationId}\n`,
  );
  expect(await ingressOf(account, [group])).toEqual(drifted);
  expect(await ledger.remediation(id)).toMatchObject({ status: 'superseded' });
  expect(await hands.mail()).toEqual([expect.objectContaining({ text: expect.stringContaining(remediationId) })]);
  expect((await asked(['approve', remediationId])).status).toBe(0);
  expect(await ingressOf(account, [group])).toEqual(right(group));
});

test('also where the plan is the same and the state is not', async () => {
  const { group, id } = await waiting('same plan');
  await open(account, group, 8443, '10.2.0.0/16');
  const { status, stdout } = await asked(['approve', id, '--json']);
  const { outcome, remediationId } = JSON.parse(stdout);
  expect({ status, outcome }).toEqual({ status: 1, outcome: 'awaitingApproval' });
  expect(remediationId).not.toBe(id);
  expect(await hands.opened(group, APPROVE)).toMatchObject({ outcome: 'awaitingApproval', remediationId });
});

test('what is rejected is not asked for again while the drift lasts', async () => {
  const { group, id } = await waiting('reject');
  const { status, stdout } = await asked(['reject', id, '--reason', 'the office has no VPN yet']);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `Rejected ${id}. Approval is not requested again while the drift lasts.\n`,
  });
  expect(await ledger.remediation(id)).toMatchObject({ status: 'rejected', error: 'the office has no VPN yet' });
  await hands.mail();
  expect(await hands.opened(group, APPROVE)).toMatchObject({
    outcome: 'detected',
    annotation: expect.stringContaining('the office has no VPN yet'),
  });
  expect(await hands.mail()).toEqual([]);
  expect((await asked(['approve', id])).stderr).toBe(`evenkeel: ${id} is rejected, not awaiting approval\n`);
  // Another plan is another question.
  await open(account, group, 3389);
  expect(await hands.opened(group, APPROVE)).toMatchObject({ outcome: 'awaitingApproval' });
});

test('an approval that nobody gave in time has ended', async () => {
  const { group, id, drifted } = await waiting('late');
  const [record] = [await ledger.remediation(id)];
  if (record === null) throw new Error('no record');
  await saveRecord(ledger, { ...record, expires: '2026-01-01T00:00:00.000Z' });
  const { status, stderr } = await asked(['approve', id]);
  expect(status).toBe(2);
  expect(stderr).toBe(
    `evenkeel: ${id} expired at 2026-01-01T00:00:00.000Z; the next evaluation of ${group} requests a new approval\n`,
  );
  expect(await ingressOf(account, [group])).toEqual(drifted);
  const anew = await hands.opened(group, APPROVE);
  expect(anew).toMatchObject({ outcome: 'awaitingApproval' });
  expect(anew.remediationId).not.toBe(id);
  expect(await ledger.remediation(id)).toMatchObject({ status: 'expired' });
});

test('a plan that policy.yml no longer allows is not executed, and the setting is named', async () => {
  const { group, id, drifted } = await waiting('lowered');
  const { status, stderr } = await evenkeel([
    'approve',
    id,
    '--policy',
    hands.policyFile('defaults: { mode: detect }'),
  ]);
  expect(status).toBe(1);
  expect(stderr).toContain(`evenkeel: ${id} was not executed: policy.yml sets every control to detect. Open to the`);
  expect(await ingressOf(account, [group])).toEqual(drifted);
});

test('nothing is written for what is paused, exempt or unknown', async () => {
  const { group, id, drifted } = await waiting('paused');
  await ledger.pause({ control: null, reason: 'release day', by: 'jo', at: '2026-11-01T00:00:00.000Z' });
  const paused = await asked(['approve', id]);
  expect(paused.status).toBe(1);
  expect(paused.stderr).toContain(`evenkeel: ${id} was not executed: Paused by jo: release day.`);
  expect(await ingressOf(account, [group])).toEqual(drifted);
  await ledger.resume(null);
  expect(await asked(['approve', 'rem-0'])).toEqual({
    status: 2,
    stdout: '',
    stderr: 'evenkeel: there is no remediation rem-0; npx evenkeel history lists them\n',
  });
  expect((await asked(['reject', id])).status).toBe(2);
  expect((await asked(['approve', id])).status).toBe(0);
  expect(await ingressOf(account, [group])).toEqual(right(group));
});
