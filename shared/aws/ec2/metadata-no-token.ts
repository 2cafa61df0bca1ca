import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import type { Aws } from '../../resource.ts';
import { HOUR_MS, SECOND_MS, systemClock } from '../../time.ts';
import { carried } from '../answer.ts';

const DAY_HOURS = 24;

/** How many calls by IMDSv1 the metric MetadataNoToken counted on an instance, its containers' included, within the last day and the hour before; null where it has no whole day of history. */
export async function callsWithoutToken(aws: Aws, instanceId: string, clock = systemClock): Promise<number | null> {
  const now = clock.now().getTime();
  // From a full hour on, and an hour longer: the hour that has just begun may have no datapoint yet.
  const start = (Math.floor(now / HOUR_MS) - DAY_HOURS - 1) * HOUR_MS;
  const { Datapoints } = await aws(CloudWatchClient).send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/EC2',
      MetricName: 'MetadataNoToken',
      Dimensions: [{ Name: 'InstanceId', Value: instanceId }],
      StartTime: new Date(start),
      EndTime: new Date(now),
      Period: HOUR_MS / SECOND_MS,
      Statistics: ['Sum'],
    }),
  );
  const sums = carried('GetMetricStatistics', 'Datapoints', Datapoints).flatMap(({ Sum }) => Sum ?? []);
  const calls = sums.reduce((sum, one) => sum + one, 0);
  return calls === 0 && sums.length < DAY_HOURS ? null : calls;
}
