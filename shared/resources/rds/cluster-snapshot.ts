import {
  DescribeDBClusterSnapshotAttributesCommand,
  paginateDescribeDBClusterSnapshots,
  RDSClient,
} from '@aws-sdk/client-rds';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { rdsOwnership, sharingOf, snapshotsNamed, snapshotsTagged } from '../../aws/rds/snapshots.ts';
import { type Aws, call, defineResource, onResources, partitionOf, type ResourceRef } from '../../resource.ts';
import rds from './service.ts';

const SNAPSHOTS = 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:cluster-snapshot:*';

async function readSharing(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier: resourceId });
  const { DBClusterSnapshotAttributesResult: result } = await aws(RDSClient).send(asked);
  carried('DescribeDBClusterSnapshotAttributes', 'DBClusterSnapshotIdentifier', result?.DBClusterSnapshotIdentifier);
  return sharingOf(
    carried('DescribeDBClusterSnapshotAttributes', 'DBClusterSnapshotAttributes', result?.DBClusterSnapshotAttributes),
  );
}

const arnOf = ({ resourceId, region, accountId }: ResourceRef) =>
  `arn:${partitionOf(region)}:rds:${region}:${accountId}:cluster-snapshot:${resourceId}`;

/** A snapshot of a cluster of Aurora, DocumentDB or Neptune by its identifier: whether everybody may restore it. */
export const dbClusterSnapshot = defineResource({
  service: rds,
  type: 'AWS::RDS::DBClusterSnapshot',
  triggers: [
    call(
      'rds.amazonaws.com',
      ['CreateDBClusterSnapshot', 'ModifyDBClusterSnapshotAttribute', 'DeleteDBClusterSnapshot'],
      {
        ids: snapshotsNamed('dBClusterSnapshotIdentifier', 'dBClusterSnapshotIdentifier'),
        facets: ['sharing'],
      },
    ),
    call('rds.amazonaws.com', 'CopyDBClusterSnapshot', {
      ids: snapshotsNamed('dBClusterSnapshotIdentifier', 'targetDBClusterSnapshotIdentifier'),
      facets: ['sharing'],
    }),
    // Of every type that RDS tags; an exempting tag may have gone.
    call('rds.amazonaws.com', ['AddTagsToResource', 'RemoveTagsFromResource'], {
      ids: snapshotsTagged('cluster-snapshot'),
      find: async () => [],
      facets: ['sharing'],
    }),
  ],
  gone: ['DBClusterSnapshotNotFoundFault', 'DBClusterSnapshotNotFound'],
  facets: { sharing: { grants: onResources(SNAPSHOTS, 'rds:DescribeDBClusterSnapshotAttributes'), read: readSharing } },
  grants: onResources(
    [SNAPSHOTS, 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:cluster:*'],
    'rds:DescribeDBClusterSnapshots',
  ),
  ownership: {
    grants: onResources(SNAPSHOTS, 'rds:ListTagsForResource'),
    read: (aws, ref) => rdsOwnership(aws, arnOf(ref)),
  },
  arn: arnOf,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `rds/home#db-snapshot:engine=;id=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeDBClusterSnapshots({ client: aws(RDSClient), startingToken: from }, { MaxRecords: 100 }),
      ({ Marker }) => Marker,
      ({ DBClusterSnapshots }) =>
        carried('DescribeDBClusterSnapshots', 'DBClusterSnapshots', DBClusterSnapshots).flatMap(
          ({ DBClusterSnapshotIdentifier: resourceId, SnapshotType }) => {
            if (resourceId === undefined) return [];
            // Automated snapshots cannot be shared.
            return SnapshotType === 'automated'
              ? [{ resourceId, facets: { sharing: { public: false } } }]
              : [{ resourceId }];
          },
        ),
    ),
});
