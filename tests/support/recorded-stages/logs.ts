import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { describeLogGroup } from '../../../scenes/logs/log-group.ts';
import { sceneAccount } from '../test-scene.ts';
import type { Stage } from './stage.ts';

/** The event's log group, which somebody has made again with a short retention by the time the event is handled. */
export const logGroupMadeAgain: Stage = async (account, { record }) => {
  const { logGroupName } = record.requestParameters;
  const logs = account.aws()(CloudWatchLogsClient);
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
  const state = async () => (await describeLogGroup(sceneAccount(account), logGroupName))?.retentionInDays;
  return { renamed: {}, state, right: 365 };
};
