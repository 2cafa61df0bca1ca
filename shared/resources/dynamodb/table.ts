import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  paginateListTables,
} from '@aws-sdk/client-dynamodb';
import { carried } from '../../aws/answer.ts';
import { parseArn } from '../../aws/arn.ts';
import { BACKUP_TIMES, protectionGrants, protectionTriggers, readProtection } from '../../aws/backup/protection.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  onEverything,
  onResources,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import dynamodb from './service.ts';

const onTables = (...actions: readonly string[]) =>
  onResources('arn:${AWS::Partition}:dynamodb:*:${AWS::AccountId}:table/*', ...actions);

/** A table's name, out of a name or an ARN (`arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/by-date`). */
const nameIn = (text: string): string => parseArn(text)?.resource.split('/')[1] ?? text;

/** What the request calls the table, else what the answer does, else the record's own list of resources: some requests name none. */
function ids({ request, response, raw }: CallRecord): readonly string[] {
  const found = [
    strings(request, 'tableName'),
    strings(request, 'targetTableName'),
    strings(request, 'tableCreationParameters.tableName'),
    strings(response, 'tableDescription.tableName'),
    strings(raw, 'resources.ARN'),
  ].find((names) => names.length > 0);
  return [...new Set((found ?? []).map(nameIn))];
}

async function describeTable(aws: Aws, { resourceId: TableName }: ResourceRef) {
  const { Table } = await aws(DynamoDBClient).send(new DescribeTableCommand({ TableName }));
  return carried('DescribeTable', 'Table', Table);
}

async function readDeletionProtection(aws: Aws, ref: ResourceRef) {
  const { TableStatus, DeletionProtectionEnabled } = await describeTable(aws, ref);
  return { TableStatus: TableStatus ?? null, DeletionProtectionEnabled: DeletionProtectionEnabled ?? false };
}

async function readPointInTimeRecovery(aws: Aws, ref: ResourceRef) {
  const asked = new DescribeContinuousBackupsCommand({ TableName: ref.resourceId });
  const [{ TableStatus }, { ContinuousBackupsDescription }] = await Promise.all([
    describeTable(aws, ref),
    aws(DynamoDBClient).send(asked),
  ]);
  const backups = carried('DescribeContinuousBackups', 'ContinuousBackupsDescription', ContinuousBackupsDescription);
  const status = backups.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus ?? 'DISABLED';
  return { TableStatus: TableStatus ?? null, PointInTimeRecoveryStatus: status };
}

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const tags: Record<string, string> = {};
  let from: string | undefined;
  do {
    const asked = new ListTagsOfResourceCommand({ ResourceArn: arnOf(ref), NextToken: from });
    const { Tags, NextToken } = await aws(DynamoDBClient).send(asked);
    Object.assign(tags, tagsByKey(carried('ListTagsOfResource', 'Tags', Tags)));
    from = NextToken;
  } while (from !== undefined);
  return { tags, service: serviceOfTags(tags) };
}

const arnOf = ({ resourceId, region, accountId }: ResourceRef) =>
  `arn:${partitionOf(region)}:dynamodb:${region}:${accountId}:table/${resourceId}`;

async function readCreation(aws: Aws, ref: ResourceRef) {
  const { TableStatus, CreationDateTime } = await describeTable(aws, ref);
  return { TableStatus: TableStatus ?? null, createdAt: CreationDateTime?.toISOString() ?? null };
}

const EVERY_FACET = ['deletionProtection', 'pointInTimeRecovery', 'creation', 'protection'] as const;

/** The ARN of an index or a stream is none of a table. */
const tableIn = (arn: string) => /^table\/([^/]+)$/.exec(parseArn(arn)?.resource ?? '')?.[1] ?? null;

/** A table by its name: whether it is protected from deletion, and can be restored to any second. */
export const table = defineResource({
  service: dynamodb,
  type: 'AWS::DynamoDB::Table',
  triggers: [
    call(
      'dynamodb.amazonaws.com',
      ['CreateTable', 'ImportTable', 'RestoreTableFromBackup', 'RestoreTableToPointInTime', 'DeleteTable'],
      { ids, facets: EVERY_FACET },
    ),
    call('dynamodb.amazonaws.com', 'UpdateTable', { ids, facets: ['deletionProtection'] }),
    call('dynamodb.amazonaws.com', 'UpdateContinuousBackups', { ids, facets: ['pointInTimeRecovery'] }),
    call('dynamodb.amazonaws.com', ['TagResource', 'UntagResource'], {
      ids: ({ request }) => strings(request, 'resourceArn').map(nameIn),
      facets: EVERY_FACET,
    }),
    ...protectionTriggers((arn) => (parseArn(arn)?.service === 'dynamodb' ? tableIn(arn) : null)),
  ],
  gone: ['ResourceNotFoundException', 'TableNotFoundException'],
  facets: {
    deletionProtection: { grants: onTables('dynamodb:DescribeTable'), read: readDeletionProtection },
    pointInTimeRecovery: {
      grants: onTables('dynamodb:DescribeTable', 'dynamodb:DescribeContinuousBackups'),
      read: readPointInTimeRecovery,
    },
    creation: { grants: onTables('dynamodb:DescribeTable'), read: readCreation },
    protection: {
      grants: protectionGrants,
      regional: true,
      read: (aws: Aws, ref: ResourceRef) => readProtection(aws, arnOf(ref)),
    },
  },
  grants: onEverything('dynamodb:ListTables'),
  volatile: ['TableStatus', ...BACKUP_TIMES],
  ownership: { grants: onTables('dynamodb:ListTagsOfResource'), read: readOwnership },
  arn: arnOf,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `dynamodbv2/home#table?name=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListTables({ client: aws(DynamoDBClient), startingToken: from }, { Limit: 100 }),
      ({ LastEvaluatedTableName }) => LastEvaluatedTableName,
      ({ TableNames }) => carried('ListTables', 'TableNames', TableNames).map((resourceId) => ({ resourceId })),
    ),
});
