import { DescribeDBSnapshotAttributesCommand, paginateDescribeDBSnapshots, RDSClient } from '@aws-sdk/client-rds';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { rdsOwnership, sharingOf, snapshotsNamed, snapshotsTagged } from '../../aws/rds/snapshots.ts';
import { type Aws, call, defineResource, onResources, partitionOf, type ResourceRef } from '../../resource.ts';
import rds from './service.ts';

const SNAPSHOTS = 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:snapshot:*';

async function readSharing(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: resourceId });
  const { DBSnapshotAttributesResult: result } = await aws(RDSClient).send(asked);
  carried('DescribeDBSnapshotAttributes', 'DBSnapshotIdentifier', result?.DBSnapshotIdentifier);
  return sharingOf(carried('DescribeDBSnapshotAttributes', 'DBSnapshotAttributes', result?.DBSnapshotAttributes));
}

const arnOf = ({ resourceId, region, accountId }: ResourceRef) =>
  `arn:${partitionOf(region)}:rds:${region}:${accountId}:snapshot:${resourceId}`;

/** A snapshot of a DB instance by its identifier: whether everybody may restore it. */
export const dbSnapshot = defineResource({
  service: rds,
  type: 'AWS::RDS::DBSnapshot',
  triggers: [
    call('rds.amazonaws.com', ['CreateDBSnapshot', 'ModifyDBSnapshotAttribute', 'DeleteDBSnapshot'], {
      ids: snapshotsNamed('dBSnapshotIdentifier', 'dBSnapshotIdentifier'),
      facets: ['sharing'],
    }),
    call('rds.amazonaws.com', 'CopyDBSnapshot', {
      ids: snapshotsNamed('dBSnapshotIdentifier', 'targetDBSnapshotIdentifier'),
      facets: ['sharing'],
    }),
    // Of every type that RDS tags; an exempting tag may have gone.
    call('rds.amazonaws.com', ['AddTagsToResource', 'RemoveTagsFromResource'], {
      ids: snapshotsTagged('snapshot'),
      find: async () => [],
      facets: ['sharing'],
    }),
  ],
  gone: ['DBSnapshotNotFoundFault', 'DBSnapshotNotFound'],
  facets: { sharing: { grants: onResources(SNAPSHOTS, 'rds:DescribeDBSnapshotAttributes'), read: readSharing } },
  grants: onResources([SNAPSHOTS, 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:db:*'], 'rds:DescribeDBSnapshots'),
  ownership: {
    grants: onResources(SNAPSHOTS, 'rds:ListTagsForResource'),
    read: (aws, ref) => rdsOwnership(aws, arnOf(ref)),
  },
  arn: arnOf,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `rds/home#db-snapshot:engine=;id=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeDBSnapshots({ client: aws(RDSClient), startingToken: from }, { MaxRecords: 100 }),
      ({ Marker }) => Marker,
      ({ DBSnapshots }) =>
        carried('DescribeDBSnapshots', 'DBSnapshots', DBSnapshots).flatMap(
          ({ DBSnapshotIdentifier: resourceId, SnapshotType }) => {
            if (resourceId === undefined) return [];
            // Automated snapshots cannot be shared.
            return SnapshotType === 'automated'
              ? [{ resourceId, facets: { sharing: { public: false } } }]
              : [{ resourceId }];
          },
        ),
    ),
});
