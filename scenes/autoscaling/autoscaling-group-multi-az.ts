import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, CreateVpcCommand, EC2Client, type Tag } from '@aws-sdk/client-ec2';
import { createSubnet } from '../ec2/subnet.ts';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

/** Creates a group that launches nothing yet into these subnets, and gives its name. */
export async function createAutoScalingGroup(account: SceneAccount, base: string, subnets: readonly string[]) {
  const AutoScalingGroupName = account.name(base);
  const LaunchTemplateData = { ImageId: 'ami-12345678', InstanceType: 't3.nano' } as const;
  const LaunchTemplateName = account.name(base);
  await account.aws(EC2Client).send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }));
  const command = new CreateAutoScalingGroupCommand({
    AutoScalingGroupName,
    ...{ MinSize: 0, MaxSize: 2, DesiredCapacity: 0 },
    LaunchTemplate: { LaunchTemplateName },
    VPCZoneIdentifier: subnets.join(','),
  });
  await account.aws(AutoScalingClient).send(command);
  return AutoScalingGroupName;
}

const ID = 'autoscaling-group-multi-az';
const SPARE = { Key: 'autoscaling', Value: 'spare' };

async function prepare(account: SceneAccount, CidrBlock: string, tags: Tag[]) {
  const { aws, region } = account;
  const { Vpc } = await aws(EC2Client).send(new CreateVpcCommand({ CidrBlock: `${CidrBlock}.0.0/16` }));
  const inZone = (zone: string, third: number) =>
    createSubnet(account, Vpc?.VpcId ?? '', `${CidrBlock}.${third}.0/24`, { zone: `${region}${zone}`, tags });
  const [first, second] = [await inZone('a', 1), await inZone('b', 2)];
  const group = await createAutoScalingGroup(account, 'web', [first, second]);
  const other = await createAutoScalingGroup(account, 'worker', [first, second]);
  const describe = async (id: string) => {
    const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [id] });
    return (await aws(AutoScalingClient).send(asked)).AutoScalingGroups;
  };
  return {
    state: () => describe(group),
    neighbours: async () => ({ [`group ${other}`]: await describe(other) }),
    async happen() {
      const change = { AutoScalingGroupName: group, VPCZoneIdentifier: first };
      await aws(AutoScalingClient).send(new UpdateAutoScalingGroupCommand(change));
      const at = 'requestParameters.autoScalingGroupName';
      return { event: freshEvent('autoscaling/UpdateAutoScalingGroup', account, { [at]: group }) };
    },
  };
}

export default {
  title: 'An Auto Scaling group is drawn back to one Availability Zone',
  expects: { [ID]: 'detected' },
  prepare: (account) => prepare(account, '10.77', []),
} satisfies Scene;

export const more: readonly Scene[] = [
  {
    title: 'An Auto Scaling group is drawn back to one Availability Zone, and there is a spare subnet in another',
    expects: { [ID]: 'remediated' },
    parameters: () => ({ spareSubnetTag: 'autoscaling=spare' }),
    prepare: (account) => prepare(account, '10.79', [SPARE]),
  },
];
