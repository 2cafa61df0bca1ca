import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
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

export default {
  title: 'An Auto Scaling group is drawn back to one Availability Zone',
  expects: { 'autoscaling-group-multi-az': 'detected' },
  async prepare(account) {
    const { aws, region, name } = account;
    const ec2 = aws(EC2Client);
    const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.77.0.0/16' }));
    const first = await createSubnet(account, VpcId, '10.77.1.0/24', { zone: `${region}a` });
    const second = await createSubnet(account, VpcId, '10.77.2.0/24', { zone: `${region}b` });
    const group = await createAutoScalingGroup(account, 'web', [first, second]);
    const other = await createAutoScalingGroup(account, name('worker'), [first, second]);
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
  },
} satisfies Scene;
