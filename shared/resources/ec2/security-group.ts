import {
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type Filter,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateGetManagedPrefixListEntries,
  type SecurityGroup,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { consoleUrl } from '../../aws/console-url.ts';
import { FILTER_VALUES, sole } from '../../aws/ec2/describe.ts';
import type { PrefixLists } from '../../aws/ec2/security-group-rules.ts';
import { readEc2Tags } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfGroup, serviceOfTags } from '../../aws/service-managed.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, defineResource, partitionOf, type ResourceRef } from '../../resource.ts';

const once = <T>(value: T, index: number, all: readonly T[]) => all.indexOf(value) === index;

/** The answer names the group also where the request has only its name. */
const anId = ({ request, response }: CallRecord) => {
  const named = strings(request, 'groupId');
  if (named.length > 0) return named;
  const paths = ['groupId', 'securityGroupRuleSet.items.groupId', 'revokedSecurityGroupRuleSet.items.groupId'];
  return paths.flatMap((path) => strings(response, path)).filter(once);
};

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

/** The groups that let a prefix list in. */
const byPrefixList = async (aws: Aws, { request }: CallRecord) => {
  const lists = strings(request, 'prefixListId');
  const rules = lists.length === 0 ? [] : await describeRules(aws);
  return rules
    .filter((rule) => sourceListsOf(rule).some((id) => lists.includes(id)))
    .flatMap(({ GroupId }) => GroupId ?? [])
    .filter(once);
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

const groupOf = ({ GroupName = '', VpcId, Tags = [] }: SecurityGroup) => ({
  name: GroupName,
  vpcId: VpcId ?? null,
  tags: Tags,
});

async function readGroup(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new DescribeSecurityGroupsCommand({ GroupIds: [resourceId] });
  const { SecurityGroups = [] } = await aws(EC2Client).send(asked);
  return groupOf(sole(SecurityGroups, resourceId));
}

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const asked = new DescribeSecurityGroupsCommand({ GroupIds: [ref.resourceId] });
  const [{ SecurityGroups = [] }, tags] = await Promise.all([aws(EC2Client).send(asked), readEc2Tags(aws, ref)]);
  const { GroupName = '', Description = '' } = sole(SecurityGroups, ref.resourceId);
  return { tags, service: serviceOfTags(tags) ?? serviceOfGroup(GroupName, Description) };
}

interface RuleSet {
  readonly rules: readonly SecurityGroupRule[];
  readonly prefixLists: PrefixLists;
}

const inGroups = (ids: readonly string[]) => ({ Filters: [{ Name: 'group-id', Values: [...ids] }] });

/** The rules of these groups; without groups, every rule of the region. */
async function describeRules(aws: Aws, ids?: readonly string[]) {
  const rules: SecurityGroupRule[] = [];
  const asked = ids === undefined ? {} : inGroups(ids);
  for await (const page of paginateDescribeSecurityGroupRules({ client: aws(EC2Client) }, asked))
    rules.push(...(page.SecurityGroupRules ?? []));
  return rules;
}

/** The prefix list that a rule lets in; lists that egress goes to open nothing. */
const sourceListsOf = ({ IsEgress, PrefixListId }: SecurityGroupRule) =>
  IsEgress === true || PrefixListId === undefined ? [] : [PrefixListId];

async function entriesOf(aws: Aws, PrefixListId: string) {
  const cidrs: string[] = [];
  for await (const page of paginateGetManagedPrefixListEntries({ client: aws(EC2Client) }, { PrefixListId }))
    cidrs.push(...(page.Entries ?? []).flatMap(({ Cidr }) => Cidr ?? []));
  return [PrefixListId, cidrs] as const;
}

async function readRules(aws: Aws, ref: ResourceRef): Promise<RuleSet> {
  const rules = await describeRules(aws, [ref.resourceId]);
  // A filter finds nothing in a group that is gone, just as in one without rules; this call throws where it is gone.
  if (rules.length === 0) await readGroup(aws, ref);
  const lists = rules.flatMap(sourceListsOf).filter(once);
  return { rules, prefixLists: Object.fromEntries(await Promise.all(lists.map((id) => entriesOf(aws, id)))) };
}

/** The network interfaces that use these groups, by group. */
async function describeNetworkInterfaces(aws: Aws, ids: readonly string[]) {
  const used = new Map<string, string[]>(ids.map((id) => [id, []]));
  for await (const page of paginateDescribeNetworkInterfaces({ client: aws(EC2Client) }, inGroups(ids)))
    for (const { NetworkInterfaceId, Groups = [] } of page.NetworkInterfaces ?? [])
      for (const { GroupId = '' } of Groups) if (NetworkInterfaceId) used.get(GroupId)?.push(NetworkInterfaceId);
  return used;
}

async function readNetworkInterfaces(aws: Aws, { resourceId }: ResourceRef) {
  return (await describeNetworkInterfaces(aws, [resourceId])).get(resourceId) ?? [];
}

/** A page of groups with all that two more calls tell of them. Rules that let prefix lists in are left to `read`: one list that cannot be read must not end the whole list. */
async function listedPage(aws: Aws, groups: readonly SecurityGroup[]) {
  const ids = groups.flatMap(({ GroupId }) => GroupId ?? []);
  if (ids.length === 0) return [];
  const [rules, used] = await Promise.all([describeRules(aws, ids), describeNetworkInterfaces(aws, ids)]);
  const rulesOf = Map.groupBy(rules, ({ GroupId }) => GroupId);
  return groups.flatMap((group) => {
    if (group.GroupId === undefined) return [];
    const own = rulesOf.get(group.GroupId) ?? [];
    const whole = own.flatMap(sourceListsOf).length === 0 ? { rules: { rules: own, prefixLists: {} } } : {};
    const networkInterfaces = used.get(group.GroupId) ?? [];
    return { resourceId: group.GroupId, facets: { group: groupOf(group), networkInterfaces, ...whole } };
  });
}

/** A security group: its name and tags, its rules with the CIDRs of the prefix lists they let in, and the network interfaces that use it. */
export const securityGroup = defineResource({
  service: 'ec2',
  type: 'AWS::EC2::SecurityGroup',
  eventSource: 'ec2.amazonaws.com',
  gone: ['InvalidGroup.NotFound', 'InvalidSecurityGroupID.NotFound', 'InvalidGroupId.Malformed'],
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
  actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules', 'ec2:DescribeNetworkInterfaces'],
  lookups: ['ec2:DescribeVpcs'],
  facets: {
    group: { actions: ['ec2:DescribeSecurityGroups'], read: readGroup },
    rules: {
      actions: ['ec2:DescribeSecurityGroupRules', 'ec2:GetManagedPrefixListEntries', 'ec2:DescribeSecurityGroups'],
      read: readRules,
    },
    networkInterfaces: { actions: ['ec2:DescribeNetworkInterfaces'], read: readNetworkInterfaces },
  },
  ownership: { actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeTags'], read: readOwnership },
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ec2:${region}:${accountId}:security-group/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, 'ec2', `SecurityGroup:groupId=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeSecurityGroups({ client: aws(EC2Client), startingToken: from }, { MaxResults: FILTER_VALUES }),
      ({ NextToken }) => NextToken,
      ({ SecurityGroups = [] }) => listedPage(aws, SecurityGroups),
    ),
});
