import { DescribeVolumesCommand, EC2Client, paginateDescribeVolumes, type Volume } from '@aws-sdk/client-ec2';
import { carried, sole } from '../../aws/answer.ts';
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

async function readVolume(aws: Aws, { resourceId }: ResourceRef) {
  const { Volumes } = await aws(EC2Client).send(new DescribeVolumesCommand({ VolumeIds: [resourceId] }));
  return volumeOf(sole('EC2', Volumes, 'VolumeId', resourceId));
}

/** An EBS volume: its state, whether it is encrypted, and what it is attached to. */
export const volume = defineResource({
  service: ec2,
  type: 'AWS::EC2::Volume',
  triggers: [
    call('ec2.amazonaws.com', 'CreateVolume', {
      ids: ({ response }) => strings(response, 'volumeId'),
      facets: ['volume'],
    }),
    call('ec2.amazonaws.com', ['AttachVolume', 'DetachVolume', 'DeleteVolume'], {
      ids: ({ request }) => strings(request, 'volumeId'),
      facets: ['volume'],
    }),
    call('ec2.amazonaws.com', ['RunInstances', 'BidFulfilledEvent'], {
      find: ofLaunched,
      grants: describeVolumes,
      facets: ['volume'],
    }),
    call('ec2.amazonaws.com', 'CreateReplaceRootVolumeTask', {
      find: ofRooted,
      grants: describeVolumes,
      facets: ['volume'],
    }),
    tagCalls('vol-', ['volume']),
    event('aws.ec2', 'EC2 Instance State-change Notification', {
      find: ofRunning,
      grants: describeVolumes,
      facets: ['volume'],
    }),
    event('aws.ec2', 'EBS Volume Notification', { ids: idsNotified, find: async () => [], facets: ['volume'] }),
  ],
  gone: ['InvalidVolume.NotFound', 'InvalidVolumeID.Malformed'],
  facets: { volume: { grants: describeVolumes, read: readVolume } },
  grants: describeVolumes,
  ownership: ec2Ownership,
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ec2:${region}:${accountId}:volume/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `ec2/home#VolumeDetails:volumeId=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeVolumes({ client: aws(EC2Client), startingToken: from }, { MaxResults: PAGE }),
      ({ NextToken }) => NextToken,
      ({ Volumes }) =>
        carried('DescribeVolumes', 'volumeSet', Volumes).flatMap((found) =>
          found.VolumeId === undefined ? [] : [{ resourceId: found.VolumeId, facets: { volume: volumeOf(found) } }],
        ),
    ),
});
