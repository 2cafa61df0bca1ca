import { expect, test } from '@jest/globals';
import { FREE } from '../../../shared/ledger/lease.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { APPROVE, makeHands, REMEDIATE } from '../../support/cli-fixture.ts';
import { ADMIN_PORTS, ingressOf, openGroup } from '../../support/drift.ts';
import { change, saveRecord } from '../../support/ledger-fixtures.ts';

const hands = await makeHands();
const { account, evenkeel, ledger } = hands;
const ids = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).id);

test('says of each what was, who caused it, which calls were made, what is, and when', async () => {
  const group = await openGroup(account, 'evidence');
  const { remediationId } = await hands.opened(group);
  const waits = await openGroup(account, 'waits');
  const asked = await hands.opened(waits, APPROVE);

  const { status, stdout, stderr } = await evenkeel(['history', '--json', '--resource', group]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const record = JSON.parse(stdout);
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
  expect(record).toMatchObject({
    id: remediationId,
    controlId: ADMIN_PORTS,
    status: 'remediated',
    before: { rules: { rules: expect.arrayContaining([expect.objectContaining({ FromPort: 22 })]) } },
    after: { rules: { rules: [expect.anything(), expect.objectContaining({ FromPort: 443 })] } },
    afterCompliance: 'COMPLIANT',
    steps: [
      {
        service: 'ec2',
        operation: 'RevokeSecurityGroupIngress',
        input: { GroupId: group, SecurityGroupRuleIds: [expect.stringMatching(/^sgr-/)] },
        status: 'made',
        requestId: expect.stringMatching(/.+/),
      },
    ],
    attribution: { actor: expect.stringMatching(/\/jo$/), tool: 'CLI', sourceIp: '198.51.100.23' },
    eventId: expect.stringMatching(/^event/),
    times: { event: '2026-11-02T09:14:07Z', received: at, decided: at, applied: at, verified: at },
    codeVersion: 'test',
    policyVersion: expect.stringMatching(/^[0-9a-f]{12}$/),
    interrupted: false,
  });
  const { received, decided, applied, verified } = record.times;
  expect([received, decided, applied, verified]).toEqual([received, decided, applied, verified].sort());

  const words = await evenkeel(['history']);
  expect(words.stdout).toContain(`remediated  ${remediationId}\n    ${ADMIN_PORTS} ${group} (`);
  expect(words.stdout).toMatch(
    /changed by arn:aws:sts:\S+\/jo with CLI\n {4}made ec2:RevokeSecurityGroupIngress \{.*\} \S+\n/,
  );
  expect(words.stdout).toContain(`npx evenkeel approve ${asked.remediationId}`);

  const [none, both, other] = await Promise.all([
    evenkeel(['history', '--since', '2999-01-01', '--json']),
    evenkeel(['history', '--since', '1h', '--json', '--resource', 'sg-*']),
    evenkeel(['history', '--control', 's3-bucket-encrypted']),
  ]);
  expect(none).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(ids(both.stdout)).toEqual([remediationId, asked.remediationId]);
  expect(other.stdout).toBe('No records.\n');
});

test('an interrupted run is shown as such, and the next event recovers it', async () => {
  const group = await openGroup(account, 'cut off');
  const { remediationId } = await hands.opened(group, APPROVE);
  const record = await ledger.remediation(remediationId ?? '');
  if (record === null) throw new Error('no record');
  // Its run took the lease, began, and died; the lease has ended.
  await saveRecord(ledger, { ...record, status: 'applying' });
  const open = [{ id: record.id, controlId: record.controlId, status: 'applying' as const }];
  const lease = { ...FREE, holder: 'a dead run', until: Date.now() - 1, wanted: [ADMIN_PORTS] };
  await change(ledger, resourceKey(record.service, record.ref), { open, lease });
  const args = ['history', '--resource', group];
  expect((await evenkeel(args)).stdout).toMatch(
    / {2}interrupted {2}rem-[\s\S]*the run did not complete; to recover now: npx evenkeel sweep --mode remediate\n {4}intended ec2:Revoke/,
  );
  expect(JSON.parse((await evenkeel([...args, '--json'])).stdout)).toMatchObject({
    status: 'applying',
    interrupted: true,
  });
  const doctor = await evenkeel(['doctor']);
  expect(doctor).toMatchObject({ status: 1, stdout: expect.stringMatching(/✗ interrupted runs +rem-\S+ on sg-/) });

  expect(await hands.opened(group, REMEDIATE)).toMatchObject({ outcome: 'remediated' });
  expect(await ingressOf(account, [group])).toHaveLength(1);
  expect(await ledger.remediation(remediationId ?? '')).toMatchObject({
    status: 'interrupted',
    steps: [{ status: 'unknown' }],
    error: expect.stringContaining('interrupted'),
  });
  expect((await evenkeel(['verify'])).status).toBe(0);
});

test('a run under way is not interrupted, and a pending one says when it is rechecked', async () => {
  const group = await openGroup(account, 'at work');
  const { remediationId } = await hands.opened(group, APPROVE);
  const record = await ledger.remediation(remediationId ?? '');
  if (record === null) throw new Error('no record');
  const key = resourceKey(record.service, record.ref);
  await saveRecord(ledger, { ...record, status: 'applying' });
  const open = [{ id: record.id, controlId: record.controlId, status: 'applying' as const }];
  await change(ledger, key, { open, lease: { ...FREE, holder: 'a run', until: Date.now() + 60_000 } });
  const args = ['history', '--resource', group];
  expect(JSON.parse((await evenkeel([...args, '--json'])).stdout)).toMatchObject({
    status: 'applying',
    interrupted: false,
  });

  const [recheckAt, expires] = ['2026-11-22T12:01:00.000Z', '2026-11-22T13:00:00.000Z'];
  await saveRecord(ledger, { ...record, status: 'pending', recheckAt, expires });
  await change(ledger, key, { open: [], lease: FREE });
  expect((await evenkeel(args)).stdout).toContain(
    `AWS is still applying it: next recheck at ${recheckAt}, failed if not done by ${expires}`,
  );
  const undo = await evenkeel(['undo', record.id]);
  expect(undo).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(recheckAt) });
});

test('wrong usage is said in one line', async () => {
  const [since, control] = await Promise.all([
    evenkeel(['history', '--since', 'yesterday']),
    evenkeel(['history', '--control', 'no-such']),
  ]);
  expect(since).toEqual({
    status: 2,
    stdout: '',
    stderr: 'evenkeel: --since yesterday: must be a day (2026-11-01) or a duration before now (12h, 30d)\n',
  });
  expect(control).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('unknown control') });
});
