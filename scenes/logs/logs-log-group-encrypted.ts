import { CloudWatchLogsClient, DisassociateKmsKeyCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Scene } from '../scene.ts';
import { createLogGroup, describeLogGroup, logGroupEvent } from './log-group.ts';

export default {
  title: 'The key of a log group is taken away',
  expects: { 'logs-log-group-encrypted': 'remediated' },
  async prepare(account) {
    const logGroupName = await createLogGroup(account, 'orders');
    const other = await createLogGroup(account, 'carts');
    return {
      earlier: [logGroupEvent('CreateLogGroup', account, logGroupName)],
      state: () => describeLogGroup(account, logGroupName),
      neighbours: async () => ({
        [`retention of ${logGroupName}`]: (await describeLogGroup(account, logGroupName))?.retentionInDays,
        [`log group ${other}`]: await describeLogGroup(account, other),
      }),
      async happen() {
        await account.aws(CloudWatchLogsClient).send(new DisassociateKmsKeyCommand({ logGroupName }));
        return { event: logGroupEvent('DisassociateKmsKey', account, logGroupName) };
      },
    };
  },
} satisfies Scene;
