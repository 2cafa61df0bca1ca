import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { configuredTree } from '../../scripts/sandbox/configured-tree.ts';
import { layRegion, stackNamed } from '../../scripts/sandbox/deployment.ts';
import type { Diagnosis } from '../../shared/doctor/diagnosis.ts';
import { type Alteration, wireTo } from '../support/aws-proxy.ts';
import { temporaryFolder } from '../support/command.ts';
import { completeStack, type DeployedStack, SECRET, STACK } from '../support/deployed.ts';
import { doctor, onlyRegions, recordHeartbeats } from '../support/doctor.ts';
import type { Fault } from '../support/faults/fault.ts';
import { FAULTS } from '../support/faults.ts';
import { leaveUnbundled } from '../support/packages.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';
import { PATIENCE, templateAt } from '../support/serverless.ts';

const OTHERS = ['us-east-1', 'eu-central-1'];
const REGIONS = [REGION, ...OTHERS];
const POLICY = 'defaults: { mode: detect }\n';

const account = await testAccount();
const wire = await wireTo(account.endpoint);
const cwd = temporaryFolder();
writeFileSync(join(cwd, 'detect.yml'), POLICY);
const built = await configuredTree(POLICY, {
  regions: OTHERS.join(','),
  emails: 'security@example.com',
  slackSecret: `secretsmanager:${SECRET}`,
});
// No function of it runs.
leaveUnbundled(built.path);
afterAll(built.remove);

let stack: DeployedStack;
beforeAll(async () => {
  await built.deploy(account.env);
  const deployed = await stackNamed(STACK, account.aws());
  for (const region of OTHERS) await layRegion(deployed, built.folder, region, account.aws);
  stack = { name: STACK, regions: REGIONS, outputs: deployed.outputs };
  await completeStack(account, stack);
  await recordHeartbeats(account, stack);
}, PATIENCE);

const look = (answers: readonly Alteration[] = []) =>
  doctor(account, wire, { answers: [...answers, onlyRegions(REGIONS)], cwd, args: ['--policy', 'detect.yml'] });

test('a fresh deployment is healthy: every line says so', async () => {
  const { status, diagnoses, problems } = await look();
  expect(problems).toEqual([]);
  expect(status).toBe(0);
  const said = Object.fromEntries(diagnoses.map(({ check, message }) => [check, message]));
  const resources = Object.values(templateAt(built.folder).Resources);
  const count = (type: string) => resources.filter(({ Type }) => Type === type).length;
  expect(said).toMatchObject({
    rules: `${count('AWS::Events::Rule')} rules, all enabled`,
    forwarding: `2 regions forwarding to ${REGION}`,
    queues: `${count('AWS::SQS::Queue') - 1} queues, all polled`,
    functions: `${count('AWS::Lambda::Function')} functions, all ready`,
    'failed events': 'none, in 3 regions',
  });
});

/** What is seeded together: none of a round hides another. What has no fix here stays for the rounds that follow. */
const ROUNDS: Readonly<Record<string, readonly string[]>> = {
  'what can be fixed by hand': FAULTS.filter(({ fix }) => fix !== undefined).map(({ name }) => name),
  'what the local account cannot show': [
    'the last deploy has failed, and so has its rollback',
    'a subscription is not confirmed',
    'an alarm has gone',
    'an update of a function has failed',
    'a region cannot be reached',
    'an enabled region is not watched',
  ],
  'what was taken away, or is blind': [
    'another policy.yml is deployed',
    'a rule has gone',
    'a rule has lost its target',
    'a rule that forwards has lost its target',
    'the queue of failed events of a region has gone',
    'an event source mapping has gone',
    'a queue has gone',
    'the trail records one region',
    "Slack's secret is missing",
    "Slack's queue is not subscribed",
    'an alarm notifies nobody',
    'a region is silent',
    'the exemptions cannot be read',
  ],
  'more of it': [
    'a function has gone',
    'a region lacks a rule that the others have',
    'the trail records reads only',
    'nobody is subscribed',
    'the key is to be deleted',
  ],
  'what everything hangs on': [
    'there is no trail',
    'the bus of all events has gone',
    'a region has no rule that forwards',
    'the topic has gone',
    'the ledger has gone',
  ],
};

test('every fault is seeded', () => {
  expect(Object.values(ROUNDS).flat().sort()).toEqual(FAULTS.map(({ name }) => name).sort());
});

const seeded: Fault[] = [];
const isOf = ({ expect: { check, status, message, remedy } }: Fault, problem: Diagnosis) =>
  problem.check === check &&
  problem.status === status &&
  message.test(problem.message) &&
  remedy.test(problem.remedy ?? '');

test.each(Object.keys(ROUNDS))('each fault is named, with its remedy, and nothing else: %s', async (round) => {
  const faults = FAULTS.filter(({ name }) => ROUNDS[round]?.includes(name));
  for (const fault of faults) await fault.seed(account, stack);
  seeded.push(...faults);
  const answers = faults.flatMap(({ answer }) => answer ?? []);
  const { status, problems } = await look(answers);
  for (const fault of faults) await fault.fix?.(account, stack);
  const found = (fault: Fault) => problems.filter((problem) => isOf(fault, problem)).length;
  const named = Object.fromEntries(faults.map((fault) => [fault.name, found(fault)]));
  expect({ named, problems }).toMatchObject({ named: Object.fromEntries(faults.map(({ name }) => [name, 1])) });
  expect(problems.filter((problem) => !seeded.some((fault) => isOf(fault, problem)))).toEqual([]);
  expect(status).toBe(1);
  if (faults.every(({ fix }) => fix !== undefined)) expect(await look()).toMatchObject({ status: 0, problems: [] });
});
