import {
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { told } from '../sample.ts';
import type { Account, Scene } from '../scene.ts';
import { letIn } from './security-groups.ts';

const ID = 'ec2-default-security-group-closed';

/** A new VPC, with the id of the default group that it brings. */
async function vpcOf({ aws }: Account, CidrBlock: string) {
  const ec2 = aws(EC2Client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock }));
  const vpcId = Vpc?.VpcId ?? '';
  const Filters = [
    { Name: 'vpc-id', Values: [vpcId] },
    { Name: 'group-name', Values: ['default'] },
  ];
  const { SecurityGroups: [group] = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return { vpcId, groupId: group?.GroupId ?? '', egress: group?.IpPermissionsEgress ?? [] };
}

const newVpc: Scene = {
  title: 'A VPC is made, and with it a default security group that lets everything out',
  expects: { [ID]: 'remediated' },
  async prepare(account) {
    return {
      async happen() {
        const { vpcId, groupId } = await vpcOf(account, '10.20.0.0/16');
        return {
          event: told('ec2/CreateVpc', account, { 'responseElements.vpc.vpcId': vpcId }),
          leaves: [`vpc ${vpcId}`, `security group ${groupId}`],
        };
      },
    };
  },
};

const groupInUse: Scene = {
  title: 'A rule is put into a default group that a network interface uses',
  expects: { [ID]: 'detected' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { vpcId, groupId: GroupId, egress } = await vpcOf(account, '10.30.0.0/16');
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: egress }));
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.30.1.0/24' }));
    await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet?.SubnetId, Groups: [GroupId] }));
    return {
      async happen() {
        const permission = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
        const rule = await letIn(account, GroupId, permission);
        const names = { 'requestParameters.groupId': GroupId };
        return {
          event: told('ec2/AuthorizeSecurityGroupIngress', account, names),
          leaves: [`rule ${GroupId} ${rule}`],
        };
      },
    };
  },
};

export const vpcScenes: readonly Scene[] = [newVpc, groupInUse];
