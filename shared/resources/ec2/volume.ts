import { DescribeVolumesCommand, EC2Client, paginateDescribeVolumes, type Volume } from '@aws-sdk/client-ec2';
import { carried, sole } from '../../aws/answer.ts';
import {
  BACKUP_TIMES,
  type Protection,
  protectionGrants,
  protectionTriggers,
  readProtection,
} from '../../aws/backup/protection.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { PAGE, portions } from '../../aws/ec2/describe.ts';
import { ec2Ownership, tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, type EventRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, event, onEverything, partitionOf, type ResourceRef } from '../../resource.ts';
import ec2 from './service.ts';

/** The volumes of these instances. */
async function attachedTo(aws: Aws, instanceIds: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const Values of portions(instanceIds)) {
    const asked = { Filters: [{ Name: 'attachment.instance-id', Values }] };
    for await (const page of paginateDescribeVolumes({ client: aws(EC2Client) }, asked))
      found.push(...carried('DescribeVolumes', 'volumeSet', page.Volumes).flatMap(({ VolumeId }) => VolumeId ?? []));
  }
  return [...new Set(found)];
}

/** Launch volumes have no call of their own, and the answer of RunInstances seldom names them. */
const ofLaunched = (aws: Aws, { response, raw }: CallRecord) =>
  attachedTo(aws, [
    ...strings(response, 'instancesSet.items.instanceId'),
    ...strings(raw, 'serviceEventDetails.instanceIdSet'),
  ]);

const ofRooted = (aws: Aws, { request }: CallRecord) => attachedTo(aws, strings(request, 'InstanceId'));

/** When the launch is recorded, its volumes may not be attached yet; where the instance runs, they are. */
const ofRunning = async (aws: Aws, { detail }: EventRecord) =>
  detail.state === 'running' ? attachedTo(aws, strings(detail, 'instance-id')) : [];

const idsNotified = ({ resources }: EventRecord) =>
  resources.flatMap((arn) => /:volume\/(vol-\w+)$/.exec(arn)?.[1] ?? []);

const describeVolumes = onEverything('ec2:DescribeVolumes');

const volumeOf = ({ State, Encrypted = false, Attachments = [] }: Volume) => ({
  state: State ?? null,
  encrypted: Encrypted,
  attachedTo: Attachments.filter(({ State: state }) => state !== 'detached').flatMap(
    ({ InstanceId, AssociatedResource }) => InstanceId ?? AssociatedResource ?? [],
  ),
});

const creationOf = ({ CreateTime }: Volume) => ({ createdAt: CreateTime?.toISOString() ?? null });

async function describeVolume(aws: Aws, { resourceId }: ResourceRef): Promise<Volume> {
  const { Volumes } = await aws(EC2Client).send(new DescribeVolumesCommand({ VolumeIds: [resourceId] }));
  return sole('EC2', Volumes, 'VolumeId', resourceId);
}

const arnOf = ({ region, accountId }: ResourceRef, kind: string, id: string) =>
  `arn:${partitionOf(region)}:ec2:${region}:${accountId}:${kind}/${id}`;

/** A backup of an instance holds its volumes. */
async function readVolumeProtection(aws: Aws, ref: ResourceRef): Promise<Protection> {
  const own = await readProtection(aws, arnOf(ref, 'volume', ref.resourceId));
  if (own.lastBackup !== null) return own;
  const { Attachments = [] } = await describeVolume(aws, ref);
  for (const { InstanceId } of Attachments) {
    if (InstanceId === undefined) continue;
    const { lastBackup } = await readProtection(aws, arnOf(ref, 'instance', InstanceId));
    if (lastBackup !== null) return { lastBackup, backedUpWith: InstanceId };
  }
  return own;
}

const volumeIn = (arn: string) => /:volume\/(vol-\w+)$/.exec(arn)?.[1] ?? null;

const EVERY_FACET = ['volume', 'creation', 'protection'] as const;

/** An EBS volume: its state, whether it is encrypted, and what it is attached to. */
export const volume = defineResource({
  service: ec2,
  type: 'AWS::EC2::Volume',
  triggers: [
    call('ec2.amazonaws.com', 'CreateVolume', {
      ids: ({ response }) => strings(response, 'volumeId'),
      facets: EVERY_FACET,
    }),
    call('ec2.amazonaws.com', ['AttachVolume', 'DetachVolume', 'DeleteVolume'], {
      ids: ({ request }) => strings(request, 'volumeId'),
      facets: EVERY_FACET,
    }),
    call('ec2.amazonaws.com', ['RunInstances', 'BidFulfilledEvent'], {
      find: ofLaunched,
      grants: describeVolumes,
      facets: EVERY_FACET,
    }),
    call('ec2.amazonaws.com', 'CreateReplaceRootVolumeTask', {
      find: ofRooted,
      grants: describeVolumes,
      facets: EVERY_FACET,
    }),
    tagCalls('vol-', EVERY_FACET),
    event('aws.ec2', 'EC2 Instance State-change Notification', {
      find: ofRunning,
      grants: describeVolumes,
      facets: EVERY_FACET,
    }),
    ...protectionTriggers(volumeIn),
    event('aws.ec2', 'EBS Volume Notification', { ids: idsNotified, find: async () => [], facets: EVERY_FACET }),
  ],
  gone: ['InvalidVolume.NotFound', 'InvalidVolumeID.Malformed'],
  facets: {
    volume: { grants: describeVolumes, read: async (aws, ref) => volumeOf(await describeVolume(aws, ref)) },
    creation: { grants: describeVolumes, read: async (aws, ref) => creationOf(await describeVolume(aws, ref)) },
    protection: {
      grants: { ...protectionGrants, ...describeVolumes },
      regional: true,
      read: readVolumeProtection,
    },
  },
  grants: describeVolumes,
  volatile: BACKUP_TIMES,
  ownership: ec2Ownership,
  arn: (ref) => arnOf(ref, 'volume', ref.resourceId),
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `ec2/home#VolumeDetails:volumeId=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeVolumes({ client: aws(EC2Client), startingToken: from }, { MaxResults: PAGE }),
      ({ NextToken }) => NextToken,
      ({ Volumes }) =>
        carried('DescribeVolumes', 'volumeSet', Volumes).flatMap((found) =>
          found.VolumeId === undefined
            ? []
            : [{ resourceId: found.VolumeId, facets: { volume: volumeOf(found), creation: creationOf(found) } }],
        ),
    ),
});
