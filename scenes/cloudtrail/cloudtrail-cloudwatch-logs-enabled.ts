import { CloudTrailClient, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import { createDestination } from '../logs/destination.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { createTrail, trailEvent, trailSettings, trailsAsNeighbours } from './trail.ts';

/** Where a trail is to deliver, in CloudTrail's terms. */
async function delivery(account: SceneAccount) {
  const { logGroupName, roleArn } = await createDestination(account, 'audit-trail', 'cloudtrail.amazonaws.com');
  const arn = `arn:aws:logs:${account.region}:${account.accountId}:log-group:${logGroupName}:*`;
  return { CloudWatchLogsLogGroupArn: arn, CloudWatchLogsRoleArn: roleArn };
}

export default {
  title: 'A trail does not deliver to its log group any more',
  expects: { 'cloudtrail-cloudwatch-logs-enabled': 'remediated' },
  async prepare(account) {
    const Name = await createTrail(account, 'alarms', await delivery(account));
    const other = await createTrail(account, 'research', await delivery(account));
    return {
      earlier: [trailEvent('UpdateTrail', account, Name)],
      state: () => trailSettings(account, Name),
      neighbours: () => trailsAsNeighbours(account, [other]),
      async happen() {
        const nowhere = { CloudWatchLogsLogGroupArn: '', CloudWatchLogsRoleArn: '' };
        await account.aws(CloudTrailClient).send(new UpdateTrailCommand({ Name, ...nowhere }));
        return { event: trailEvent('UpdateTrail', account, Name) };
      },
    };
  },
} satisfies Scene;
