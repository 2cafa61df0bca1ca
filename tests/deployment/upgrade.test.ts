import { writeFileSync } from 'node:fs';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type BucketLocationConstraint, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContent } from '../../scripts/catalogue.ts';
import { type Deployment, deploymentOf, type StackInAccount, stackNamed } from '../../scripts/sandbox/deployment.ts';
import { pumpOnce, startInstance } from '../../scripts/sandbox/event-source-mapping.ts';
import { dynamoLedger } from '../../shared/ledger/dynamodb.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { evenkeelAs } from '../support/command.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { bundleOnly } from '../support/packages.ts';
import { testAccount } from '../support/sandbox.ts';
import { generate, PATIENCE, serverless, type Template, templateAt } from '../support/serverless.ts';
import { addStandIns } from '../support/stand-ins.ts';
import { copyOfTree } from '../support/tree.ts';

const STACK = 'evenkeel-prod';
const account = await testAccount();
const evenkeel = (table: string, args: readonly string[]) =>
  evenkeelAs({ ...account.env, EVENKEEL_TABLE: table })([...args]);

const flagsOf = (regions: string) => [`--param=regions=${regions}`];

/** A version of the tree, as it is deployed to the account. */
async function deploy(tree: string, policy: string, regions: string): Promise<StackInAccount> {
  writeFileSync(`${tree}policy.yml`, policy);
  expect(await generate(tree)).toMatchObject({ status: 0 });
  const { status, stdout, stderr } = await serverless(tree, ['deploy', ...flagsOf(regions)], account.env);
  expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
  const { Stacks = [] } = await account
    .aws()(CloudFormationClient)
    .send(new DescribeStacksCommand({ StackName: STACK }));
  // The framework makes a stack of a bucket first, and all else by an update.
  expect(Stacks).toMatchObject([{ StackStatus: 'UPDATE_COMPLETE' }]);
  const stack = await stackNamed(STACK, account.aws());
  expect(Object.keys(stack.resources)).toEqual(expect.arrayContaining(inAccount(templateAt(`${tree}.serverless`))));
  return stack;
}

/** The logical ids of a template that the local account can make. */
const inAccount = ({ Resources }: Template): string[] =>
  Object.keys(Resources).filter((id) => /LambdaFunction$|^(LedgerTable|NoticeTopic|DeadLetterQueue)$/.test(id));

/** Lets the deployed function of a domain work on all that its queue holds. */
async function work(deployment: Deployment, name: string): Promise<void> {
  const deployed = deployment.functions.find((one) => one.name === name);
  if (deployed === undefined) throw new Error(`there is no function ${name}`);
  const instance = await startInstance(deployed, { env: account.env, log: () => {} });
  while ((await pumpOnce(deployed, instance, account.aws())) > 0);
  instance.kill();
}

async function happens(groupId: string, id: string): Promise<void> {
  const {
    source: Source,
    'detail-type': DetailType,
    detail,
  } = openedEvent(account, groupId, id) as never as Record<string, string>;
  const Entries = [{ Source, DetailType, Detail: JSON.stringify(detail) }];
  await account.aws()(EventBridgeClient).send(new PutEventsCommand({ Entries }));
}

/** All that people have said and that is still open. */
const kept = async (ledger: Ledger) => ({
  exemptions: await ledger.exemptions(),
  pauses: await ledger.pauses(),
  findings: await Array.fromAsync(ledger.openFindings()),
  approvals: (await Array.fromAsync(ledger.remediations())).filter(({ status }) => status === 'awaitingApproval'),
});

/** The controls of a domain that is not enabled before the upgrade. */
const ofApplications = (await loadContent()).controls
  .filter(({ resource }) => resource.service.domain === 'applications')
  .map(({ id }) => id);
const policyOf = (modes: Readonly<Record<string, string>>) =>
  JSON.stringify({
    defaults: { mode: 'detect' },
    controls: Object.fromEntries(Object.entries(modes).map(([id, mode]) => [id, { mode }])),
  });

