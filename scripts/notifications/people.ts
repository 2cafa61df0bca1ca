import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { createGroup } from '../../scenes/ec2/security-group.ts';
import { freshEvent } from '../../scenes/fresh-event.ts';
import type { SceneAccount } from '../../scenes/scene.ts';
import { isObject, type JsonObject } from '../../shared/event.ts';
import type { Aws } from '../../shared/resource.ts';

/** Who changes something, by a session of a role that the local account gives. */
export interface Person {
  readonly arn: string;
  readonly aws: Aws;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
}

type Origin = Pick<Person, 'sourceIPAddress' | 'userAgent'> & { readonly role: string; readonly session: string };

/** A person at a terminal. */
const JO: Origin = {
  role: 'Developer',
  session: 'jo@example.com',
  sourceIPAddress: '198.51.100.23',
  userAgent: 'aws-cli/2.31.4 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 lang/python#3.13.7',
};
/** And a pipeline. */
const PIPELINE: Origin = {
  role: 'Deploy',
  session: 'pipeline-4711',
  sourceIPAddress: '203.0.113.77',
  userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.18.0',
};

export const people = async (account: SceneAccount) => ({
  jo: await personOf(account, JO),
  pipeline: await personOf(account, PIPELINE),
});

async function personOf(account: SceneAccount, { role, session, ...origin }: Origin): Promise<Person> {
  const RoleArn = `arn:aws:iam::${account.accountId}:role/${role}`;
  const { Credentials, AssumedRoleUser } = await account
    .aws(STSClient)
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: session }));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const aws: Aws = (client, region = account.region) => new client({ region, credentials } as never);
  return { ...origin, arn: AssumedRoleUser?.Arn ?? '', aws };
}

/** The event of a person's call, as CloudTrail records it. */
export function eventBy(
  { arn, sourceIPAddress, userAgent }: Person,
  sample: string,
  account: SceneAccount,
  groupId: string,
): JsonObject {
  const event = freshEvent(sample, account, { 'requestParameters.groupId': groupId });
  const detail = isObject(event.detail) ? event.detail : {};
  const userIdentity = { ...(isObject(detail.userIdentity) ? detail.userIdentity : {}), arn };
  return { ...event, detail: { ...detail, userIdentity, sourceIPAddress, userAgent } };
}

/** Security groups of a CloudFormation stack, by their names: CloudFormation tags what it makes with the stack's name. */
export async function groupsOfStack(
  { aws }: SceneAccount,
  StackName: string,
  names: readonly string[],
  owner: string,
): Promise<ReadonlyMap<string, string>> {
  const tagsOf = (name: string) => [
    { Key: 'Name', Value: name },
    { Key: 'Owner', Value: owner },
  ];
  const resources = names.map((name, index) => [
    `Group${index}`,
    { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: name, Tags: tagsOf(name) } },
  ]);
  const TemplateBody = JSON.stringify({ Resources: Object.fromEntries(resources) });
  const cloudFormation = aws(CloudFormationClient);
  await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody }));
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
  return new Map(
    names.map((name, index) => [
      name,
      StackResources.find(({ LogicalResourceId }) => LogicalResourceId === `Group${index}`)?.PhysicalResourceId ?? '',
    ]),
  );
}

/** A security group that no stack has made. */
export async function taggedGroup(account: SceneAccount, name: string, owner: string): Promise<string> {
  const id = await createGroup(account, account.name(name));
  const Tags = [
    { Key: 'Name', Value: name },
    { Key: 'Owner', Value: owner },
  ];
  await account.aws(EC2Client).send(new CreateTagsCommand({ Resources: [id], Tags }));
  return id;
}
