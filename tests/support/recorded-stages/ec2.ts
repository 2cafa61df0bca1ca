import { randomUUID } from 'node:crypto';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  DeleteSnapshotCommand,
  DescribeImageAttributeCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotAttributeCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RegisterImageCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import aclEntries from '../../../scenes/ec2/ec2-network-acl-admin-ports-restricted.ts';
import flowLogs from '../../../scenes/ec2/ec2-vpc-flow-logs-enabled.ts';
import { orNull } from '../../../shared/resource.ts';
import type { Json } from '../recorded-events.ts';
import type { TestAccount } from '../sandbox.ts';
import { sceneAccount } from '../test-scene.ts';
import type { Stage } from './stage.ts';

const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };

async function groupWith({ aws }: TestAccount, permissions: Json[]) {
  const ec2 = aws()(EC2Client);
  const named = { GroupName: `web-${randomUUID()}`, Description: 'web' };
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(named));
  if (permissions.length > 0)
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: permissions }));
  return { GroupId, state: () => rulesOf(ec2, GroupId, false) };
}

async function rulesOf(ec2: EC2Client, GroupId: string, egress: boolean) {
  const filter = { Filters: [{ Name: 'group-id', Values: [GroupId] }] };
  const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand(filter));
  return SecurityGroupRules.filter(({ IsEgress }) => IsEgress === egress)
    .map((rule) => `${rule.IpProtocol} ${rule.FromPort} ${rule.CidrIpv4 ?? rule.CidrIpv6}`)
    .sort();
}

/** The permissions that the event tells of, in either of the two forms that CloudTrail has for them. */
function permissionsOf({ requestParameters: r }: Json): Json[] {
  const flat = r.cidrIp ? [{ ...r, ipRanges: { items: [{ cidrIp: r.cidrIp }] } }] : [];
  return [...(r.ipPermissions.items ?? []), ...flat].map((permission: Json) => ({
    IpProtocol: permission.ipProtocol,
    FromPort: permission.fromPort,
    ToPort: permission.toPort,
    IpRanges: (permission.ipRanges?.items ?? []).map((range: Json) => ({ CidrIp: range.cidrIp })),
    Ipv6Ranges: (permission.ipv6Ranges?.items ?? []).map((range: Json) => ({ CidrIpv6: range.cidrIpv6 })),
  }));
}
const textsOf = (permissions: Json[]): string[] =>
  permissions
    .flatMap(({ IpProtocol, FromPort, IpRanges, Ipv6Ranges }) =>
      [...IpRanges, ...Ipv6Ranges].map((range: Json) => `${IpProtocol} ${FromPort} ${range.CidrIp ?? range.CidrIpv6}`),
    )
    .sort();

const MAY_BE_OPEN = ['tcp 80 ', 'tcp 443 '];
const isOpen = (rule: string) => /\/0$/.test(rule) && !MAY_BE_OPEN.some((web) => rule.startsWith(web));

/** The rules that the event adds: what opens other ports than the web's to the world goes, whatever else there is stays. */
export const ingressAdded: Stage = async (account, { record }) => {
  const permissions = permissionsOf(record);
  const { GroupId, state } = await groupWith(account, permissions);
  const right = textsOf(permissions).filter((rule) => !isOpen(rule));
  return { renamed: { [record.requestParameters.groupId]: GroupId }, state, right };
};

/** A group that is open to the world by the time the event is handled, with a neighbour that stays. */
export const leftOpen =
  (idIn: (record: Json) => string): Stage =>
  async (account, { record }) => {
    const { GroupId, state } = await groupWith(account, [
      { ...SSH, IpRanges: [{ CidrIp: '0.0.0.0/0' }, { CidrIp: '203.0.113.0/24' }] },
    ]);
    return { renamed: { [idIn(record)]: GroupId }, state, right: ['tcp 22 203.0.113.0/24'] };
  };

