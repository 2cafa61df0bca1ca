import {
  DescribeSnapshotAttributeCommand,
  type DescribeSnapshotsCommandOutput,
  EC2Client,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import { consoleUrl } from '../../aws/console-url.ts';
import { ec2Ownership } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, defineResource, partitionOf, type ResourceRef } from '../../resource.ts';

const named = {
  ids: ({ request }: CallRecord) => strings(request, 'snapshotId'),
  facets: ['createVolumePermission'],
} as const;

async function readCreateVolumePermission(aws: Aws, { resourceId }: ResourceRef) {
  const { CreateVolumePermissions = [] } = await aws(EC2Client).send(
    new DescribeSnapshotAttributeCommand({ SnapshotId: resourceId, Attribute: 'createVolumePermission' }),
  );
  return { public: CreateVolumePermissions.some(({ Group }) => Group === 'all') };
}

/** The account's own snapshots; with `all`, only those that everybody can restore. */
const ownSnapshots = (aws: Aws, restorableBy: readonly 'all'[], from?: string) =>
  paginateDescribeSnapshots(
    { client: aws(EC2Client), startingToken: from },
    { OwnerIds: ['self'], RestorableByUserIds: [...restorableBy], MaxResults: 1000 },
  );

const idsOf = ({ Snapshots = [] }: DescribeSnapshotsCommandOutput) =>
  Snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? []);

/** An EBS snapshot: whether everybody can make volumes from it. */
export const snapshot = defineResource({
  service: 'ec2',
  type: 'AWS::EC2::Snapshot',
  eventSource: 'ec2.amazonaws.com',
  gone: ['InvalidSnapshot.NotFound', 'InvalidSnapshotID.Malformed'],
  events: {
    ModifySnapshotAttribute: named,
    ResetSnapshotAttribute: named,
    DeleteSnapshot: named,
  },
  actions: ['ec2:DescribeSnapshots'],
  facets: {
    createVolumePermission: { actions: ['ec2:DescribeSnapshotAttribute'], read: readCreateVolumePermission },
  },
  ownership: ec2Ownership,
  arn: ({ resourceId, region }) => `arn:${partitionOf(region)}:ec2:${region}::snapshot/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, 'ec2', `SnapshotDetails:snapshotId=${resourceId}`),
  async *list(aws, _account, from) {
    // Only the few that EC2 lists as public are read one by one.
    const listedAsPublic = new Set((await Array.fromAsync(ownSnapshots(aws, ['all']), idsOf)).flat());
    yield* pagesOf(
      ownSnapshots(aws, [], from),
      ({ NextToken }) => NextToken,
      (page) =>
        idsOf(page).map((resourceId) =>
          listedAsPublic.has(resourceId)
            ? { resourceId }
            : { resourceId, facets: { createVolumePermission: { public: false } } },
        ),
    );
  },
});
