import { CloudWatchClient, DescribeAlarmsCommand, DescribeAlarmsForMetricCommand } from '@aws-sdk/client-cloudwatch';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import { type Aws, orNull, orUnreadable } from '../../resource.ts';
import { carried } from '../answer.ts';
import { parseArn } from '../arn.ts';
import type { Metric, MetricAlarmState } from './alarm-chain.ts';

/** True where an endpoint of the topic has confirmed that it wants its messages; one that has not has no ARN yet. A topic that does not exist has none. */
export const hasSubscriber = async (aws: Aws, topicArn: string): Promise<boolean> =>
  (await orNull(findSubscriber(aws, topicArn), 'NotFoundException', 'NotFound')) ?? false;

async function findSubscriber(aws: Aws, TopicArn: string): Promise<boolean> {
  const client = aws(SNSClient, parseArn(TopicArn)?.region);
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    const found = carried('ListSubscriptionsByTopic', 'Subscriptions', page.Subscriptions);
    if (found.some(({ SubscriptionArn }) => parseArn(SubscriptionArn) !== null)) return true;
  }
  return false;
}

const topicsIn = (actions: readonly string[]) => actions.filter((arn) => parseArn(arn)?.service === 'sns');

/** The alarms on a metric of a region that has no dimensions, as a metric filter makes it. */
export async function alarmsOn(aws: Aws, region: string, { namespace, name }: Metric) {
  const asked = new DescribeAlarmsForMetricCommand({ Namespace: namespace, MetricName: name });
  const { MetricAlarms } = await aws(CloudWatchClient, region).send(asked);
  const found = carried('DescribeAlarmsForMetric', 'MetricAlarms', MetricAlarms);
  return Promise.all(
    found.map(
      async ({ AlarmName = '', ActionsEnabled = false, AlarmActions = [] }): Promise<MetricAlarmState> => ({
        name: AlarmName,
        actionsEnabled: ActionsEnabled,
        topics: await Promise.all(
          topicsIn(AlarmActions).map((arn) => orUnreadable(`the subscribers of ${arn}`, hasSubscriber(aws, arn))),
        ),
      }),
    ),
  );
}

/** Those of these names that an alarm of the region has: putting one would replace it. */
export async function takenNames(aws: Aws, region: string, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const asked = new DescribeAlarmsCommand({
    AlarmNames: [...names],
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: 100,
  });
  const { MetricAlarms, CompositeAlarms } = await aws(CloudWatchClient, region).send(asked);
  carried('DescribeAlarms', 'MetricAlarms or CompositeAlarms', MetricAlarms ?? CompositeAlarms);
  return [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])].flatMap(({ AlarmName }) => AlarmName ?? []);
}
