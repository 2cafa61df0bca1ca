import {
  DescribeSnapshotAttributeCommand,
  EC2Client,
  GetEbsEncryptionByDefaultCommand,
  paginateDescribeInstances,
  paginateDescribeManagedPrefixLists,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateDescribeSnapshots,
  paginateDescribeVolumes,
  paginateDescribeVpcs,
  paginateGetManagedPrefixListEntries,
} from '@aws-sdk/client-ec2';
import type { Account, Snapshot } from '../scene.ts';

/** All that the demo's controls could touch in EC2, and what stands beside it. */
export async function ec2Snapshot({ aws }: Account): Promise<Snapshot> {
  const client = aws(EC2Client);
  const found: Record<string, unknown> = {};
  for await (const { Vpcs = [] } of paginateDescribeVpcs({ client }, {}))
    for (const vpc of Vpcs) found[`vpc ${vpc.VpcId}`] = vpc;
  for await (const { SecurityGroups = [] } of paginateDescribeSecurityGroups({ client }, {}))
    for (const { GroupId, GroupName, Description, VpcId, Tags } of SecurityGroups)
      found[`security group ${GroupId}`] = { GroupName, Description, VpcId, Tags };
  for await (const { SecurityGroupRules = [] } of paginateDescribeSecurityGroupRules({ client }, {}))
    for (const rule of SecurityGroupRules) found[`rule ${rule.GroupId} ${rule.SecurityGroupRuleId}`] = rule;
  for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces({ client }, {}))
    for (const { NetworkInterfaceId, Groups, Status } of NetworkInterfaces)
      found[`network interface ${NetworkInterfaceId}`] = { Groups, Status };
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, {}))
    for (const { InstanceId, State, MetadataOptions, SecurityGroups } of Reservations.flatMap((r) => r.Instances ?? []))
      found[`instance ${InstanceId}`] = { State, MetadataOptions, SecurityGroups };
  for await (const { Volumes = [] } of paginateDescribeVolumes({ client }, {}))
    for (const { VolumeId, Encrypted, State, Attachments } of Volumes)
      found[`volume ${VolumeId}`] = { Encrypted, State, Attachments };
  const { EbsEncryptionByDefault } = await client.send(new GetEbsEncryptionByDefaultCommand({}));
  found['EBS encryption by default'] = EbsEncryptionByDefault;
  return { ...found, ...(await prefixLists(client)), ...(await snapshotPermissions(client)) };
}

async function prefixLists(client: EC2Client): Promise<Snapshot> {
  const found: Record<string, unknown> = {};
  for await (const { PrefixLists = [] } of paginateDescribeManagedPrefixLists({ client }, {}))
    for (const { PrefixListId, OwnerId } of PrefixLists.filter(({ OwnerId }) => OwnerId !== 'aws'))
      for await (const { Entries = [] } of paginateGetManagedPrefixListEntries({ client }, { PrefixListId }))
        for (const { Cidr, Description } of Entries)
          found[`prefix list ${PrefixListId} ${Cidr}`] = { OwnerId, Description };
  return found;
}

async function snapshotPermissions(client: EC2Client): Promise<Snapshot> {
  const found: Record<string, unknown> = {};
  for await (const { Snapshots = [] } of paginateDescribeSnapshots({ client }, { OwnerIds: ['self'] }))
    for (const { SnapshotId } of Snapshots) {
      const { CreateVolumePermissions = [] } = await client.send(
        new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }),
      );
      found[`snapshot ${SnapshotId}`] = 'exists';
      for (const { Group, UserId } of CreateVolumePermissions)
        found[`snapshot ${SnapshotId} shared with ${Group ?? UserId}`] = true;
    }
  return found;
}
