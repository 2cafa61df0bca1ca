import { CreateVpcCommand, EC2Client, ModifySubnetAttributeCommand } from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createSubnet, describeSubnet } from './subnet.ts';

export default {
  title: 'A subnet begins to assign public addresses to what is launched in it',
  expects: { 'ec2-subnet-auto-public-ip-disabled': 'remediated' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.71.0.0/16' }));
    const SubnetId = await createSubnet(account, VpcId, '10.71.1.0/24');
    const other = await createSubnet(account, VpcId, '10.71.2.0/24');
    const MapPublicIpOnLaunch = { Value: true };
    return {
      state: () => describeSubnet(account, SubnetId),
      neighbours: async () => ({ [`subnet ${other}`]: await describeSubnet(account, other) }),
      async happen() {
        await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch }));
        return { event: freshEvent('ec2/ModifySubnetAttribute', account, { 'requestParameters.subnetId': SubnetId }) };
      },
    };
  },
} satisfies Scene;
