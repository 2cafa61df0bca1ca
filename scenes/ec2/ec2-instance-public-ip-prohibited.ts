import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { launchInstance } from './instance.ts';
import { createSubnet } from './subnet.ts';

export default {
  title: 'An instance gets an Elastic IP address',
  expects: { 'ec2-instance-public-ip-prohibited': 'detected' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.74.0.0/16' }));
    const subnet = await createSubnet(account, VpcId, '10.74.1.0/24');
    const [InstanceId, other] = [await launchInstance(account, subnet), await launchInstance(account, subnet)];
    const addressOf = async (id: string) => {
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
      return Reservations?.[0]?.Instances?.[0]?.PublicIpAddress ?? null;
    };
    return {
      state: () => addressOf(InstanceId),
      neighbours: async () => ({ [`address of ${other}`]: await addressOf(other) }),
      async happen() {
        const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
        await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }));
        return { event: freshEvent('ec2/AssociateAddress', account, { 'requestParameters.instanceId': InstanceId }) };
      },
    };
  },
} satisfies Scene;
