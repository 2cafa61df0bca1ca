import { expect, test } from '@jest/globals';
import { APPROVE, makeHands } from '../../support/cli-fixture.ts';
import { ADMIN_PORTS, ingressOf, openGroup } from '../../support/drift.ts';

const hands = await makeHands();
const { account, evenkeel, ledger } = hands;
const broken = hands.policyFile('defaults: { mode: detct }\n');
const WRONG = `${broken}:1:19 defaults.mode: "detct" is not allowed; allowed: off, detect, approve, remediate, recommended`;
const NOTE = `evenkeel: continuing without the policy: ${WRONG}\n`;
/** As somebody whose policy.yml somebody else has just broken. */
const asked = (...args: string[]) => evenkeel(args, { env: { EVENKEEL_POLICY: broken } });

test('the brake, and what is written for people to read, work with a policy.yml that is broken, and say so', async () => {
  const paused = await asked('pause', '--reason', 'stop');
  expect(paused).toMatchObject({ status: 0, stderr: NOTE });
  expect(await ledger.pauses()).toMatchObject([{ control: null, reason: 'stop' }]);
  expect(await hands.mail()).toMatchObject([{ subject: '[HIGH] Evenkeel was paused: everything' }]);
  expect(await asked('history')).toEqual({ status: 0, stdout: 'No records.\n', stderr: NOTE });
  expect(await asked('verify', '--json')).toEqual({ status: 0, stdout: '', stderr: NOTE });
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const group = await openGroup(account, 'exempt');
  const exemption = ['--resource', group, '--owner', 'web@example.com', '--reason', 'x', '--expires', day];
  expect(await asked('exempt', '--control', ADMIN_PORTS, ...exemption)).toMatchObject({ status: 0, stderr: NOTE });
  expect(await asked('resume')).toMatchObject({ status: 0, stderr: NOTE });
  expect(await ledger.pauses()).toEqual([]);
});

test('a file that is not there stops the brake no more than one that is broken', async () => {
  const { status, stderr } = await asked('pause', '--reason', 'stop', '--policy', 'absent.yml');
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr:
      'evenkeel: continuing without the policy: absent.yml: cannot be read: there is no such file; check the name\n',
  });
  expect(await asked('resume')).toMatchObject({ status: 0 });
});

test('what acts on resources refuses, and has done nothing', async () => {
  const group = await openGroup(account, 'open');
  const { remediationId: id = '' } = await hands.opened(group, APPROVE);
  await ledger.pause({ control: null, reason: 'x', by: 'jo', at: '2026-11-02T00:00:00Z' });
  const drifted = await ingressOf(account, [group]);
  const acting = [
    ['replay', '-'],
    ['replay', '-', '--mode', 'remediate'],
    ['sweep', '--mode', 'remediate'],
    ['approve', `${id}`],
    ['reject', `${id}`, '--reason', 'x'],
    ['undo', 'rem-1'],
    ['resume', '--look'],
  ];
  for (const args of acting)
    expect([args, await asked(...args)]).toEqual([args, { status: 2, stdout: '', stderr: `evenkeel: ${WRONG}\n` }]);
  expect(await ledger.pauses()).toHaveLength(1);
  expect(await ledger.remediation(`${id}`)).toMatchObject({ status: 'awaitingApproval' });
  expect(await ingressOf(account, [group])).toEqual(drifted);
});
