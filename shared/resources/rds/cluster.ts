import { type DBCluster, DescribeDBClustersCommand, paginateDescribeDBClusters, RDSClient } from '@aws-sdk/client-rds';
import { carried, IncompleteAnswerError } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { identifierIn, identifiersAt, taggedOf } from '../../aws/rds/identifiers.ts';
import { tagsByKey } from '../../aws/tags.ts';
import type { CallRecord } from '../../event.ts';
import {
  type Aws,
  type ConfigName,
  call,
  defineResource,
  event,
  Gone,
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
/** How AWS Config's id of a cluster begins (`DbClusterResourceId`). */
const CONFIG_ID = 'cluster-';

const commonOf = ({ Status, Engine }: DBCluster) => ({ Status: Status ?? null, Engine: Engine ?? null });

/** What the facets hold of a cluster: all come with one answer, and each holds no more than its controls go by. What RDS leaves out is not switched on. */
const PARTS = {
  backup: (found: DBCluster) => ({
    ...commonOf(found),
    BackupRetentionPeriod: found.BackupRetentionPeriod ?? 0,
    pending: found.PendingModifiedValues?.BackupRetentionPeriod ?? null,
  }),
  deletionProtection: (found: DBCluster) => ({
    ...commonOf(found),
    DeletionProtection: found.DeletionProtection ?? false,
  }),
  minorUpgrade: (found: DBCluster) => ({
    ...commonOf(found),
    globalCluster: found.GlobalClusterIdentifier ?? null,
    AutoMinorVersionUpgrade: found.AutoMinorVersionUpgrade ?? false,
  }),
  multiAz: (found: DBCluster) => ({ ...commonOf(found), MultiAZ: found.MultiAZ ?? false }),
  storage: (found: DBCluster) => ({ ...commonOf(found), StorageEncrypted: found.StorageEncrypted ?? false }),
};
const EVERY_FACET = ['backup', 'deletionProtection', 'minorUpgrade', 'multiAz', 'storage'] as const;

const partsOf = (found: DBCluster) => ({
  backup: PARTS.backup(found),
  deletionProtection: PARTS.deletionProtection(found),
  minorUpgrade: PARTS.minorUpgrade(found),
  multiAz: PARTS.multiAz(found),
  storage: PARTS.storage(found),
});

const facet = <T>(partOf: (found: DBCluster) => T) => ({
  grants: describeDBClusters,
  read: async (aws: Aws, ref: ResourceRef): Promise<T> => partOf(await describeCluster(aws, ref)),
});

/** The cluster of that identifier. Throws DBClusterNotFoundFault or Gone where there is none. */
async function describeCluster(aws: Aws, { resourceId }: Pick<ResourceRef, 'resourceId'>): Promise<DBCluster> {
  const asked = new DescribeDBClustersCommand({ DBClusterIdentifier: resourceId });
  const { DBClusters } = await aws(RDSClient).send(asked);
  if (DBClusters === undefined) throw new IncompleteAnswerError('DescribeDBClusters answered without DBClusters');
  const found = DBClusters.find(({ DBClusterIdentifier }) => DBClusterIdentifier === resourceId);
  if (found === undefined) throw new Gone(`RDS knows no cluster ${resourceId}`);
  return found;
}

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const { TagList = [] } = await describeCluster(aws, ref);
  return { tags: tagsByKey(TagList), service: null };
}

/** What the answer calls the cluster, else what the request does; one that is being renamed is looked at under both names. */
const named = ({ request, response }: CallRecord): readonly string[] => {
  const answered = identifiersAt(response, 'dBClusterIdentifier');
  const asked = answered.length > 0 ? answered : identifiersAt(request, 'dBClusterIdentifier');
  const renamed = identifiersAt(request, 'newDBClusterIdentifier');
  return [...new Set([...asked, ...renamed])];
};

/** AWS Config says `cluster-…` as the id, and the identifier as the name beside it, if at all. */
async function identify(aws: Aws, { resourceId, resourceName, arn }: ConfigName): Promise<string | null> {
  const known = resourceName ?? arn;
  if (known !== null) return identifierIn(known);
  if (!resourceId.toLowerCase().startsWith(CONFIG_ID)) return identifierIn(resourceId);
  const filter = { Filters: [{ Name: 'db-cluster-resource-id', Values: [resourceId] }] };
  const answer = await orNull(aws(RDSClient).send(new DescribeDBClustersCommand(filter)), ...GONE);
  const found = answer?.DBClusters?.find(({ DbClusterResourceId }) => DbClusterResourceId === resourceId);
  return found?.DBClusterIdentifier ?? null;
}

async function configIdOf(aws: Aws, ref: ResourceRef): Promise<string> {
  const { DbClusterResourceId } = await describeCluster(aws, ref);
  if (DbClusterResourceId === undefined)
    throw new IncompleteAnswerError('DescribeDBClusters answered without DbClusterResourceId');
  return DbClusterResourceId;
}

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
      { ids: named, facets: EVERY_FACET },
    ),
    // Of every type that RDS tags; an exempting tag may have gone.
    call('rds.amazonaws.com', ['AddTagsToResource', 'RemoveTagsFromResource'], {
      ids: taggedOf('cluster'),
      find: async () => [],
      facets: EVERY_FACET,
    }),
    // What no call of these names makes, and when RDS has done its work.
    event('aws.rds', 'RDS DB Cluster Event', {
      ids: ({ detail }) => identifiersAt(detail, 'SourceArn', 'SourceIdentifier'),
      facets: EVERY_FACET,
    }),
  ],
  gone: GONE,
  facets: {
    backup: facet(PARTS.backup),
    deletionProtection: facet(PARTS.deletionProtection),
    minorUpgrade: facet(PARTS.minorUpgrade),
    multiAz: facet(PARTS.multiAz),
    storage: facet(PARTS.storage),
  },
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
            : [{ resourceId: found.DBClusterIdentifier, facets: partsOf(found) }],
        ),
    ),
  identify,
  configIdOf,
});
