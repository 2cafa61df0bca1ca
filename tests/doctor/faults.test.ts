import { describe, expect, test } from '@jest/globals';
import type { Diagnosis } from '../../shared/doctor/diagnosis.ts';
import { dynamoStore } from '../../shared/ledger/dynamodb.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { evenkeelAs, temporaryFolder } from '../support/command.ts';
import { type DeployedStack, deployStack } from '../support/deployed.ts';
import { FAULTS } from '../support/faults.ts';
import { REGION, type TestAccount, testAccount } from '../support/sandbox.ts';
import { type Alteration, isWrite, wireTo } from '../support/wire.ts';

const { endpoint } = await testAccount();
const wire = await wireTo(endpoint);
const cwd = temporaryFolder();
const REGIONS = [REGION, 'us-east-1', 'eu-north-1'];
/** The local account has every region enabled. */
const onlyThese: Alteration = {
  call: 'ec2:DescribeRegions',
  change: (body) =>
    body.replace(/<item>(?:(?!<\/item>).)*<\/item>/gs, (item) =>
      REGIONS.some((region) => item.includes(`<regionName>${region}<`)) ? item : '',
    ),
};

/** A deployment that is well, with what its watch function has noted. */
async function deployed(): Promise<{ readonly account: TestAccount; readonly stack: DeployedStack }> {
  const account = await testAccount();
  const stack = await deployStack(account, { regions: REGIONS, policyVersion: policyFrom(null).version });
  const { heartbeats } = ledgerIn(dynamoStore(account.aws(), stack.outputs.LedgerTable ?? ''));
  const [sent, arrived] = [Date.now() - 60_000, Date.now() - 50_000];
  for (const region of REGIONS)
    await heartbeats.revise(region, (before) => ({ next: { ...before, sent, arrived }, answer: null }));
  return { account, stack };
}

async function doctor({ env }: TestAccount, answers: readonly Alteration[], ...args: readonly string[]) {
  wire.alter([...answers, onlyThese]);
  const evenkeel = evenkeelAs({ ...env, AWS_ENDPOINT_URL: wire.endpoint });
  const { status, stdout, stderr } = await evenkeel(['doctor', '--json', ...args], { cwd });
  expect(stderr).toBe('');
  const diagnoses: readonly Diagnosis[] = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { status, diagnoses, troubles: diagnoses.filter(({ state }) => state !== 'well') };
}

test('a deployment that is well: every line says so, by a few calls that only read', async () => {
  const { account } = await deployed();
  wire.take();
  const { status, diagnoses, troubles } = await doctor(account, []);
  expect(troubles).toEqual([]);
  expect(status).toBe(0);
  expect(diagnoses.map(({ what }) => what)).toEqual([
    'policy',
    'account',
    'deployment',
    'trails',
    'rules',
    'forwarding',
    'regions',
    'queues',
    'functions',
    'failed events',
    'alarms',
    'notices',
    'slack',
    'key',
    'evidence',
    'ledger',
    'heartbeats',
    'pauses',
    'breakers',
    'halted findings',
    'approvals',
    'runs cut off',
    'exemptions',
  ]);
  const calls = wire.take();
  expect(calls.filter(isWrite)).toEqual([]);
  expect(calls.length).toBeLessThan(80);
});

const seeded = (name: string, account: TestAccount, stack: DeployedStack) =>
  FAULTS.find((fault) => fault.name === name)?.seed(account, stack);

test('as a table, for people', async () => {
  const { account, stack } = await deployed();
  await seeded('the trail is stopped', account, stack);
  wire.alter([]);
  const { stdout } = await evenkeelAs({ ...account.env, AWS_ENDPOINT_URL: wire.endpoint })(['doctor'], { cwd });
  expect(stdout).toContain(
    '\n✗ trails           no event of any region is sent: the trail main is not logging\n                   → aws cloudtrail start-logging --name main --region eu-west-1\n',
  );
  expect(stdout).toMatch(/\n! regions {10}enabled, and not watched: .*,\n {19}\S/);
  expect(stdout.split('\n').filter((line) => line.length > 100 && !line.includes(' --'))).toEqual([]);
});

test('a region that cannot be reached does not hide the trouble of another', async () => {
  const { account, stack } = await deployed();
  await seeded('a rule that forwards is disabled', account, stack);
  const unreachable = FAULTS.flatMap(({ name, answer }) => (name === 'a region cannot be reached' && answer) || []);
  const north = unreachable.map((answer) => ({ ...answer, region: 'eu-north-1' }));
  const { troubles } = await doctor(account, north);
  expect(troubles.map(({ what, about, state }) => [what, about, state])).toEqual([
    ['forwarding', 'us-east-1: evenkeel-prod-forward-1', 'ill'],
    ['forwarding', 'eu-north-1', 'ill'],
  ]);
});

describe('each fault is named, with its mend', () => {
  test.each(FAULTS.map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    const { account, stack } = await deployed();
    await fault.seed(account, stack);
    const answers = fault.answer === undefined ? [] : [fault.answer];
    const { status, troubles } = await doctor(account, answers);
    const { what, state, says, mend } = fault.expect;
    const found = troubles.filter((trouble) => trouble.what === what && says.test(trouble.says));
    expect({ found, troubles }).toMatchObject({ found: [{ what, state, mend: expect.stringMatching(mend) }] });
    expect(status).toBe(state === 'ill' ? 1 : 0);
    if (fault.mend === undefined) return;
    await fault.mend(account, stack);
    expect((await doctor(account, answers)).troubles).toEqual([]);
  });
});

test('where nothing is deployed, or under another name, one line says so and how to deploy', async () => {
  const account = await testAccount();
  const { status, diagnoses } = await doctor(account, [], '--stack', 'evenkeel-dev');
  expect(diagnoses.map(({ what, state }) => [what, state])).toEqual([
    ['policy', 'well'],
    ['account', 'well'],
    ['deployment', 'look'],
    ['notices', 'look'],
    ['ledger', 'ill'],
  ]);
  expect(diagnoses[2]).toMatchObject({
    says: 'there is no stack evenkeel-dev in eu-west-1: nothing is deployed there',
    mend: expect.stringContaining('npx serverless deploy --region eu-west-1'),
  });
  expect(status).toBe(1);
});
