import { AutoScalingClient, CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  AuthorizeSecurityGroupEgressCommand,
  CreateLaunchTemplateCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { allowIngress, createGroup, from, HTTPS, ingressEvent, tcp, watchGroup } from './security-group.ts';

const ID = 'ec2-default-security-group-closed';

/** Creates a VPC, with the default group that it brings. */
async function createVpc({ aws }: SceneAccount, CidrBlock: string) {
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

/** Creates a VPC whose default group has no rules. */
async function createClosedVpc(account: SceneAccount, CidrBlock: string) {
  const { vpcId, groupId, egress } = await createVpc(account, CidrBlock);
  await account.aws(EC2Client).send(new RevokeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions: egress }));
  return { vpcId, groupId };
}

export default {
  title: 'The default security group of a VPC gets rules: from itself and from an office, and a way out',
  expects: { [ID]: 'remediated' },
  async prepare(account) {
    const { vpcId, groupId } = await createClosedVpc(account, '10.20.0.0/16');
    const web = await createGroup(account, account.name('web'), [HTTPS], vpcId);
    const { groupId: other } = await createClosedVpc(account, '10.21.0.0/16');
    const { state, neighbours } = await watchGroup(account, groupId, { others: [web] });
    const rulesOfOther = (await watchGroup(account, other)).state;
    return {
      state,
      neighbours: async () => ({ ...(await neighbours()), [`default group ${other}`]: await rulesOfOther() }),
      async happen() {
        const fromItself = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: groupId, UserId: account.accountId }] };
        const fromWeb = tcp(5432, { UserIdGroupPairs: [{ GroupId: web, Description: 'web' }] });
        await allowIngress(account, groupId, [fromItself, fromWeb]);
        const Ipv6Ranges = [{ CidrIpv6: '2001:db8::/48', Description: 'the office' }];
        const fromOffice = tcp(443, { ...from('203.0.113.0/24', 'the office'), Ipv6Ranges });
        await allowIngress(account, groupId, [fromOffice], [{ Key: 'Owner', Value: 'jo' }]);
        const wayOut = new AuthorizeSecurityGroupEgressCommand({
          GroupId: groupId,
          IpPermissions: [{ IpProtocol: 'udp', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '10.0.0.2/32' }] }],
          TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'Owner', Value: 'network' }] }],
        });
        await account.aws(EC2Client).send(wayOut);
        return { event: ingressEvent(account, groupId) };
      },
    };
  },
} satisfies Scene;

const vpcCreated: Scene = {
  title: 'A VPC is created, and with it a default security group that lets everything out',
  expects: { [ID]: 'remediated' },
  leaves: 'the VPC, which is new',
  async prepare(account) {
    const web = await createGroup(account, account.name('web'), [HTTPS]);
    const { neighbours } = await watchGroup(account, web);
    let groupId = '';
    return {
      neighbours,
      state: async () => (await watchGroup(account, groupId)).state(),
      async happen() {
        const made = await createVpc(account, '10.50.0.0/16');
        groupId = made.groupId;
        return { event: freshEvent('ec2/CreateVpc', account, { 'responseElements.vpc.vpcId': made.vpcId }) };
      },
    };
  },
};

const groupInUse: Scene = {
  title: 'A rule is put into a default group that a network interface uses',
  expects: { [ID]: 'detected' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { vpcId, groupId } = await createClosedVpc(account, '10.30.0.0/16');
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.30.1.0/24' }));
    await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet?.SubnetId, Groups: [groupId] }));
    return {
      ...(await watchGroup(account, groupId)),
      async happen() {
        await allowIngress(account, groupId, [tcp(443, from('10.0.0.0/8', 'the intranet'))]);
        return { event: ingressEvent(account, groupId) };
      },
    };
  },
};

const groupToLaunchInto: Scene = {
  title: 'A rule is put into a default group that an Auto Scaling group at rest would launch into',
  expects: { [ID]: 'detected' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { vpcId, groupId } = await createClosedVpc(account, '10.60.0.0/16');
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.60.1.0/24' }));
    const LaunchTemplateName = account.name('batch');
    const LaunchTemplateData = { ImageId: 'ami-12345678', InstanceType: 't3.nano' } as const;
    await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }));
    const atRest = {
      AutoScalingGroupName: LaunchTemplateName,
      ...{ MinSize: 0, MaxSize: 1, DesiredCapacity: 0 },
      LaunchTemplate: { LaunchTemplateName },
      VPCZoneIdentifier: Subnet?.SubnetId,
    };
    await account.aws(AutoScalingClient).send(new CreateAutoScalingGroupCommand(atRest));
    return {
      ...(await watchGroup(account, groupId)),
      async happen() {
        await allowIngress(account, groupId, [tcp(443, from('10.0.0.0/8', 'the intranet'))]);
        return { event: ingressEvent(account, groupId) };
      },
    };
  },
};

export const more: readonly Scene[] = [vpcCreated, groupInUse, groupToLaunchInto];
