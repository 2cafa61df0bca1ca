import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CLONE_POLICY } from '../../shared/cli/policy.ts';
import { makeHands } from '../support/cli-fixture.ts';
import { evenkeelAs, shownFromTests, temporaryFolder } from '../support/command.ts';
import { exemptionOf, REF, remediationOf, saveRecord } from '../support/ledger-fixtures.ts';
import { REGION } from '../support/samples.ts';

const POLICY = shownFromTests(CLONE_POLICY);
const folder = temporaryFolder();
const hands = await makeHands();
const evenkeel = evenkeelAs({ ...hands.env, EVENKEEL_POLICY: '' });
const { accountId, endpoint } = hands.account;
const QUEUE = `${endpoint}/${accountId}/no-such-queue`;
const OWN = "the record's own region";

let plans = 0;

/** The first line of stderr of a run, which has a plan, an exemption and a pause to decide about. */
async function first(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { ledger } = hands;
  plans += 1;
  const [id, ref] = [`rem-plan-${plans}`, { ...REF, resourceId: `sg-${plans}`, accountId }];
  await saveRecord(ledger, remediationOf(id, { ref, status: 'awaitingApproval', expires: '2999-01-01' }));
  await ledger.saveExemption(exemptionOf('ex-1', { expires: new Date().toISOString().slice(0, 10) }));
  await ledger.pause({ control: null, reason: 'r', by: 'jo', at: '2026-01-01T00:00:00.000Z' });
  const own = args.map((one) => (one === 'rem-1' ? id : one));
  return (await evenkeel(own, { env })).stderr.split('\n')[0];
}

const RUNS: readonly (readonly [args: readonly string[], regions: string, access: string])[] = [
  [['replay', '-'], `the events' own regions, by default ${REGION}`, 'mode detect (read-only)'],
  [['replay', '-', '--mode', 'approve'], `the events' own regions, by default ${REGION}`, 'mode approve at most'],
  [['sweep', '--control', 'iam-access-key-rotated'], 'all enabled regions', 'mode detect (read-only)'],
  [
    ['sweep', '--control', 's3-*', '--mode', 'remediate', '--region', REGION],
    `region ${REGION}`,
    'mode remediate at most',
  ],
  [['findings'], `region ${REGION}`, 'read-only'],
  [['history'], `region ${REGION}`, 'read-only'],
  [['verify'], `region ${REGION}`, 'read-only'],
  [['report', '--file', '-'], `region ${REGION}`, 'read-only'],
  [['doctor'], `region ${REGION}`, 'read-only'],
  [['undo', 'rem-1'], OWN, 'mode remediate at most'],
  [['undo', 'rem-1', '--dry-run'], OWN, 'mode detect (read-only)'],
  [['approve', 'rem-1'], OWN, 'mode remediate at most'],
  [['reject', 'rem-1', '--reason', 'x'], OWN, 'mode remediate at most'],
  [['exempt', '--list'], `region ${REGION}`, 'read-only'],
  [['exempt', '--end', 'ex-1'], `region ${REGION}`, 'writes to the ledger only'],
  [['pause', '--reason', 'x'], `region ${REGION}`, 'writes to the ledger only'],
  [['resume'], `region ${REGION}`, 'writes to the ledger only'],
  [['resume', '--look'], "the findings' own regions", 'mode remediate at most'],
];

describe('every run says first, in one line on stderr, what it works with', () => {
  test.each(RUNS)('%j', async (args, regions, access) => {
    const line = `evenkeel: account ${accountId}; ${regions}; policy ${POLICY}; ledger ${hands.table}; ${access}`;
    expect(await first(args)).toBe(line);
    expect(await first([...args, '--json'])).toBe(line);
  });

  test('controls asks AWS nothing, redrive needs no policy and no ledger', async () => {
    expect(await first(['controls'])).toBe(`evenkeel: region ${REGION}; policy ${POLICY}; read-only`);
    expect(await first(['redrive', QUEUE])).toBe(
      `evenkeel: account ${accountId}; region ${REGION}; writes to queues only`,
    );
  });

  test('no subcommand is left out', async () => {
    const { stdout } = await evenkeel(['--help']);
    const names = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name);
    const tried = new Set([
      ...RUNS.map(([[name]]) => name),
      'init',
      'controls',
      'policy',
      'redrive',
      'what-if',
      'complete',
      'help',
    ]);
    expect(names.filter((name) => !tried.has(name ?? ''))).toEqual([]);
    expect(names.length).toBeGreaterThan(12);
  });
});

test('where AWS does not say the account, the credentials are named, and only what needs the account ends', async () => {
  const unknown = {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    EVENKEEL_TABLE: '',
  };
  const history = await evenkeel(['history'], { env: unknown });
  expect(history).toMatchObject({ status: 0, stdout: 'No records.\n' });
  expect(history.stderr).toBe(
    `evenkeel: default credentials; region ${REGION}; policy ${POLICY}; ledger in memory; read-only\n`,
  );
  const EVENKEEL_LEDGER = join(folder, 'kept.sqlite');
  const pause = await evenkeel(['pause', '--reason', 'x'], { env: { ...unknown, EVENKEEL_LEDGER } });
  expect(pause).toMatchObject({ status: 1, stdout: '' });
  expect(pause.stderr).toMatch(/^evenkeel: default credentials; [^\n]+\nevenkeel: [^\n]*credentials[^\n]*\n$/);
});

test('a broken policy.yml is named after what the run works with', async () => {
  const broken = hands.policyFile('defaults: { mode: detct }\n');
  const { stderr } = await evenkeel(['history', '--policy', broken]);
  expect(stderr).toMatch(
    /^evenkeel: account \d{12}; [^\n]*; no usable policy: detect only; [^\n]*; read-only\nevenkeel: continuing without the policy: [^\n]+\n$/,
  );
});
