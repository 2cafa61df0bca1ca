import { expect, test } from '@jest/globals';
import { policyFrom } from '../../shared/policy/settings.ts';
import { type Alteration, isWrite, wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, RECOMMENDED, temporaryFolder } from '../support/command.ts';
import { type DeployedStack, deployStack } from '../support/deployed.ts';
import { doctor as doctorOf, onlyRegions, recordHeartbeats } from '../support/doctor.ts';
import { FAULTS } from '../support/faults.ts';
import { REGION } from '../support/samples.ts';
import { type TestAccount, testAccount } from '../support/sandbox.ts';

// How the command speaks, on a small deployment. That it finds each fault of the real one: tests/deployment/doctor.test.ts.
const { endpoint } = await testAccount();
const wire = await wireTo(endpoint);
const cwd = temporaryFolder();
const REGIONS = [REGION, 'us-east-1', 'eu-north-1'];

/** A deployment that is well, with what its watch function has noted. */
async function deployed(): Promise<{ readonly account: TestAccount; readonly stack: DeployedStack }> {
  const account = await testAccount();
  const stack = await deployStack(account, { regions: REGIONS, policyVersion: policyFrom(RECOMMENDED).version });
  await recordHeartbeats(account, stack);
  return { account, stack };
}

const doctor = (account: TestAccount, answers: readonly Alteration[], ...args: readonly string[]) =>
  doctorOf(account, wire, { answers: [...answers, onlyRegions(REGIONS)], cwd, args });

test('a deployment that is well: every line says so, by a few calls that only read', async () => {
  const { account } = await deployed();
  wire.take();
  const { status, diagnoses, problems } = await doctor(account, []);
  expect(problems).toEqual([]);
  expect(status).toBe(0);
  expect(diagnoses.map(({ check }) => check)).toEqual([
    'policy',
    'account',
    'deployment',
    'trails',
    'rules',
    'forwarding',
    'regions',
    'config items',
    'queues',
    'functions',
    'failed events',
    'alarms',
    'notifications',
    'slack',
    'key',
    'ledger backups',
    'ledger',
    'heartbeats',
    'listings',
    'pauses',
    'circuit breakers',
    'halted findings',
    'blocked findings',
    'pending',
    'approvals',
    'interrupted runs',
    'exemptions',
  ]);
  const calls = wire.take();
  expect(calls.filter(isWrite)).toEqual([]);
  // One more for each enabled region: whether the organization denies it.
  expect(calls.filter((call) => call !== 'ec2:DescribeVpcs').length).toBeLessThan(100);
});

const seeded = (name: string, account: TestAccount, stack: DeployedStack) =>
  FAULTS.find((fault) => fault.name === name)?.seed(account, stack);

test('as a table, for people', async () => {
  const { account, stack } = await deployed();
  await seeded('the trail is stopped', account, stack);
  wire.alter([]);
  const { stdout } = await evenkeelAs({ ...account.env, AWS_ENDPOINT_URL: wire.endpoint })(['doctor'], { cwd });
  expect(stdout).toContain(
    '\n✗ trails           changes in any region go unseen: the trail main is not logging\n                   → aws cloudtrail start-logging --name main --region eu-west-1\n',
  );
  expect(stdout).toMatch(/\n! regions {10}enabled, but not watched: .*,\n {19}\S/);
  expect(stdout.split('\n').filter((line) => line.length > 100 && !line.includes(' --'))).toEqual([]);
});

test('a region that cannot be reached does not hide the problem of another', async () => {
  const { account, stack } = await deployed();
  await seeded('a rule that forwards is disabled', account, stack);
  const unreachable = FAULTS.flatMap(({ name, answer }) => (name === 'a region cannot be reached' && answer) || []);
  const north = unreachable.map((answer) => ({ ...answer, region: 'eu-north-1' }));
  const { problems } = await doctor(account, north);
  expect(problems.map(({ check, subject, status }) => [check, subject, status])).toEqual([
    ['forwarding', 'us-east-1: evenkeel-prod-forward-1', 'error'],
    ['forwarding', 'eu-north-1', 'error'],
  ]);
});

test('what somebody should only know is no failure', async () => {
  const { account } = await deployed();
  const unwatched = FAULTS.flatMap(({ name, answer }) => (name === 'an enabled region is not watched' && answer) || []);
  const { status, problems } = await doctor(account, unwatched);
  expect(problems.map(({ check, status }) => [check, status])).toEqual([['regions', 'warning']]);
  expect(status).toBe(0);
});

test('where nothing is deployed, or under another name, one line says so and how to deploy', async () => {
  const account = await testAccount();
  const { status, diagnoses } = await doctor(account, [], '--stack', 'evenkeel-dev');
  expect(diagnoses.map(({ check, status }) => [check, status])).toEqual([
    ['policy', 'ok'],
    ['account', 'ok'],
    ['deployment', 'warning'],
    ['notifications', 'warning'],
    ['ledger', 'warning'],
    ['pauses', 'ok'],
    ['circuit breakers', 'ok'],
    ['halted findings', 'ok'],
    ['blocked findings', 'ok'],
    ['pending', 'ok'],
    ['approvals', 'ok'],
    ['interrupted runs', 'ok'],
    ['exemptions', 'ok'],
  ]);
  expect(diagnoses[2]).toMatchObject({
    message: 'there is no stack evenkeel-dev in eu-west-1: nothing is deployed there',
    remedy: expect.stringContaining('npx serverless deploy --region eu-west-1'),
  });
  expect(status).toBe(0);
});
