import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import type { SceneAccount } from '../scene.ts';

/** A log group, and the role by which a service writes to it. */
export async function createDestination({ aws, name }: SceneAccount, base: string, service: string) {
  const logGroupName = name(base);
  await aws(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName }));
  const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const RoleName = name(`${base}-delivery`);
  const { Role } = await aws(IAMClient).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return { logGroupName, roleArn: Role?.Arn };
}
