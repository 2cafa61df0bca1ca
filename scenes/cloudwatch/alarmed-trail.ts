import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeMetricFiltersCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CIS_PATTERNS, type CisPatternId } from '../../shared/aws/logs/cis-patterns.ts';
import { createFullTrail } from '../cloudtrail/trail.ts';
import { createDestination } from '../logs/destination.ts';
import { logBucket } from '../s3/bucket.ts';
import type { SceneAccount } from '../scene.ts';

export const TOPIC = 'security-alarms';

/** A trail that records the whole account into a log group, and a topic that somebody listens to. */
export async function alarmedTrail(account: SceneAccount) {
  const { aws, region, accountId } = account;
  const bucket = await logBucket(account);
  const { logGroupName, roleArn } = await createDestination(account, 'audit-trail', 'cloudtrail.amazonaws.com');
  await createFullTrail(account, 'alarmed', {
    IsMultiRegionTrail: true,
    IncludeGlobalServiceEvents: true,
    CloudWatchLogsLogGroupArn: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:*`,
    CloudWatchLogsRoleArn: roleArn,
  });
  const { TopicArn: topicArn = '' } = await aws(SNSClient).send(new CreateTopicCommand({ Name: TOPIC }));
  const subscription = { TopicArn: topicArn, Protocol: 'email', Endpoint: 'security@example.com' };
  await aws(SNSClient).send(new SubscribeCommand(subscription));
  return { bucket, logGroupName, topicArn };
}

/** The metric filter and the alarm that the benchmark wants for a pattern. */
export async function putCisAlarm({ aws }: SceneAccount, logGroupName: string, topicArn: string, id: CisPatternId) {
  const { pattern: filterPattern, requirement } = CIS_PATTERNS[id];
  const name = `cis-${id}`;
  const made = { metricName: name, metricNamespace: 'LogMetrics', metricValue: '1', defaultValue: 0 };
  const filter = { logGroupName, filterName: name, filterPattern, metricTransformations: [made] };
  await aws(CloudWatchLogsClient).send(new PutMetricFilterCommand(filter));
  await aws(CloudWatchClient).send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      AlarmDescription: `CIS AWS Foundations Benchmark ${requirement}: ${id}`,
      Namespace: 'LogMetrics',
      MetricName: name,
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      ActionsEnabled: true,
      AlarmActions: [topicArn],
    }),
  );
}

/** The metric filters of a log group, without their dates. */
export async function metricFilters({ aws }: SceneAccount, logGroupName: string) {
  const { metricFilters = [] } = await aws(CloudWatchLogsClient).send(
    new DescribeMetricFiltersCommand({ logGroupName }),
  );
  return Object.fromEntries(metricFilters.map(({ filterName, creationTime: _, ...filter }) => [filterName, filter]));
}

/** All alarms, without their states. */
export async function alarms({ aws }: SceneAccount) {
  const { MetricAlarms = [] } = await aws(CloudWatchClient).send(new DescribeAlarmsCommand({}));
  return Object.fromEntries(
    MetricAlarms.map(
      ({ AlarmName, AlarmDescription, ActionsEnabled, AlarmActions, Namespace, MetricName, Threshold }) => [
        AlarmName,
        { AlarmDescription, ActionsEnabled, AlarmActions, Namespace, MetricName, Threshold },
      ],
    ),
  );
}
