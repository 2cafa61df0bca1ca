import {
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type Filter,
  paginateDescribeManagedPrefixLists,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateGetManagedPrefixListEntries,
  type SecurityGroup,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { PAGE, portions } from '../../aws/ec2/describe.ts';
import { type PrefixLists, type RuleSet, sourceListsOf } from '../../aws/ec2/security-group-rules.ts';
import { tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfGroup, serviceOfTags } from '../../aws/service-managed.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  Foreign,
  onEverything,
  onResources,
  orUnreadable,
  partitionOf,
  type ResourceRef,
  Unreadable,
} from '../../resource.ts';
import ec2 from './service.ts';

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
    found.push(
      ...carried('DescribeSecurityGroups', 'securityGroupInfo', page.SecurityGroups).flatMap(
        ({ GroupId }) => GroupId ?? [],
      ),
    );
  return found;
};

/** A call that used GroupName alone means the default VPC's group of that name. */
const byName = async (aws: Aws, { request }: CallRecord) => {
  const names = strings(request, 'groupName');
  if (names.length === 0) return [];
  const isDefault = { Filters: [{ Name: 'is-default', Values: ['true'] }] };
  const { Vpcs } = await aws(EC2Client).send(new DescribeVpcsCommand(isDefault));
  const vpcIds = carried('DescribeVpcs', 'vpcSet', Vpcs).flatMap(({ VpcId }) => VpcId ?? []);
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

const describeGroups = onEverything('ec2:DescribeSecurityGroups');
const describeRulesGrants = onEverything('ec2:DescribeSecurityGroupRules');
const named = { ids: anId, find: byName, grants: { ...describeGroups, ...onEverything('ec2:DescribeVpcs') } };

/** Rules also refer to prefix lists of AWS and to lists that other accounts share. */
const prefixListGrants = {
  ...onEverything('ec2:DescribeManagedPrefixLists'),
  ...onResources('arn:${AWS::Partition}:ec2:*:*:prefix-list/*', 'ec2:GetManagedPrefixListEntries'),
};

const groupOf = ({ GroupName = '', VpcId, Tags = [] }: SecurityGroup) => ({
  name: GroupName,
  vpcId: VpcId ?? null,
  tags: Tags,
});

/** Throws Foreign where the owner is another account: AWS shows the groups and the rules of a shared VPC, and refuses to change them. */
function refuseForeign(owner: string | undefined, { resourceId, accountId }: ResourceRef): void {
  if (owner !== undefined && owner !== accountId)
    throw new Foreign(`The security group ${resourceId} belongs to account ${owner}.`);
}

async function readGroup(aws: Aws, ref: ResourceRef) {
  const asked = new DescribeSecurityGroupsCommand({ GroupIds: [ref.resourceId] });
  const { SecurityGroups } = await aws(EC2Client).send(asked);
  const group = sole('EC2', SecurityGroups, 'GroupId', ref.resourceId);
  refuseForeign(group.OwnerId, ref);
  return groupOf(group);
}

/** The tags come with the group: the same call as for the group itself, which is then made once. */
async function readOwnership(aws: Aws, ref: ResourceRef) {
  const asked = new DescribeSecurityGroupsCommand({ GroupIds: [ref.resourceId] });
  const { SecurityGroups } = await aws(EC2Client).send(asked);
  const { GroupName = '', Description = '', Tags = [] } = sole('EC2', SecurityGroups, 'GroupId', ref.resourceId);
  const tags = tagsByKey(Tags);
  return { tags, service: serviceOfTags(tags) ?? serviceOfGroup(GroupName, Description) };
}

const inGroups = (ids: readonly string[]) => ({ Filters: [{ Name: 'group-id', Values: [...ids] }] });

/** The rules of these groups; without groups, every rule of the region. */
async function describeRules(aws: Aws, ids?: readonly string[]) {
  const rules: SecurityGroupRule[] = [];
  const asked = { MaxResults: PAGE, ...(ids === undefined ? {} : inGroups(ids)) };
  for await (const page of paginateDescribeSecurityGroupRules({ client: aws(EC2Client) }, asked))
    rules.push(...carried('DescribeSecurityGroupRules', 'securityGroupRuleSet', page.SecurityGroupRules));
  return rules;
}

async function entriesOf(aws: Aws, PrefixListId: string) {
  const cidrs: string[] = [];
  for await (const page of paginateGetManagedPrefixListEntries({ client: aws(EC2Client) }, { PrefixListId }))
    cidrs.push(...carried('GetManagedPrefixListEntries', 'entrySet', page.Entries).flatMap(({ Cidr }) => Cidr ?? []));
  return cidrs;
}

async function readRules(aws: Aws, ref: ResourceRef): Promise<RuleSet> {
  const rules = await describeRules(aws, [ref.resourceId]);
  // A filter finds nothing in a group that is gone, just as in one without rules; this call throws where it is gone.
  if (rules.length === 0) await readGroup(aws, ref);
  for (const { GroupOwnerId } of rules) refuseForeign(GroupOwnerId, ref);
  return { rules, prefixLists: await readPrefixLists(aws, rules.flatMap(sourceListsOf).filter(once)) };
}

/** The entries of prefix lists. The states are asked for first: read after the entries, they could be those of newer ones. */
async function readPrefixLists(aws: Aws, lists: readonly string[]): Promise<PrefixLists> {
  if (lists.length === 0) return {};
  const states = await orUnreadable('the states of prefix lists', prefixListStates(aws, lists));
  const read = async (id: string): Promise<PrefixLists[string]> => {
    if (states instanceof Unreadable) return states;
    const state = states.get(id) ?? '';
    return state.endsWith('-in-progress')
      ? { inProgress: state }
      : orUnreadable(`prefix list ${id}`, entriesOf(aws, id));
  };
  return Object.fromEntries(await Promise.all(lists.map(async (id) => [id, await read(id)] as const)));
}

/** What EC2 says of lists, by id; of one that is gone, nothing. */
async function prefixListStates(aws: Aws, lists: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const states = new Map<string, string>();
  for (const Values of portions(lists)) {
    const asked = { Filters: [{ Name: 'prefix-list-id', Values }] };
    for await (const { PrefixLists } of paginateDescribeManagedPrefixLists({ client: aws(EC2Client) }, asked))
      for (const { PrefixListId = '', State = '' } of carried(
        'DescribeManagedPrefixLists',
        'prefixListSet',
        PrefixLists,
      ))
        states.set(PrefixListId, State);
  }
  return states;
}

/** The ids of the network interfaces that use the group. */
async function readNetworkInterfaces(aws: Aws, { resourceId }: ResourceRef) {
  const used: string[] = [];
  for await (const { NetworkInterfaces } of paginateDescribeNetworkInterfaces(
    { client: aws(EC2Client) },
    inGroups([resourceId]),
  )) {
    const found = carried('DescribeNetworkInterfaces', 'networkInterfaceSet', NetworkInterfaces);
    used.push(...found.flatMap(({ NetworkInterfaceId }) => NetworkInterfaceId ?? []));
  }
  return used;
}

const launcherGrants = onEverything(
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeLaunchConfigurations',
  'ec2:DescribeLaunchTemplateVersions',
  'ec2:DescribeSubnets',
  'lambda:ListFunctions',
);

/** What would launch something into the group, and what could not be asked for. */
async function readLaunchers(aws: Aws, ref: ResourceRef) {
  const { name, vpcId } = await readGroup(aws, ref);
  // Loaded here, since few events get as far as this question.
  const { launchersOf } = await import('../../aws/ec2/launchers.ts');
  return launchersOf(aws, { id: ref.resourceId, name, vpcId });
}

/** The account's own groups with the rules that belong to them. Rules that let prefix lists in are left to `read`, which asks for the entries. */
const listed = (
  groups: readonly SecurityGroup[],
  rulesOf: ReadonlyMap<string | undefined, SecurityGroupRule[]>,
  accountId: string,
) =>
  groups.flatMap((group) => {
    if (group.GroupId === undefined || (group.OwnerId ?? accountId) !== accountId) return [];
    const rules = rulesOf.get(group.GroupId) ?? [];
    const whole = rules.flatMap(sourceListsOf).length === 0 ? { rules: { rules, prefixLists: {} } } : {};
    return [{ resourceId: group.GroupId, facets: { group: groupOf(group), ...whole } }];
  });

/** All groups before all rules, each in as few calls as there are pages: a group that was listed has its rules. */
async function* listGroups(aws: Aws, accountId: string, from?: string) {
  const paging = { client: aws(EC2Client), startingToken: from };
  const groups = pagesOf(
    paginateDescribeSecurityGroups(paging, { MaxResults: PAGE }),
    ({ NextToken }) => NextToken,
    ({ SecurityGroups }) => carried('DescribeSecurityGroups', 'securityGroupInfo', SecurityGroups),
  );
  const pages = await Array.fromAsync(groups);
  const rulesOf = Map.groupBy(await describeRules(aws), ({ GroupId }) => GroupId);
  for (const { items, next } of pages) yield { items: listed(items, rulesOf, accountId), next };
}

/** A security group: its name and tags, its rules with the CIDRs of the prefix lists they let in, the network interfaces that use it, and what would launch into it. */
export const securityGroup = defineResource({
  service: ec2,
  type: 'AWS::EC2::SecurityGroup',
  triggers: [
    call(
      'ec2.amazonaws.com',
      [
        'AuthorizeSecurityGroupIngress',
        'RevokeSecurityGroupIngress',
        'ModifySecurityGroupRules',
        'UpdateSecurityGroupRuleDescriptionsIngress',
        'CreateSecurityGroup',
        'DeleteSecurityGroup',
      ],
      { ...named, facets: ['group', 'rules'] },
    ),
    // Egress concerns only the controls that look at the group as a whole.
    call('ec2.amazonaws.com', ['AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupEgress'], {
      ...named,
      facets: ['group'],
    }),
    call('ec2.amazonaws.com', ['ModifyManagedPrefixList', 'RestoreManagedPrefixListVersion'], {
      find: byPrefixList,
      grants: describeRulesGrants,
      facets: ['rules'],
    }),
    call('ec2.amazonaws.com', ['CreateVpc', 'CreateDefaultVpc'], {
      find: byVpc,
      grants: describeGroups,
      facets: ['group', 'rules'],
    }),
    tagCalls('sg-', ['group', 'rules']),
  ],
  gone: ['InvalidGroup.NotFound', 'InvalidSecurityGroupID.NotFound', 'InvalidGroupId.Malformed'],
  facets: {
    group: { grants: describeGroups, read: readGroup },
    rules: { grants: { ...describeRulesGrants, ...describeGroups, ...prefixListGrants }, read: readRules },
    networkInterfaces: { grants: onEverything('ec2:DescribeNetworkInterfaces'), read: readNetworkInterfaces },
    launchers: { grants: { ...describeGroups, ...launcherGrants }, read: readLaunchers },
  },
  grants: { ...describeGroups, ...describeRulesGrants },
  ownership: { grants: describeGroups, read: readOwnership },
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ec2:${region}:${accountId}:security-group/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `ec2/home#SecurityGroup:groupId=${resourceId}`),
  list: (aws, { accountId }, from) => listGroups(aws, accountId, from),
});
