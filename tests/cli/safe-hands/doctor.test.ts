import { expect, test } from '@jest/globals';
import { APPROVE, makeHands, REMEDIATE } from '../../support/cli-fixture.ts';
import { evenkeelAs } from '../../support/command.ts';
import { ADMIN_PORTS, openGroup } from '../../support/drift.ts';

const hands = await makeHands();
const { account, evenkeel, ledger } = hands;
const DAY = 86_400_000;

interface Diagnosis {
  readonly check: string;
  readonly subject: string | null;
  readonly status: string;
  readonly message: string;
  readonly remedy: string | null;
}
const diagnosesOf = (stdout: string): readonly Diagnosis[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('all is well', async () => {
  const { status, stdout, stderr } = await evenkeel(['doctor', '--policy', hands.policyFile(REMEDIATE)]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  const named = lines.filter((line) => !line.startsWith(' ')).map((line) => line.slice(0, 19).trimEnd());
  expect(named).toEqual([
    '✓ policy',
    '✓ account',
    // Nothing is deployed here but a ledger and a topic.
    '! deployment',
    ...[
      'notifications',
      'ledger',
      'pauses',
      'circuit breakers',
      'halted findings',
      'blocked findings',
      'pending',
      'approvals',
      'interrupted runs',
      'exemptions',
    ].map((check) => `✓ ${check}`),
  ]);
  expect(stdout).toContain('there is no stack evenkeel-prod in eu-west-1: nothing is deployed there');
  expect(stdout).toContain('→ deploy it: npx serverless deploy --region eu-west-1');
});

test('what somebody should know has its mend beside it', async () => {
  const policy = `${REMEDIATE}limits: { remediationsPerHour: 1 }\n`;
  const [first, second, third] = [
    await openGroup(account, 'a'),
    await openGroup(account, 'b'),
    await openGroup(account, 'c'),
  ];
  await hands.opened(first, policy);
  await hands.opened(second, policy);
  const { remediationId } = await hands.opened(third, APPROVE);
  await ledger.pause({ control: ADMIN_PORTS, reason: 'a test', by: 'jo', at: '2026-11-02T00:00:00Z' });
  const expires = new Date(Date.now() + 3 * DAY).toISOString().slice(0, 10);
  const createdAt = new Date().toISOString();
  await ledger.saveExemption({
    id: 'ex-1',
    control: ADMIN_PORTS,
    resource: 'sg-9',
    owner: 'web@example.com',
    reason: 'x',
    expires,
    createdAt,
    createdBy: 'jo',
  });

  const { status, stdout } = await evenkeel(['doctor', '--json']);
  expect(status).toBe(0);
  const found = new Map(diagnosesOf(stdout).map((diagnosis) => [diagnosis.check, diagnosis]));
  for (const [check, message, remedy] of [
    [
      'pauses',
      `${ADMIN_PORTS} since 2026-11-02T00:00:00Z by jo: a test`,
      `npx evenkeel resume --control ${ADMIN_PORTS} --look`,
    ],
    ['circuit breakers', `open: ${ADMIN_PORTS}`, 'npx evenkeel resume --breaker'],
    ['halted findings', `1: ${ADMIN_PORTS} ${second}: The circuit breaker is open`, 'npx evenkeel resume'],
    ['approvals', `${remediationId} for ${third} until`, 'npx evenkeel approve ID'],
    ['exemptions', `${ADMIN_PORTS} sg-9 (web@example.com) ends on ${expires}`, 'npx evenkeel exempt'],
  ] as const)
    expect(found.get(check)).toEqual({
      check,
      status: 'warning',
      subject: null,
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
});

test('a ledger that does not answer, or that nobody named, is said so', async () => {
  const missing = { ...hands.env, EVENKEEL_TABLE: 'no-such-table' };
  const { EVENKEEL_TABLE: _, ...unnamed } = hands.env;
  const [noTable, noName, noServer] = await Promise.all([
    evenkeelAs(missing)(['doctor', '--json']),
    evenkeelAs(unnamed)(['doctor', '--json']),
    evenkeelAs({ ...hands.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })(['doctor']),
  ]);
  for (const [finished, message] of [
    [noTable, /^could not be checked: ResourceNotFoundException/],
    [noName, /^EVENKEEL_TABLE is not set$/],
  ] as const) {
    expect(finished).toMatchObject({ status: 1, stderr: '' });
    const last = diagnosesOf(finished.stdout).at(-1);
    expect(last).toMatchObject({ check: 'ledger', status: 'error', message: expect.stringMatching(message) });
    expect(last?.remedy).toContain("set EVENKEEL_TABLE to the stack's output LedgerTable");
  }
  expect(noServer).toMatchObject({ status: 1, stderr: '' });
  expect(noServer.stdout).toMatch(
    /✗ ledger +could not be checked: .*ECONNREFUSED[^\n]*\n +→ set EVENKEEL_TABLE[^\n]*\n {21}permissions\n$/,
  );
});

test('a policy.yml that says something else than is allowed is one wrong line, and the rest is examined', async () => {
  const broken = hands.policyFile('defaults: { mode: detct }\nlimits: { remediationsPerHour: 0 }\n');
  const { status, stdout, stderr } = await evenkeel(['doctor', '--json', '--policy', broken]);
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  const [first, ...rest] = diagnosesOf(stdout);
  expect(first).toEqual({
    check: 'policy',
    status: 'error',
    subject: null,
    message: `${broken}:1:19 defaults.mode: "detct" is not allowed; allowed: off, detect, approve, remediate, recommended (and 1 more)`,
    remedy: expect.stringContaining('correct it'),
  });
  expect(rest.map(({ check }) => check)).toEqual(expect.arrayContaining(['account', 'ledger', 'pauses', 'exemptions']));
  expect(rest.filter((one) => one.status === 'error')).toEqual([]);
});
