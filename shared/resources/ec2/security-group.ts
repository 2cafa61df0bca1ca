import {
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type Filter,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateGetManagedPrefixListEntries,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, defineResource, partitionOf, type ResourceRef } from '../../resource.ts';

const anId = ({ request, response }: CallRecord) => {
  const named = strings(request, 'groupId');
  return named.length > 0
    ? named
    : [...strings(response, 'groupId'), ...strings(response, 'securityGroupRuleSet.items.groupId')].filter(once);
};
const once = <T>(value: T, index: number, all: readonly T[]) => all.indexOf(value) === index;

const groupIds = async (aws: Aws, ...filters: Filter[]) => {
  const found: string[] = [];
  for await (const page of paginateDescribeSecurityGroups({ client: aws(EC2Client) }, { Filters: filters }))
    found.push(...(page.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []));
  return found;
};

/** A call that used GroupName alone means the default VPC's group of that name. */
const byName = async (aws: Aws, { request }: CallRecord) => {
  const names = strings(request, 'groupName');
  if (names.length === 0) return [];
  const isDefault = { Filters: [{ Name: 'is-default', Values: ['true'] }] };
  const { Vpcs = [] } = await aws(EC2Client).send(new DescribeVpcsCommand(isDefault));
  const vpcIds = Vpcs.flatMap(({ VpcId }) => VpcId ?? []);
  if (vpcIds.length === 0) return [];
  return groupIds(aws, { Name: 'group-name', Values: [...names] }, { Name: 'vpc-id', Values: vpcIds });
};

const byPrefixList = async (aws: Aws, { request }: CallRecord) => {
  const lists = strings(request, 'prefixListId');
  return lists.length === 0 ? [] : groupIds(aws, { Name: 'ip-permission.prefix-list-id', Values: [...lists] });
};

/** A new VPC brings its default group without an event of its own. */
const byVpc = async (aws: Aws, { response }: CallRecord) => {
  const vpcs = strings(response, 'vpc.vpcId');
  if (vpcs.length === 0) return [];
  return groupIds(aws, { Name: 'vpc-id', Values: [...vpcs] }, { Name: 'group-name', Values: ['default'] });
};

const rulesChanged = { ids: anId, find: byName, facets: ['group', 'rules'] } as const;
/** Egress concerns only the controls that look at the group as a whole. */
const egressChanged = { ids: anId, find: byName, facets: ['group'] } as const;
const prefixListChanged = { find: byPrefixList, facets: ['rules'] } as const;
const vpcMade = { find: byVpc, facets: ['group', 'rules'] } as const;

async function readRules(aws: Aws, { resourceId }: ResourceRef) {
  const client = aws(EC2Client);
  const rules: SecurityGroupRule[] = [];
  const filter = { Filters: [{ Name: 'group-id', Values: [resourceId] }] };
  for await (const page of paginateDescribeSecurityGroupRules({ client }, filter))
    rules.push(...(page.SecurityGroupRules ?? []));
  const ids = new Set(rules.flatMap(({ PrefixListId }) => PrefixListId ?? []));
  const prefixLists: Record<string, readonly string[]> = {};
  for (const PrefixListId of ids) {
    const cidrs: string[] = [];
    for await (const page of paginateGetManagedPrefixListEntries({ client }, { PrefixListId }))
      cidrs.push(...(page.Entries ?? []).flatMap(({ Cidr }) => Cidr ?? []));
    prefixLists[PrefixListId] = cidrs;
  }
  return { rules, prefixLists };
}

async function readGroup(aws: Aws, { resourceId }: ResourceRef) {
  const { SecurityGroups } = await aws(EC2Client).send(new DescribeSecurityGroupsCommand({ GroupIds: [resourceId] }));
  const { GroupName = '', VpcId = null, Tags = [] } = SecurityGroups?.[0] ?? {};
  return { name: GroupName, vpcId: VpcId, tags: Tags };
}

async function readNetworkInterfaces(aws: Aws, { resourceId }: ResourceRef) {
  const ids: string[] = [];
  const filter = { Filters: [{ Name: 'group-id', Values: [resourceId] }] };
  for await (const page of paginateDescribeNetworkInterfaces({ client: aws(EC2Client) }, filter))
    ids.push(...(page.NetworkInterfaces ?? []).flatMap(({ NetworkInterfaceId }) => NetworkInterfaceId ?? []));
  return ids;
}

/** A security group: its name and tags, its rules with the CIDRs of the prefix lists they refer to, and the network interfaces that use it. */
export const securityGroup = defineResource({
  service: 'ec2',
  type: 'AWS::EC2::SecurityGroup',
  eventSource: 'ec2.amazonaws.com',
  gone: ['InvalidGroup.NotFound', 'InvalidGroupId.Malformed'],
  events: {
    AuthorizeSecurityGroupIngress: rulesChanged,
    RevokeSecurityGroupIngress: rulesChanged,
    AuthorizeSecurityGroupEgress: egressChanged,
    RevokeSecurityGroupEgress: egressChanged,
    ModifySecurityGroupRules: rulesChanged,
    UpdateSecurityGroupRuleDescriptionsIngress: rulesChanged,
    CreateSecurityGroup: rulesChanged,
    DeleteSecurityGroup: rulesChanged,
    ModifyManagedPrefixList: prefixListChanged,
    RestoreManagedPrefixListVersion: prefixListChanged,
    CreateVpc: vpcMade,
    CreateDefaultVpc: vpcMade,
  },
  actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs'],
  facets: {
    group: { actions: ['ec2:DescribeSecurityGroups'], read: readGroup },
    rules: { actions: ['ec2:DescribeSecurityGroupRules', 'ec2:GetManagedPrefixListEntries'], read: readRules },
    networkInterfaces: { actions: ['ec2:DescribeNetworkInterfaces'], read: readNetworkInterfaces },
  },
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ec2:${region}:${accountId}:security-group/${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    `https://${region}.console.aws.amazon.com/ec2/home?region=${region}#SecurityGroup:groupId=${resourceId}`,
  async *list(aws) {
    for await (const page of paginateDescribeSecurityGroups({ client: aws(EC2Client) }, { MaxResults: 1000 })) {
      for (const { GroupId, GroupName = '', VpcId = null, Tags = [] } of page.SecurityGroups ?? [])
        if (GroupId !== undefined)
          yield { resourceId: GroupId, facets: { group: { name: GroupName, vpcId: VpcId, tags: Tags } } };
    }
  },
});
