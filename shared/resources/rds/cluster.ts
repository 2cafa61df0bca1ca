import { type DBCluster, DescribeDBClustersCommand, paginateDescribeDBClusters, RDSClient } from '@aws-sdk/client-rds';
import { carried, sole } from '../../aws/answer.ts';
import { answerParts } from '../../aws/answer-parts.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { identifierOf, identifiersAt, namedIn, taggedOf } from '../../aws/rds/identifiers.ts';
import { tagsByKey } from '../../aws/tags.ts';
import type { CallRecord } from '../../event.ts';
import {
  type Aws,
  type ConfigName,
  call,
  defineResource,
  event,
  onResources,
  orNull,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import rds from './service.ts';

/** A listing is allowed on all clusters of the account. */
const describeDBClusters = onResources(
  'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:cluster:*',
  'rds:DescribeDBClusters',
);
const GONE = ['DBClusterNotFoundFault', 'DBClusterNotFound'];

const commonOf = ({ Status, Engine }: DBCluster) => ({ Status: Status ?? null, Engine: Engine ?? null });

/** The cluster of that identifier. Throws DBClusterNotFoundFault or Gone where there is none. */
async function describeCluster(aws: Aws, { resourceId }: Pick<ResourceRef, 'resourceId'>): Promise<DBCluster> {
  const asked = new DescribeDBClustersCommand({ DBClusterIdentifier: resourceId });
  const { DBClusters } = await aws(RDSClient).send(asked);
  return sole('RDS', DBClusters, 'DBClusterIdentifier', resourceId);
}

/** What RDS leaves out is not switched on. */
const PARTS = answerParts(describeDBClusters, describeCluster, {
  backup: (found) => ({
    ...commonOf(found),
    BackupRetentionPeriod: found.BackupRetentionPeriod ?? 0,
    pending: found.PendingModifiedValues?.BackupRetentionPeriod ?? null,
  }),
  deletionProtection: (found) => ({
    ...commonOf(found),
    DeletionProtection: found.DeletionProtection ?? false,
  }),
  minorUpgrade: (found) => ({
    ...commonOf(found),
    globalCluster: found.GlobalClusterIdentifier ?? null,
    AutoMinorVersionUpgrade: found.AutoMinorVersionUpgrade ?? false,
  }),
  multiAz: (found) => ({ ...commonOf(found), MultiAZ: found.MultiAZ ?? false }),
  storage: (found) => ({ ...commonOf(found), StorageEncrypted: found.StorageEncrypted ?? false }),
});

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const { TagList = [] } = await describeCluster(aws, ref);
  return { tags: tagsByKey(TagList), service: null };
}

/** What the answer calls the cluster, else what the request does; one that is being renamed is looked at under both names. */
const named = (record: CallRecord): readonly string[] => [
  ...new Set([...namedIn(record, 'dBClusterIdentifier'), ...identifiersAt(record.request, 'newDBClusterIdentifier')]),
];

/** AWS Config says `cluster-…` (`DbClusterResourceId`). */
const identify = (aws: Aws, item: ConfigName) =>
  identifierOf(item, 'cluster-', async (id) => {
    const filter = { Filters: [{ Name: 'db-cluster-resource-id', Values: [id] }] };
    const answer = await orNull(aws(RDSClient).send(new DescribeDBClustersCommand(filter)), ...GONE);
    const found = answer === null ? [] : carried('DescribeDBClusters', 'DBClusters', answer.DBClusters);
    return found.find(({ DbClusterResourceId }) => DbClusterResourceId === id)?.DBClusterIdentifier;
  });

const configIdOf = async (aws: Aws, ref: ResourceRef): Promise<string> =>
  carried('DescribeDBClusters', 'DbClusterResourceId', (await describeCluster(aws, ref)).DbClusterResourceId);

/** A DB cluster (Aurora, Multi-AZ; DocumentDB and Neptune, which answer by the same API) by its identifier: its status and its settings. */
export const dbCluster = defineResource({
  service: rds,
  type: 'AWS::RDS::DBCluster',
  triggers: [
    call(
      'rds.amazonaws.com',
      [
        'CreateDBCluster',
        'ModifyDBCluster',
        'RestoreDBClusterFromSnapshot',
        'RestoreDBClusterFromS3',
        'RestoreDBClusterToPointInTime',
        'PromoteReadReplicaDBCluster',
        'StartDBCluster',
        'DeleteDBCluster',
      ],
      { ids: named, facets: PARTS.names },
    ),
    // Of every type that RDS tags; an exempting tag may have gone.
    call('rds.amazonaws.com', ['AddTagsToResource', 'RemoveTagsFromResource'], {
      ids: taggedOf('cluster'),
      find: async () => [],
      facets: PARTS.names,
    }),
    // What no call of these names makes, and when RDS has done its work.
    event('aws.rds', 'RDS DB Cluster Event', {
      ids: ({ detail }) => identifiersAt(detail, 'SourceArn', 'SourceIdentifier'),
      facets: PARTS.names,
    }),
  ],
  gone: GONE,
  facets: PARTS.facets,
  grants: describeDBClusters,
  volatile: ['Status', 'pending'],
  ownership: { grants: describeDBClusters, read: readOwnership },
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:rds:${region}:${accountId}:cluster:${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `rds/home#database:id=${resourceId};is-cluster=true`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeDBClusters({ client: aws(RDSClient), startingToken: from }, { MaxRecords: 100 }),
      ({ Marker }) => Marker,
      ({ DBClusters }) =>
        carried('DescribeDBClusters', 'DBClusters', DBClusters).flatMap((found) =>
          found.DBClusterIdentifier === undefined
            ? []
            : [{ resourceId: found.DBClusterIdentifier, facets: PARTS.of(found) }],
        ),
    ),
  identify,
  configIdOf,
});
