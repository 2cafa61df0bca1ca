import { expect, test } from '@jest/globals';
import { APPROVE, makeHands, REMEDIATE } from '../../support/cli-fixture.ts';
import { evenkeelAs, withoutHeader } from '../../support/command.ts';
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
  const named = lines
    .filter((line) => line !== '' && !line.startsWith(' '))
    .map((line) => (/^[✓!✗]/.test(line) ? line.slice(0, 19).trimEnd() : line));
  expect(named).toEqual([
    'This command',
    '✓ policy',
    '✓ account',
    // Nothing is deployed here but a ledger and a topic.
    '! deployment',
    'People are notified',
    '✓ notifications',
    'The ledger is safe',
    '✓ ledger',
    'What the ledger has open',
    ...[
      'pauses',
      'circuit breakers',
      'halted findings',
      'blocked findings',
      'pending',
      'approvals',
      'interrupted runs',
      'exemptions',
    ].map((check) => `✓ ${check}`),
    '0 errors, 1 warning, 12 ok',
  ]);
  expect(stdout).toContain('there is no stack evenkeel-prod in eu-west-1: nothing is deployed there');
  expect(stdout).toContain('→ deploy it: npx serverless deploy --region eu-west-1');
});

test('--send-test notifies by the topic, and nothing else does', async () => {
  await hands.mail();
  const sent = await evenkeel(['doctor', '--json', '--send-test']);
  expect(diagnosesOf(sent.stdout)).toContainEqual(
    expect.objectContaining({
      check: 'test notification',
      status: 'ok',
      message: expect.stringContaining('sent to arn:'),
    }),
  );
  expect((await hands.mail()).map(({ subject }) => subject)).toEqual([
    expect.stringContaining('Evenkeel: test notification'),
  ]);
  await evenkeel(['doctor', '--json']);
  expect(await hands.mail()).toEqual([]);
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

test('a ledger that does not answer is said so', async () => {
  const missing = { ...hands.env, EVENKEEL_TABLE: 'no-such-table' };
  const [noTable, noServer] = (
    await Promise.all([
      evenkeelAs(missing)(['doctor', '--json']),
      evenkeelAs({ ...hands.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })(['doctor']),
    ])
  ).map(withoutHeader);
  if (noTable === undefined || noServer === undefined) throw new Error('doctor said nothing');
  expect(noTable).toMatchObject({ status: 1, stderr: '' });
  const last = diagnosesOf(noTable.stdout).at(-1);
  expect(last).toMatchObject({
    check: 'ledger',
    status: 'error',
    message: expect.stringMatching(/^could not be checked: ResourceNotFoundException/),
  });
  expect(last?.remedy).toContain("set EVENKEEL_TABLE to the stack's output LedgerTable");
  expect(noServer).toMatchObject({ status: 1, stderr: '' });
  expect(noServer.stdout).toMatch(
    /✗ ledger +could not be checked: .*ECONNREFUSED[^\n]*\n +→ set EVENKEEL_TABLE[^\n]*\n {21}permissions\n\s*4 errors, 0 warnings, 1 ok\n$/,
  );
});

test('a ledger of the command alone is checked where nothing is deployed; one in memory is no ledger to rely on', async () => {
  const { EVENKEEL_TABLE: _, ...unnamed } = hands.env;
  const checked = async (EVENKEEL_LEDGER: string) => {
    const { stderr, stdout } = await evenkeelAs({ ...unnamed, EVENKEEL_LEDGER })(['doctor', '--json']);
    return { stderr, ledger: diagnosesOf(stdout).find(({ check }) => check === 'ledger') };
  };
  const inMemory = await checked(':memory:');
  expect(inMemory.stderr).toContain('; ledger in memory; read-only\n');
  expect(inMemory.ledger).toMatchObject({ status: 'warning', remedy: expect.stringContaining('EVENKEEL_LEDGER') });
  const inFile = await checked('');
  expect(inFile.stderr).toMatch(new RegExp(`; ledger \\S+${account.accountId}\\S*\\.sqlite; read-only\\n$`));
  expect(inFile.ledger).toMatchObject({ status: 'ok', message: expect.stringMatching(/\.sqlite is readable/) });
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
