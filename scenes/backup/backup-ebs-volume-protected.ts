import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeTagsCommand,
  EC2Client,
  type Tag,
} from '@aws-sdk/client-ec2';
import { launchInstance } from '../ec2/instance.ts';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { afterGrace, createPlan, parameters, TAG } from './plan.ts';

const OWNER = { Key: 'team', Value: 'shop' };

/** A volume in use: attached to this instance. */
async function attachVolume({ aws }: SceneAccount, InstanceId: string, Device: string, Tags: Tag[]) {
  const client = aws(EC2Client);
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
  const AvailabilityZone = Reservations[0]?.Instances?.[0]?.Placement?.AvailabilityZone;
  const TagSpecifications = [{ ResourceType: 'volume' as const, Tags }];
  const made = await client.send(new CreateVolumeCommand({ AvailabilityZone, Size: 8, TagSpecifications }));
  const VolumeId = made.VolumeId ?? '';
  await client.send(new AttachVolumeCommand({ InstanceId, VolumeId, Device }));
  return VolumeId;
}

async function tagsOf({ aws }: SceneAccount, id: string) {
  const Filters = [{ Name: 'resource-id', Values: [id] }];
  const { Tags = [] } = await aws(EC2Client).send(new DescribeTagsCommand({ Filters }));
  return Tags.toSorted((a, b) => (a.Key ?? '').localeCompare(b.Key ?? ''));
}

export default {
  title: 'An EBS volume without the tag of the backup plan is attached',
  expects: { 'backup-ebs-volume-protected': 'remediated' },
  parameters,
  leaves: 'the tag, which no volume had before',
  async prepare(account) {
    await createPlan(account);
    const instanceId = await launchInstance(account);
    const other = await attachVolume(account, instanceId, '/dev/sdf', [OWNER, TAG]);
    let id = '';
    return {
      state: () => tagsOf(account, id),
      neighbours: async () => ({ [`tags of volume ${other}`]: await tagsOf(account, other) }),
      async happen() {
        id = await attachVolume(account, instanceId, '/dev/sdg', [OWNER]);
        const event = freshEvent('ec2/AttachVolume', account, { 'requestParameters.volumeId': id });
        return { event, at: afterGrace() };
      },
    };
  },
} satisfies Scene;
