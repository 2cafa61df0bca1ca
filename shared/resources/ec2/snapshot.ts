import { DescribeSnapshotAttributeCommand, EC2Client, paginateDescribeSnapshots } from '@aws-sdk/client-ec2';
import { consoleUrl } from '../../console.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, defineResource, partitionOf, type ResourceRef } from '../../resource.ts';
import { ec2Ownership } from '../ec2-tags.ts';

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

/** Ids of the account's own snapshots; with `all`, only of those that everybody can restore. */
async function* ownSnapshots(aws: Aws, ...RestorableByUserIds: readonly 'all'[]) {
  const asked = { OwnerIds: ['self'], RestorableByUserIds: [...RestorableByUserIds], MaxResults: 1000 };
  for await (const page of paginateDescribeSnapshots({ client: aws(EC2Client) }, asked))
    for (const { SnapshotId } of page.Snapshots ?? []) if (SnapshotId !== undefined) yield SnapshotId;
}

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
  async *list(aws) {
    // Only the few that EC2 lists as public are read one by one.
    const listedAsPublic = new Set(await Array.fromAsync(ownSnapshots(aws, 'all')));
    for await (const resourceId of ownSnapshots(aws))
      yield listedAsPublic.has(resourceId)
        ? { resourceId }
        : { resourceId, facets: { createVolumePermission: { public: false } } };
  },
});
