import { CloudWatchLogsClient, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Scene } from '../scene.ts';
import { createLogGroup, describeLogGroup, logGroupEvent } from './log-group.ts';

export default {
  title: 'The retention of a log group is lowered to a month',
  expects: { 'logs-log-group-retention-set': 'remediated' },
  leaves: 'the retention is the least that the policy asks for, and not what it was',
  async prepare(account) {
    const logGroupName = await createLogGroup(account, 'orders');
    const other = await createLogGroup(account, 'carts');
    return {
      state: () => describeLogGroup(account, logGroupName),
      neighbours: async () => ({
        [`key of ${logGroupName}`]: (await describeLogGroup(account, logGroupName))?.kmsKeyId,
        [`log group ${other}`]: await describeLogGroup(account, other),
      }),
      async happen() {
        const change = { logGroupName, retentionInDays: 30 };
        await account.aws(CloudWatchLogsClient).send(new PutRetentionPolicyCommand(change));
        return { event: logGroupEvent('PutRetentionPolicy', account, logGroupName) };
      },
    };
  },
} satisfies Scene;
