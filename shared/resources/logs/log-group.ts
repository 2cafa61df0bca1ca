import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  type LogGroup,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { carried } from '../../aws/answer.ts';
import { answerParts } from '../../aws/answer-parts.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  Gone,
  onEverything,
  onResources,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import logs from './service.ts';

const describeLogGroups = onEverything('logs:DescribeLogGroups');

async function describeLogGroup(aws: Aws, { resourceId }: ResourceRef): Promise<LogGroup> {
  // Groups are listed by name, so that the one that is the whole prefix comes first.
  const asked = new DescribeLogGroupsCommand({ logGroupNamePrefix: resourceId, limit: 1 });
  const { logGroups } = await aws(CloudWatchLogsClient).send(asked);
  const [found] = carried('DescribeLogGroups', 'logGroups', logGroups);
  if (found?.logGroupName !== resourceId) throw new Gone(`CloudWatch Logs knows no group ${resourceId}`);
  return found;
}

const PARTS = answerParts(describeLogGroups, describeLogGroup, {
  logGroup: ({ retentionInDays, kmsKeyId }) => ({
    retentionInDays: retentionInDays ?? null,
    kmsKeyId: kmsKeyId ?? null,
  }),
  retention: ({ retentionInDays, logGroupClass, retentionPolicyName }) => ({
    retentionInDays: retentionInDays ?? null,
    logGroupClass: logGroupClass ?? null,
    retentionPolicyName: retentionPolicyName ?? null,
  }),
  encryption: ({ kmsKeyId }) => ({ kmsKeyId: kmsKeyId ?? null }),
});

/** CloudWatch Logs says nothing where there are no tags: another answer has to show that it was one. */
async function readOwnership(aws: Aws, ref: ResourceRef) {
  const asked = new ListTagsForResourceCommand({ resourceArn: arnOf(ref) });
  const { tags } = await aws(CloudWatchLogsClient).send(asked);
  if (tags === undefined) await describeLogGroup(aws, ref);
  return { tags: tags ?? {}, service: serviceOfTags(tags ?? {}) };
}

const arnOf = ({ resourceId, region, accountId }: ResourceRef) =>
  `arn:${partitionOf(region)}:logs:${region}:${accountId}:log-group:${resourceId}`;

/** A group's name, out of a name or an ARN (`…:log-group:/shop/orders:*`); none out of the ARN of something else. */
const namesIn = (text: string): readonly string[] =>
  text.startsWith('arn:') ? (/:log-group:([^:]+)/.exec(text)?.slice(1) ?? []) : [text];

const ids = ({ request }: CallRecord): readonly string[] => [
  ...new Set(
    ['logGroupName', 'logGroupIdentifier', 'resourceIdentifier', 'resourceArn']
      .flatMap((path) => strings(request, path))
      .flatMap(namesIn),
  ),
];

/** A log group by its name: how long it is kept, and with which key it is encrypted. */
export const logGroup = defineResource({
  service: logs,
  type: 'AWS::Logs::LogGroup',
  triggers: [
    call('logs.amazonaws.com', ['CreateLogGroup', 'DeleteLogGroup'], { ids, facets: PARTS.names }),
    call('logs.amazonaws.com', ['PutRetentionPolicy', 'DeleteRetentionPolicy'], {
      ids,
      facets: ['logGroup', 'retention'],
    }),
    // They take the results of queries too, and other things that have tags.
    call('logs.amazonaws.com', ['AssociateKmsKey', 'DisassociateKmsKey'], {
      ids,
      find: async () => [],
      facets: ['logGroup', 'encryption'],
    }),
    call('logs.amazonaws.com', ['TagResource', 'UntagResource', 'TagLogGroup', 'UntagLogGroup'], {
      ids,
      find: async () => [],
      facets: PARTS.names,
    }),
  ],
  gone: ['ResourceNotFoundException'],
  facets: PARTS.facets,
  grants: describeLogGroups,
  ownership: {
    grants: {
      ...onResources('arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:*', 'logs:ListTagsForResource'),
      ...describeLogGroups,
    },
    read: readOwnership,
  },
  arn: arnOf,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `cloudwatch/home#logsV2:log-groups/log-group/${encodeURIComponent(resourceId)}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeLogGroups({ client: aws(CloudWatchLogsClient), startingToken: from }, { limit: 50 }),
      ({ nextToken }) => nextToken,
      ({ logGroups }) =>
        carried('DescribeLogGroups', 'logGroups', logGroups).flatMap((found) =>
          found.logGroupName === undefined ? [] : [{ resourceId: found.logGroupName, facets: PARTS.of(found) }],
        ),
    ),
});
