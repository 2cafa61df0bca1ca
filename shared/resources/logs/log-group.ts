import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  type LogGroup,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type Aws, defineResource, Gone, onEverything, partitionOf, type ResourceRef } from '../../resource.ts';
import logs from './service.ts';

const describeLogGroups = onEverything('logs:DescribeLogGroups');

const logGroupOf = ({ retentionInDays, kmsKeyId }: LogGroup) => ({
  retentionInDays: retentionInDays ?? null,
  kmsKeyId: kmsKeyId ?? null,
});

async function readLogGroup(aws: Aws, { resourceId }: ResourceRef) {
  // Groups are listed by name, so that the one that is the whole prefix comes first.
  const asked = new DescribeLogGroupsCommand({ logGroupNamePrefix: resourceId, limit: 1 });
  const { logGroups } = await aws(CloudWatchLogsClient).send(asked);
  const [found] = carried('DescribeLogGroups', 'logGroups', logGroups);
  if (found?.logGroupName !== resourceId) throw new Gone(`CloudWatch Logs knows no group ${resourceId}`);
  return logGroupOf(found);
}

/** A log group by its name: how long it is kept, and with which key it is encrypted. */
export const logGroup = defineResource({
  service: logs,
  type: 'AWS::Logs::LogGroup',
  triggers: [],
  gone: ['ResourceNotFoundException'],
  facets: { logGroup: { grants: describeLogGroups, read: readLogGroup } },
  grants: describeLogGroups,
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:logs:${region}:${accountId}:log-group:${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `cloudwatch/home#logsV2:log-groups/log-group/${encodeURIComponent(resourceId)}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeLogGroups({ client: aws(CloudWatchLogsClient), startingToken: from }, { limit: 50 }),
      ({ nextToken }) => nextToken,
      ({ logGroups }) =>
        carried('DescribeLogGroups', 'logGroups', logGroups).flatMap((found) =>
          found.logGroupName === undefined
            ? []
            : [{ resourceId: found.logGroupName, facets: { logGroup: logGroupOf(found) } }],
        ),
    ),
});
