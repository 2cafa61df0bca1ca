import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import {
  CloudWatchLogsClient,
  type MetricFilter,
  paginateDescribeMetricFilters,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Aws, FOREIGN, orNull, orUnreadable, type ResourceRef, type Unreadable } from '../../resource.ts';
import { carried } from '../answer.ts';
import { parseArn } from '../arn.ts';
import { excludedSources, selectorsIn, selectsReadsAndWrites } from '../cloudtrail/event-selectors.ts';
import { parseTrailArn } from '../cloudtrail/trail-arn.ts';
import { cisPatternOf } from '../logs/cis-patterns.ts';
import type { AlarmedFilter, AlarmedTrail, LogGroupPlace } from './alarm-chain.ts';
import { alarmsOn } from './alarms.ts';

/** `arn:aws:logs:eu-west-1:111122223333:log-group:audit:*` */
function placeOf(arn: string | undefined, accountId: string): LogGroupPlace | typeof FOREIGN | null {
  const parsed = parseArn(arn);
  const [, name] = parsed?.resource.split(':') ?? [];
  if (parsed === null || name === undefined) return null;
  return parsed.accountId === accountId ? { name, region: parsed.region } : FOREIGN;
}

/** Its alarms are asked for only where a pattern of the benchmark makes the metric. */
async function filterOf(aws: Aws, region: string, filter: MetricFilter): Promise<AlarmedFilter> {
  const { filterName: name = '', filterPattern = '', metricTransformations = [] } = filter;
  const [{ metricNamespace: namespace, metricName } = {}] = metricTransformations;
  const metric = { namespace: namespace ?? '', name: metricName ?? '' };
  const detects = cisPatternOf(filterPattern);
  const alarms =
    detects === null ? [] : await orUnreadable(`the alarms on ${metric.name}`, alarmsOn(aws, region, metric));
  return { name, detects, metric, alarms };
}

async function readFilters(aws: Aws, { name, region }: LogGroupPlace): Promise<readonly AlarmedFilter[]> {
  const client = aws(CloudWatchLogsClient, region);
  const found: MetricFilter[] = [];
  for await (const page of paginateDescribeMetricFilters({ client }, { logGroupName: name }))
    found.push(...carried('DescribeMetricFilters', 'metricFilters', page.metricFilters));
  return Promise.all(found.map((filter) => filterOf(aws, region, filter)));
}

/** Whether a trail of our own logs, and what it selects. */
async function readRecording(aws: Aws, { TrailARN: arn = '', HomeRegion: region }: Trail) {
  const client = aws(CloudTrailClient, region);
  const [{ IsLogging }, selected] = await Promise.all([
    client.send(new GetTrailStatusCommand({ Name: arn })),
    client.send(new GetEventSelectorsCommand({ TrailName: arn })),
  ]);
  carried('GetEventSelectors', 'TrailARN', selected.TrailARN);
  const selectors = selectorsIn(selected);
  return {
    recordsAll: carried('GetTrailStatus', 'IsLogging', IsLogging) && selectsReadsAndWrites(selectors),
    excluded: excludedSources(selectors),
  };
}

/** Of another account's trail nothing more is read: what it delivers, and to whom, is that account's. */
async function readTrail(aws: Aws, trail: Trail, { accountId }: ResourceRef): Promise<AlarmedTrail> {
  const { TrailARN: arn = '', CloudWatchLogsLogGroupArn } = trail;
  const { name = arn, accountId: owner } = parseTrailArn(arn) ?? {};
  const isForeign = owner !== accountId;
  const logGroup = placeOf(CloudWatchLogsLogGroupArn, accountId);
  if (isForeign) return { name, isForeign, recordsAll: false, excluded: [], logGroup, filters: [] };
  const recording = await readRecording(aws, trail);
  const found = { name, isForeign, ...recording };
  if (!recording.recordsAll || logGroup === null || logGroup === FOREIGN) return { ...found, logGroup, filters: [] };
  // CloudTrail goes on naming a group that was deleted.
  const filters = await orNull(readFilters(aws, logGroup), 'ResourceNotFoundException');
  return filters === null ? { ...found, logGroup: null, filters: [] } : { ...found, logGroup, filters };
}

/** The multi-region trails that record an account, each with the alarms on what it delivers. */
export async function readAlarmedTrails(aws: Aws, ref: ResourceRef): Promise<readonly (AlarmedTrail | Unreadable)[]> {
  const { trailList } = await aws(CloudTrailClient).send(new DescribeTrailsCommand({ includeShadowTrails: true }));
  const everywhere = carried('DescribeTrails', 'trailList', trailList).filter((trail) => trail.IsMultiRegionTrail);
  return Promise.all(
    everywhere.map((trail) => orUnreadable(`the trail ${trail.TrailARN}`, readTrail(aws, trail, ref))),
  );
}
