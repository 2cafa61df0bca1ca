import { expect, test } from '@jest/globals';
import { makeHands, REMEDIATE } from '../../support/cli-fixture.ts';
import { linesOf } from '../../support/command.ts';
import { ADMIN_PORTS, ingressOf, openGroup } from '../../support/drift.ts';

const HIGH_RISK = 'ec2-security-group-high-risk-ports-restricted';
const hands = await makeHands();
const { account, evenkeel, ledger } = hands;
const policy = hands.policyFile(REMEDIATE);
const asked = (...args: string[]) => evenkeel([...args, '--policy', policy]);
const right = (group: string) => [`${group} tcp 443 10.0.0.0/8`];

test('a pause holds at once, is notified, keeps the findings, and resume --look remediates them', async () => {
  const groups = [await openGroup(account, 'first'), await openGroup(account, 'second')];
  const drifted = await ingressOf(account, groups);
  const paused = await asked('pause', '--reason', 'release day');
  expect(paused).toEqual({
    status: 0,
    stdout: 'Paused: everything. To resume: npx evenkeel resume --look\n',
    stderr: '',
  });
  expect(await hands.mail()).toEqual([
    expect.objectContaining({
      subject: '[HIGH] Evenkeel was paused: everything',
      text: expect.stringContaining('release day'),
    }),
  ]);
  for (const group of groups)
    expect(await hands.opened(group)).toMatchObject({
      outcome: 'halted',
      annotation: expect.stringMatching(/^Paused by arn:aws:sts:\S+: release day\. Open to the world/),
      error: null,
    });
  expect(await ingressOf(account, groups)).toEqual(drifted);
  const told = await hands.mail();
  expect(told).toHaveLength(2);
  expect(told[0]?.text).toContain('npx evenkeel resume --look');
  expect(told[0]?.text).not.toContain('evenkeel exempt');

  const doctor = await asked('doctor');
  expect(doctor.stdout.replace(/\s+/g, ' ')).toMatch(
    /! pauses everything since \S+ by arn:aws:sts:\S+: release day → npx evenkeel resume --look/,
  );

  const other = await asked('resume', '--control', ADMIN_PORTS);
  expect(other).toEqual({
    status: 2,
    stdout: '',
    stderr: `evenkeel: ${ADMIN_PORTS} is not paused; paused: everything\n`,
  });
  const resumed = await asked('resume');
  expect(resumed.stdout).toBe('Resumed: everything. 2 halted findings; to reconcile now: npx evenkeel resume --look\n');
  expect(await ingressOf(account, groups)).toEqual(drifted);
  expect((await asked('resume')).stderr).toBe('evenkeel: everything is not paused; nothing is paused\n');

  const looked = await asked('resume', '--look', '--json');
  expect(linesOf(looked)).toMatchObject([{ outcome: 'remediated' }, { outcome: 'remediated' }]);
  expect(looked.status).toBe(0);
  expect(await ingressOf(account, groups)).toEqual(groups.flatMap(right).sort());
  expect(await Array.fromAsync(ledger.openFindings())).toEqual([]);
});

test('a pause of one control leaves the others alone', async () => {
  expect((await asked('pause', '--control', HIGH_RISK, '--reason', 'a test', '--json')).status).toBe(0);
  expect(await ledger.pauses()).toMatchObject([{ control: HIGH_RISK, reason: 'a test' }]);
  const group = await openGroup(account, 'one control');
  expect(await hands.opened(group)).toMatchObject({ outcome: 'remediated' });
  expect((await asked('resume', '--control', HIGH_RISK)).stdout).toBe(`Resumed: ${HIGH_RISK}. No halted findings.\n`);
});

test('wrong usage is said in one line', async () => {
  const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['pause'], /--reason/],
    [['pause', '--reason', 'x', '--control', 'no-such'], /--control no-such: unknown control/],
    [['resume', '--resource', 'sg-1'], /--resource needs --control/],
    [['resume', '--resource', 'sg-1', '--control', ADMIN_PORTS], /has no halted finding of \S+/],
    [
      ['resume', '--resource', 'sg-1', '--control', ADMIN_PORTS, '--breaker'],
      /--breaker and --resource cannot be combined/,
    ],
  ];
  const finished = await Promise.all(wrong.map(([args]) => asked(...args)));
  for (const [index, { status, stdout, stderr }] of finished.entries()) {
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(wrong[index]?.[1] as RegExp);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  }
});
