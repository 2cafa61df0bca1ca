import { CreateSecurityGroupCommand, CreateTagsCommand, EC2Client, type Tag } from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  GetPublicAccessBlockCommand,
  PutBucketTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { controls } from '../shared/controls/index.ts';
import { receive } from '../shared/engine/intake/reconcile-change.ts';
import { parsePolicy } from '../shared/policy/load.ts';
import { policyFrom } from '../shared/policy/settings.ts';
import { REMEDIATE } from './support/cli-fixture.ts';
import { ADMIN_PORTS, ingressOf, open, openedEvent } from './support/drift.ts';
import { testEngine } from './support/engine.ts';
import { testAccount } from './support/sandbox.ts';

const account = await testAccount();
const ec2 = account.aws()(EC2Client);
const s3 = account.aws()(S3Client);
let made = 0;

/** Somebody who looks after the account by a policy.yml of this text. */
function keeper(policy: string, controlId: string = ADMIN_PORTS) {
  const engine = testEngine(account.aws, 'remediate', {
    policy: policyFrom(parsePolicy(policy, 'policy.yml', controls)),
  });
  const context = { controls: controls.filter(({ id }) => id === controlId), fallback: account };
  const look = async (event: unknown) => (await Array.fromAsync(receive(event, engine, context))).flat()[0];
  return { told: engine.notified, look, opened: (group: string) => look(openedEvent(account, group, 'an event')) };
}

/** A group that is open to the world, by its name, description and tags. */
async function openGroup(GroupName: string, Description: string, ...Tags: Tag[]): Promise<string> {
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description }));
  if (Tags.length > 0) await ec2.send(new CreateTagsCommand({ Resources: [GroupId], Tags }));
  await open(account, GroupId);
  return GroupId;
}
const tagged = (...Tags: Tag[]) => {
  made += 1;
  return openGroup(`group-${made}`, 'of ours', ...Tags);
};
const OPEN = (group: string) => [`${group} tcp 22 0.0.0.0/0`];

/** Told once, with whose it is, and not touched. */
async function expectLeftAlone(group: string, owner: string, policy = REMEDIATE): Promise<void> {
  const says = `Not touched: ${owner}`;
  const { opened, told } = keeper(policy);
  for (const _ of ['first', 'second']) {
    expect(await opened(group)).toMatchObject({
      outcome: 'detected',
      mode: 'remediate',
      before: 'NON_COMPLIANT',
      after: 'NON_COMPLIANT',
      annotation: expect.stringContaining(says),
      error: null,
    });
  }
  expect(told.map(({ result }) => result.annotation)).toEqual([expect.stringContaining(says)]);
  expect(await ingressOf(account, [group])).toEqual(OPEN(group));
}
async function expectPutRight(group: string, policy = REMEDIATE): Promise<void> {
  expect(await keeper(policy).opened(group)).toMatchObject({ outcome: 'remediated' });
  expect(await ingressOf(account, [group])).toEqual([]);
}

describe('what an AWS service made and keeps is told, not touched', () => {
  test.each([
    [
      'EKS',
      'eks-cluster-sg-shop-1234',
      'EKS created security group applied to ENI that is attached to EKS Control Plane master nodes',
    ],
    [
      'Directory Service',
      'd-906752ae4c_controllers',
      'AWS created security group for d-906752ae4c directory controllers',
    ],
    [
      'Elastic Load Balancing',
      'default_elb_5f1c',
      'ELB created security group used when no security group is specified during ELB creation',
    ],
    [
      'RDS',
      'ec2-rds-1',
      'Security group attached to shop to securely connect EC2. Modification could lead to connection loss.',
    ],
    [
      'RDS',
      'rds-lambda-2',
      'Security group attached to shop to allow Lambda in. Modification could lead to connection loss.',
    ],
  ])('%s: %s', async (service, name, description) => {
    await expectLeftAlone(await openGroup(name, description), `managed by ${service}`);
  });

  test('the name alone, or the description alone, is nobody’s proof', async () => {
    await expectPutRight(await openGroup('eks-cluster-sg-mine', 'of ours'));
    await expectPutRight(await openGroup('of-ours', 'EKS created security group applied to ENI'));
  });
});

describe('what carries a configured tag is told, not touched', () => {
  const policy = `${REMEDIATE}owners: { tags: { team: "plat*", "aws:eks:cluster-name": "*" } }\n`;

  test('by the value that is configured, and by no other', async () => {
    await expectLeftAlone(await tagged({ Key: 'team', Value: 'platform' }), 'it has the tag team=platform', policy);
    await expectPutRight(await tagged({ Key: 'team', Value: 'web' }), policy);
    await expectPutRight(await tagged({ Key: 'Team', Value: 'platform' }), policy);
  });

  test('the rule holds for the tags of a bucket as well', async () => {
    const Bucket = `owned-${account.accountId}`;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
    const Tagging = { TagSet: [{ Key: 'team', Value: 'platform' }] };
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }));
    const id = 's3-bucket-public-access-blocked';
    const names = { resourceType: 'AWS::S3::Bucket', resourceId: Bucket };
    const result = await keeper(policy.replace(ADMIN_PORTS, id), id).look(names);
    expect(result).toMatchObject({
      outcome: 'detected',
      annotation: expect.stringMatching(/^Not touched: it has the tag team=platform/),
    });
    await expect(s3.send(new GetPublicAccessBlockCommand({ Bucket }))).rejects.toThrow();
  });
});

describe('what infrastructure as code made', () => {
  const policy = `${REMEDIATE}owners: { infrastructureAsCode: detect }\n`;

  test.each([
    ['Terraform', { Key: 'managed-by', Value: 'terraform' }],
    ['Terraform', { Key: 'ManagedBy', Value: 'Terraform' }],
    ['Pulumi', { Key: 'managed-by', Value: 'pulumi' }],
    ['CloudFormation', { Key: 'aws:cloudformation:stack-name', Value: 'shop' }],
  ])('%s, by %j, is told, not touched, where policy.yml says so', async (tool, tag) => {
    await expectLeftAlone(await tagged(tag), `it is managed by ${tool} (tag `, policy);
  });

  test('is put right where policy.yml does not say so', async () => {
    await expectPutRight(await tagged({ Key: 'managed-by', Value: 'terraform' }));
  });
});

test('where the tags cannot be read nothing is written, the event fails, and somebody is told', async () => {
  const group = await tagged();
  const { opened, told } = keeper(`${REMEDIATE}owners: { tags: { team: platform } }\n`);
  const denied = Object.assign(new Error('You are not authorized'), { name: 'UnauthorizedOperation' });
  const { send } = EC2Client.prototype;
  EC2Client.prototype.send = function refuse(this: EC2Client, command: object, ...rest: never[]) {
    if (command.constructor.name === 'DescribeSecurityGroupsCommand') return Promise.reject(denied);
    return (send as (...given: unknown[]) => Promise<unknown>).call(this, command, ...rest);
  } as never;
  try {
    expect(await opened(group)).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('UnauthorizedOperation'),
    });
  } finally {
    EC2Client.prototype.send = send;
  }
  expect(await ingressOf(account, [group])).toEqual(OPEN(group));
  expect(told.map(({ result }) => result.outcome)).toEqual(['failed']);
  expect(await opened(group)).toMatchObject({ outcome: 'remediated' });
});
