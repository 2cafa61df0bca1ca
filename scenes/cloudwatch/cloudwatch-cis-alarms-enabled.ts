import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DeleteMetricFilterCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { alarmedTrail, alarms, metricFilters, putCisAlarm, TOPIC } from './alarmed-trail.ts';

/** What is expected here: few, since each takes two calls to make and four to judge. */
const EXPECTED = ['root-user-usage', 'vpc-changes', 'cloudtrail-changes'] as const;

/** A metric filter and an alarm that somebody else has. */
async function putOthers({ aws }: SceneAccount, logGroupName: string) {
  const made = { metricName: 'logins', metricNamespace: 'shop', metricValue: '1' };
  const filter = { logGroupName, filterName: 'logins', filterPattern: '{ $.eventName = ConsoleLogin }' };
  await aws(CloudWatchLogsClient).send(new PutMetricFilterCommand({ ...filter, metricTransformations: [made] }));
  await aws(CloudWatchClient).send(
    new PutMetricAlarmCommand({
      AlarmName: 'logins',
      Namespace: 'shop',
      MetricName: 'logins',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 100,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
}

export default {
  title: 'A metric filter and two alarms of the CIS benchmark are deleted',
  expects: { 'cloudwatch-cis-alarms-enabled': 'remediated' },
  // Its trail covers the account, of which others are to find that nothing does.
  alone: true,
  parameters: ({ accountId }) => ({ topicArn: `arn:aws:sns:eu-west-1:${accountId}:${TOPIC}`, expected: EXPECTED }),
  async prepare(account) {
    const { aws } = account;
    const { logGroupName, topicArn } = await alarmedTrail(account);
    for (const id of EXPECTED) await putCisAlarm(account, logGroupName, topicArn, id);
    await putOthers(account, logGroupName);
    return {
      state: async () => ({ filters: await metricFilters(account, logGroupName), alarms: await alarms(account) }),
      neighbours: async () => ({
        'metric filter logins': (await metricFilters(account, logGroupName)).logins,
        'alarm logins': (await alarms(account)).logins,
        'alarm cis-root-user-usage': (await alarms(account))['cis-root-user-usage'],
      }),
      async happen() {
        const [filterName, other] = ['cis-vpc-changes', 'cis-cloudtrail-changes'];
        await aws(CloudWatchClient).send(new DeleteAlarmsCommand({ AlarmNames: [filterName, other] }));
        await aws(CloudWatchLogsClient).send(new DeleteMetricFilterCommand({ logGroupName, filterName }));
        return { event: freshEvent('cloudtrail/DeleteMetricFilter', account) };
      },
    };
  },
} satisfies Scene;
