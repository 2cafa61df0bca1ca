import {
  DescribeSnapshotAttributeCommand,
  type DescribeSnapshotsCommandOutput,
  EC2Client,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import { carried, IncompleteAnswerError } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { PAGE } from '../../aws/ec2/describe.ts';
import { ec2Ownership, tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  onEverything,
  onResources,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import ec2 from './service.ts';

async function readCreateVolumePermission(aws: Aws, { resourceId }: ResourceRef) {
  const { SnapshotId, CreateVolumePermissions } = await aws(EC2Client).send(
    new DescribeSnapshotAttributeCommand({ SnapshotId: resourceId, Attribute: 'createVolumePermission' }),
  );
  if (SnapshotId !== resourceId)
    throw new IncompleteAnswerError(`DescribeSnapshotAttribute answered without ${resourceId}`);
  const permissions = carried('DescribeSnapshotAttribute', 'createVolumePermission', CreateVolumePermissions);
  return { public: permissions.some(({ Group }) => Group === 'all') };
}

/** The account's own snapshots; with `all`, only those that everybody can restore. */
const ownSnapshots = (aws: Aws, restorableBy: readonly 'all'[], from?: string) =>
  paginateDescribeSnapshots(
    { client: aws(EC2Client), startingToken: from },
    { OwnerIds: ['self'], RestorableByUserIds: [...restorableBy], MaxResults: PAGE },
  );

const idsOf = ({ Snapshots }: DescribeSnapshotsCommandOutput) =>
  carried('DescribeSnapshots', 'snapshotSet', Snapshots).flatMap(({ SnapshotId }) => SnapshotId ?? []);

/** An EBS snapshot: whether everybody can make volumes from it. */
export const snapshot = defineResource({
  service: ec2,
  type: 'AWS::EC2::Snapshot',
  triggers: [
    call('ec2.amazonaws.com', ['ModifySnapshotAttribute', 'ResetSnapshotAttribute', 'DeleteSnapshot'], {
      ids: ({ request }) => strings(request, 'snapshotId'),
      facets: ['createVolumePermission'],
    }),
    tagCalls('snap-', ['createVolumePermission']),
  ],
  gone: ['InvalidSnapshot.NotFound', 'InvalidSnapshotID.Malformed'],
  facets: {
    createVolumePermission: {
      // A snapshot that is gone belongs to nobody: with a condition on its account, EC2 could not say that it is gone.
      grants: onResources('arn:${AWS::Partition}:ec2:*::snapshot/*', 'ec2:DescribeSnapshotAttribute'),
      read: readCreateVolumePermission,
    },
  },
  grants: onEverything('ec2:DescribeSnapshots'),
  ownership: ec2Ownership,
  arn: ({ resourceId, region }) => `arn:${partitionOf(region)}:ec2:${region}::snapshot/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `ec2/home#SnapshotDetails:snapshotId=${resourceId}`),
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
