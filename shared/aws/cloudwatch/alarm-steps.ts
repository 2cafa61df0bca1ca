import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DeleteMetricFilterCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { onResources } from '../../resource.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';
import type { LogGroupPlace, Metric } from './alarm-chain.ts';

const LOG_GROUPS = 'arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:*';
const ALARMS = 'arn:${AWS::Partition}:cloudwatch:*:${AWS::AccountId}:alarm:*';

const filterElement = (logGroupName: string, filterName: string) => `metric filter ${filterName} of ${logGroupName}`;

/** Counts what a pattern selects. Undo: deletes the filter, so that none of that name may have been there. */
export const putFilter = stepBuilder(
  onResources(LOG_GROUPS, 'logs:PutMetricFilter'),
  ({ name: logGroupName, region }: LogGroupPlace, filterName: string, filterPattern: string, metric: Metric) => {
    const options = { region, elements: [filterElement(logGroupName, filterName)] };
    const { name: metricName, namespace: metricNamespace } = metric;
    return step(
      CloudWatchLogsClient,
      PutMetricFilterCommand,
      {
        logGroupName,
        filterName,
        filterPattern,
        metricTransformations: [{ metricName, metricNamespace, metricValue: '1', defaultValue: 0 }],
      },
      {
        ...options,
        undo: () => [step(CloudWatchLogsClient, DeleteMetricFilterCommand, { logGroupName, filterName }, options)],
      },
    );
  },
);

/** Notifies a topic when anything was counted within five minutes. `newFilter`: the one that a step before it makes. Undo: deletes the alarm, so that none of that name may have been there. */
export const putAlarm = stepBuilder(
  onResources(ALARMS, 'cloudwatch:PutMetricAlarm'),
  (
    { name: logGroupName, region }: LogGroupPlace,
    AlarmName: string,
    AlarmDescription: string,
    metric: Metric,
    topicArn: string,
    newFilter: string | null,
  ) => {
    const dependsOn = newFilter === null ? [] : [filterElement(logGroupName, newFilter)];
    const options = { region, elements: [`alarm ${AlarmName}`, ...dependsOn] };
    return step(
      CloudWatchClient,
      PutMetricAlarmCommand,
      {
        AlarmName,
        AlarmDescription,
        Namespace: metric.namespace,
        MetricName: metric.name,
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        ActionsEnabled: true,
        AlarmActions: [topicArn],
      },
      { ...options, undo: () => [step(CloudWatchClient, DeleteAlarmsCommand, { AlarmNames: [AlarmName] }, options)] },
    );
  },
);

/** What undoes these steps; trails are at home in any region. */
export const undoOfAlarmSteps = [
  undoneBy(CloudWatchLogsClient, DeleteMetricFilterCommand, () => ({}), ['logGroupName', 'filterName'], {
    anyRegion: true,
    permissions: onResources(LOG_GROUPS, 'logs:DeleteMetricFilter'),
  }),
  undoneBy(CloudWatchClient, DeleteAlarmsCommand, () => ({}), ['AlarmNames'], {
    anyRegion: true,
    permissions: onResources(ALARMS, 'cloudwatch:DeleteAlarms'),
  }),
];