const [before, after] = [copyOfTree(), copyOfTree()];
for (const tree of [before, after]) bundleOnly(tree, 'infrastructure');
let old: StackInAccount;
let upgraded: StackInAccount;
let groupId: string;
let was: Awaited<ReturnType<typeof kept>>;
let ledger: Ledger;
beforeAll(async () => {
  old = await deploy(
    before,
    policyOf({ [ADMIN_PORTS]: 'approve', ...Object.fromEntries(ofApplications.map((id) => [id, 'off'])) }),
    'us-east-1',
  );
  const table = old.outputs.LedgerTable ?? '';
  ledger = dynamoLedger(account.aws(), table);
  groupId = await openGroup(account, 'waiting');
  await happens(groupId, 'before');
  await work(await deploymentOf(STACK, `${before}.serverless`, account.aws()), 'infrastructure');
  const paused = ['pause', '--control', 's3-bucket-encrypted', '--reason', 'a migration'];
  expect(await evenkeel(table, paused)).toMatchObject({ status: 0 });
  const CreateBucketConfiguration = { LocationConstraint: account.region as BucketLocationConstraint };
  const rule = ['--control', 's3-bucket-tls-required', '--resource', 'arn:aws:s3:::www', '--reason', 'a public site'];
  await account
    .aws()(S3Client)
    .send(new CreateBucketCommand({ Bucket: 'www', CreateBucketConfiguration }));
  const expires = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const exempt = ['exempt', ...rule, '--owner', 'web@example.com', '--expires', expires];
  expect(await evenkeel(table, exempt)).toMatchObject({ status: 0 });
  was = await kept(ledger);
  // Controls of a domain that had none, other modes, other regions.
  addStandIns(after, 12, { reads: false });
  const modes = `${ADMIN_PORTS}: { mode: remediate }, s3-bucket-encrypted: { mode: remediate }, config-recorder-enabled: { mode: 'off' }`;
  upgraded = await deploy(after, `defaults: { mode: detect }\ncontrols: { ${modes} }\n`, 'us-east-1,eu-central-1');
}, 2 * PATIENCE);

describe('an upgrade that changes regions, controls and modes', () => {
  test('makes and changes what follows from them', () => {
    expect(upgraded.outputs.Regions).toBe('eu-west-1,us-east-1,eu-central-1');
    expect(upgraded.outputs.PolicyVersion).not.toBe(old.outputs.PolicyVersion);
    expect(Object.keys(old.resources)).not.toContain('ApplicationsRule1');
    expect(Object.keys(upgraded.resources)).toEqual(
      expect.arrayContaining([...Object.keys(old.resources).filter((id) => !/Rule\d+$/.test(id)), 'ApplicationsRule1']),
    );
  });

  test('leaves exemptions, pauses, open findings and approvals where they were', async () => {
    expect(was).toMatchObject({
      exemptions: [{ control: 's3-bucket-tls-required' }],
      pauses: [{ control: 's3-bucket-encrypted' }],
      approvals: [{ controlId: ADMIN_PORTS, ref: { resourceId: groupId } }],
    });
    expect(was.findings.map(({ controlId }) => controlId)).toContain(ADMIN_PORTS);
    expect(upgraded.outputs.LedgerTable).toBe(old.outputs.LedgerTable);
    expect(await kept(dynamoLedger(account.aws(), upgraded.outputs.LedgerTable ?? ''))).toEqual(was);
  });

  test('lets what waits be approved, and the upgraded function go on from there', async () => {
    const [{ id } = { id: '' }] = was.approvals;
    const table = upgraded.outputs.LedgerTable ?? '';
    expect(await evenkeel(table, ['approve', id])).toMatchObject({ status: 0 });
    expect(await ingressOf(account, [groupId])).toEqual([`${groupId} tcp 443 10.0.0.0/8`]);
    const another = await openGroup(account, 'after');
    await happens(another, 'after');
    await work(await deploymentOf(STACK, `${after}.serverless`, account.aws()), 'infrastructure');
    expect(await ingressOf(account, [another])).toEqual([`${another} tcp 443 10.0.0.0/8`]);
    expect(await kept(ledger)).toMatchObject({ exemptions: was.exemptions, pauses: was.pauses, approvals: [] });
  });

  test(
    'is removed as it was made, but for what has to outlast it',
    async () => {
      expect(
        await serverless(after, ['remove', ...flagsOf(upgraded.outputs.Regions ?? '')], account.env),
      ).toMatchObject({
        status: 0,
      });
      await expect(stackNamed(STACK, account.aws())).rejects.toThrow('does not exist');
    },
    PATIENCE,
  );
});