/** Egress concerns the default group of a VPC, which must have no rules. */
export const defaultEgress: Stage = async ({ aws }, { record }) => {
  const ec2 = aws()(EC2Client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }));
  const filter = [
    { Name: 'vpc-id', Values: [Vpc?.VpcId ?? ''] },
    { Name: 'group-name', Values: ['default'] },
  ];
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: filter }));
  const GroupId = SecurityGroups?.[0]?.GroupId ?? '';
  const { groupId } = record.requestParameters;
  return { renamed: { [groupId]: GroupId }, state: () => rulesOf(ec2, GroupId, true), right: [] };
};

export const instanceStarted =
  (idIn: (record: Json) => string): Stage =>
  async ({ aws }, { record }) => {
    const ec2 = aws()(EC2Client);
    const MetadataOptions = { HttpTokens: 'optional', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 } as const;
    const launch = { ImageId: 'ami-12345678', InstanceType: 't3.nano', MinCount: 1, MaxCount: 1 } as const;
    const { Instances } = await ec2.send(new RunInstancesCommand({ ...launch, MetadataOptions }));
    const id = Instances?.[0]?.InstanceId ?? '';
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    const state = async () => {
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
      return Reservations?.[0]?.Instances?.[0]?.MetadataOptions?.HttpTokens;
    };
    return { renamed: { [idIn(record)]: id }, state, right: 'required' };
  };

/** The share that the event tells of is nobody's business here; that with everybody is. */
export const snapshotShared: Stage = async ({ aws, region }, { record }) => {
  const ec2 = aws()(EC2Client);
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: `${region}a` }));
  const { SnapshotId = '' } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  const Attribute = 'createVolumePermission' as const;
  const [{ userId: UserId }] = record.requestParameters.createVolumePermission.add.items;
  const share = { OperationType: 'add' as const, UserIds: [UserId], GroupNames: ['all'] };
  await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, Attribute, ...share }));
  const state = async () => {
    const asked = new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute });
    return (await ec2.send(asked)).CreateVolumePermissions;
  };
  return { renamed: { [record.requestParameters.snapshotId]: SnapshotId }, state, right: [{ UserId }] };
};

/** A deletion of a snapshot leaves nothing to look at. */
export const snapshotDeleted: Stage = async ({ aws, region }, { record }) => {
  const ec2 = aws()(EC2Client);
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: `${region}a` }));
  const { SnapshotId = '' } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  await ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  const Attribute = 'createVolumePermission' as const;
  const state = () =>
    orNull(ec2.send(new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute })), 'InvalidSnapshot.NotFound');
  return { renamed: { [record.requestParameters.snapshotId]: SnapshotId }, state, right: null };
};

/** The flow log of a VPC that was seen with it; the event does not say which one that was. */
export const flowLogDeleted: Stage = async (account, _line, look) => {
  const { earlier = [], happen, state } = await flowLogs.prepare(sceneAccount(account));
  for (const event of earlier) await look(event);
  const right = await state();
  await happen();
  return { renamed: {}, state, right };
};

/** The event's image, which everybody may launch, and whoever the event names. */
export const imageShared: Stage = async ({ aws }, { record }) => {
  const ec2 = aws()(EC2Client);
  const { ImageId = '' } = await ec2.send(new RegisterImageCommand({ Name: 'shared' }));
  const [{ userId: UserId }] = record.requestParameters.launchPermission.add.items;
  const LaunchPermission = { Add: [{ UserId }, { Group: 'all' as const }] };
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission }));
  const state = async () => {
    const asked = new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' });
    return (await ec2.send(asked)).LaunchPermissions;
  };
  return { renamed: { [record.requestParameters.imageId]: ImageId }, state, right: [{ UserId }] };
};

/** An ACL that lets SSH in from anywhere by the time the event is handled. */
export const networkAclOpened: Stage = async (account, { record }) => {
  const { happen, state } = await aclEntries.prepare(sceneAccount(account));
  const right = await state();
  const { event }: { event: Json } = await happen();
  const { networkAclId } = event.detail.requestParameters;
  return { renamed: { [record.requestParameters.networkAclId]: networkAclId }, state, right };
};
