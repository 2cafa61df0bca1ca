import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { freshEvent } from '../fresh-event.ts';
import type { SceneAccount } from '../scene.ts';

/** The key of a log group, in the region where the scenes play. */
export const keyOf = ({ accountId, region }: Pick<SceneAccount, 'accountId' | 'region'>) =>
  `arn:aws:kms:${region}:${accountId}:key/0a1b2c3d-4e5f-4a6b-8c7d-0a1b2c3d4e5f`;

/** Creates a log group as every control wants it, and gives its name. */
export async function createLogGroup(account: SceneAccount, base: string): Promise<string> {
  const logGroupName = account.name(`/shop/${base}`);
  const logs = account.aws(CloudWatchLogsClient);
  await logs.send(new CreateLogGroupCommand({ logGroupName, kmsKeyId: keyOf(account) }));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 400 }));
  return logGroupName;
}

/** All that CloudWatch Logs says of a group. */
export async function describeLogGroup({ aws }: SceneAccount, name: string) {
  const asked = new DescribeLogGroupsCommand({ logGroupNamePrefix: name });
  const { logGroups = [] } = await aws(CloudWatchLogsClient).send(asked);
  return logGroups.find(({ logGroupName }) => logGroupName === name);
}

export const logGroupEvent = (sample: string, account: SceneAccount, name: string) =>
  freshEvent(`logs/${sample}`, account, { 'requestParameters.logGroupName': name });
