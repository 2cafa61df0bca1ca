import { CreateVpcCommand, DescribeInstancesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { launchInstance } from './instance.ts';

export default {
  title: 'An instance is launched into the default VPC',
  expects: { 'ec2-default-vpc-prohibited': 'detected' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.75.0.0/16' }));
    const describe = async (id = '') => (await ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }))).Vpcs;
    let vpcId: string | undefined;
    return {
      state: () => describe(vpcId),
      neighbours: async () => ({ [`VPC ${Vpc?.VpcId}`]: await describe(Vpc?.VpcId) }),
      async happen() {
        const InstanceIds = [await launchInstance(account)];
        const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
        vpcId = Reservations?.[0]?.Instances?.[0]?.VpcId ?? '';
        const names = {
          'responseElements.instancesSet.items.0.vpcId': vpcId,
          'responseElements.instancesSet.items.0.instanceId': InstanceIds[0] ?? '',
        };
        return { event: freshEvent('ec2/RunInstances', account, names) };
      },
    };
  },
} satisfies Scene;
