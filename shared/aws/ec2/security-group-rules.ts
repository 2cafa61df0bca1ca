import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { onResources, Unreadable } from '../../resource.ts';
import { operationOf, step, stepBuilder, undoneBy } from '../../step.ts';
import { AddressCoverage } from '../address-coverage.ts';
import { type AddressRange, type Breadth, isTooWide, opensPort, reachableRanges, reachOf } from '../cidr.ts';

/** A prefix list whose entries AWS is changing: those that it shows are the old ones. */
export interface InProgress {
  /** `modify-in-progress`, as EC2 calls it. */
  readonly inProgress: string;
}

/** CIDRs of the prefix lists that a group's rules refer to, by prefix list id. */
export type PrefixLists = Readonly<Record<string, readonly string[] | Unreadable | InProgress>>;

/** The rules of a group, with what the prefix lists of its ingress rules let in. */
export interface RuleSet {
  readonly rules: readonly SecurityGroupRule[];
  readonly prefixLists: PrefixLists;
}

/** The prefix list that a rule lets in; lists that egress goes to open nothing. */
export const sourceListsOf = ({ IsEgress, PrefixListId }: SecurityGroupRule): readonly string[] =>
  IsEgress === true || PrefixListId === undefined ? [] : [PrefixListId];

/** The CIDRs that a rule lets in, its prefix list's entries included; none for a rule that refers to a group. */
export function sourcesOf(rule: SecurityGroupRule, prefixLists: PrefixLists): PrefixLists[string] {
  if (rule.PrefixListId === undefined) return [rule.CidrIpv4, rule.CidrIpv6].flatMap((cidr) => cidr || []);
  const notRead = new Error('its entries were not asked for');
  return prefixLists[rule.PrefixListId] ?? new Unreadable(`prefix list ${rule.PrefixListId}`, notRead);
}

/** The ingress rules by which the world reaches one of the ports: each that is too wide by itself, and, where narrower ones together cover the world, the widest of them, so that as many as possible stay. Rules that let in a prefix list in progress are left out (see `settlingRules`). Throws UnreadableError where none is found and a rule that opens a port lets in a prefix list that could not be read. */
export function exposingRules(
  { rules, prefixLists }: RuleSet,
  ports: readonly number[],
  breadth: Breadth,
): readonly SecurityGroupRule[] {
  const open: OpenRule[] = [];
  const unknown: Unreadable[] = [];
  for (const rule of rules) {
    if (rule.IsEgress === true || !ports.some((port) => opensPort(rule, port))) continue;
    const sources = sourcesOf(rule, prefixLists);
    if (sources instanceof Unreadable) {
      unknown.push(sources);
      continue;
    }
    if ('inProgress' in sources) continue;
    const ranges = reachableRanges(sources);
    // Ranges that are not routed on the Internet, such as `fd00::/8`, are not the world however wide they are.
    if (ranges.length > 0) open.push({ rule, sources, ranges });
  }
  const { wide = [], narrow = [] } = Object.groupBy(open, ({ sources }) =>
    sources.some((cidr) => isTooWide(cidr, breadth)) ? 'wide' : 'narrow',
  );
  const exposing = new Set([...wide, ...crowding(narrow, ports)].map(({ rule }) => rule));
  if (exposing.size === 0 && unknown[0] !== undefined) throw unknown[0].error;
  return rules.filter((rule) => exposing.has(rule));
}

/** The ingress rules that open one of the ports to a prefix list of which nobody knows yet what it will hold. */
export const settlingRules = (
  { rules, prefixLists }: RuleSet,
  ports: readonly number[],
): readonly SecurityGroupRule[] =>
  rules.filter(
    (rule) =>
      rule.IsEgress !== true &&
      'inProgress' in sourcesOf(rule, prefixLists) &&
      ports.some((port) => opensPort(rule, port)),
  );

interface OpenRule {
  readonly rule: SecurityGroupRule;
  readonly sources: readonly string[];
  readonly ranges: readonly AddressRange[];
}

/** The rules to revoke so that the others together no longer cover the world: the narrowest stay first, then each wider one as long as there is room at every port that it opens. */
function crowding(open: readonly OpenRule[], ports: readonly number[]): readonly OpenRule[] {
  const groups = coverages(open, ports);
  return narrowestFirst(open).filter((one) => {
    const opened = groups.filter(({ rules }) => rules.has(one));
    if (opened.some(({ coverage }) => coverage.wouldCoverTheWorld(one.ranges))) return true;
    for (const { coverage } of opened) coverage.letIn(one.ranges);
    return false;
  });
}

/** A coverage for each port; ports that the same rules open share one. */
function coverages(open: readonly OpenRule[], ports: readonly number[]) {
  const openers = ports.map((port) => open.filter(({ rule }) => opensPort(rule, port)));
  const indexOf = new Map(open.map((one, index) => [one, index]));
  const distinct = new Map(openers.map((rules) => [rules.map((one) => indexOf.get(one)).join(), rules]));
  return [...distinct.values()].map((rules) => ({
    rules: new Set(rules),
    coverage: new AddressCoverage(rules.flatMap(({ ranges }) => ranges)),
  }));
}

const narrowestFirst = (open: readonly OpenRule[]): readonly OpenRule[] =>
  open
    .map((one) => ({ one, reach: reachOf(one.ranges), id: one.rule.SecurityGroupRuleId ?? '' }))
    .sort((a, b) => a.reach - b.reach || a.id.localeCompare(b.id))
    .map(({ one }) => one);

const portsOf = ({ FromPort, ToPort }: SecurityGroupRule): string => {
  if (FromPort === undefined || FromPort === -1) return '';
  return ` ${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`}`;
};

const sourceOf = ({ CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo }: SecurityGroupRule): string =>
  CidrIpv4 ?? CidrIpv6 ?? PrefixListId ?? ReferencedGroupInfo?.GroupId ?? '?';

/** A rule in a few words, as an engineer would write it: `tcp 22 from 0.0.0.0/0`. */
export function inWords(rule: SecurityGroupRule): string {
  const traffic = rule.IpProtocol === '-1' ? 'all traffic' : `${rule.IpProtocol}${portsOf(rule)}`;
  return `${traffic} ${rule.IsEgress ? 'to' : 'from'} ${sourceOf(rule)}`;
}

/** The protocols that AWS names where a caller gave a number. */
const PROTOCOLS: Readonly<Record<string, string>> = { '-1': 'all', '1': 'icmp', '6': 'tcp', '17': 'udp' };

/** A rule by its content, the same under whichever id it is made again: `ingress tcp 22 0.0.0.0/0`. */
export function ruleElement(rule: SecurityGroupRule): string {
  const protocol = (rule.IpProtocol ?? '').toLowerCase();
  const traffic = `${PROTOCOLS[protocol] ?? protocol}${protocol === '-1' ? '' : portsOf(rule)}`;
  return `${rule.IsEgress ? 'egress' : 'ingress'} ${traffic} ${sourceOf(rule)}`;
}

const RULES = 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group-rule/*';
const GROUPS_AND_RULES = ['arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*', RULES];
const ALREADY_REVOKED = ['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound'];
const ALREADY_AUTHORIZED = ['InvalidPermission.Duplicate'];

/** Revokes a rule by its id, so that its neighbours in the same permission stay; the undo restores it with description and tags. */
const revokeBy = (
  action: string,
  revoke: typeof RevokeSecurityGroupIngressCommand | typeof RevokeSecurityGroupEgressCommand,
  authorize: typeof AuthorizeSecurityGroupIngressCommand | typeof AuthorizeSecurityGroupEgressCommand,
) =>
  stepBuilder(onResources(GROUPS_AND_RULES, action), (GroupId: string, rule: SecurityGroupRule) => {
    const elements = [ruleElement(rule)];
    const input = { GroupId, SecurityGroupRuleIds: [rule.SecurityGroupRuleId ?? ''] };
    return step(EC2Client, revoke, input, {
      satisfiedBy: ALREADY_REVOKED,
      elements,
      undo: () => [step(EC2Client, authorize, ruleInput(GroupId, rule), { satisfiedBy: ALREADY_AUTHORIZED, elements })],
    });
  });

export const revokeIngress = revokeBy(
  'ec2:RevokeSecurityGroupIngress',
  RevokeSecurityGroupIngressCommand,
  AuthorizeSecurityGroupIngressCommand,
);

export const revokeEgress = revokeBy(
  'ec2:RevokeSecurityGroupEgress',
  RevokeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupEgressCommand,
);

const authorizes = (
  command: typeof AuthorizeSecurityGroupIngressCommand | typeof AuthorizeSecurityGroupEgressCommand,
) =>
  undoneBy(EC2Client, command, ({ resourceId: GroupId }) => ({ GroupId }), ['IpPermissions', 'TagSpecifications'], {
    permissions: {
      ...onResources(GROUPS_AND_RULES, `ec2:${operationOf(command)}`),
      // A rule has its tags back by the same call.
      'ec2:CreateTags': {
        resources: RULES,
        condition: { StringEquals: { 'ec2:CreateAction': operationOf(command) } },
      },
    },
  });

/** What may undo `revokeIngress`, and `revokeEgress`. */
export const undoOfRevokeIngress = authorizes(AuthorizeSecurityGroupIngressCommand);
export const undoOfRevokeEgress = authorizes(AuthorizeSecurityGroupEgressCommand);

/** The request that authorizes this rule again. */
function ruleInput(groupId: string, rule: SecurityGroupRule) {
  // AWS refuses a call that sets tags beginning with `aws:`.
  const tags = rule.Tags?.filter(({ Key = '' }) => !Key.startsWith('aws:')) ?? [];
  return {
    GroupId: groupId,
    IpPermissions: [permissionOf(rule)],
    ...(tags.length > 0 ? { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: tags }] } : {}),
  };
}

/** The permission that holds just this rule. */
function permissionOf(rule: SecurityGroupRule): IpPermission {
  const description =
    rule.Description === undefined || rule.Description === '' ? {} : { Description: rule.Description };
  const ports = rule.IpProtocol === '-1' ? {} : { FromPort: rule.FromPort, ToPort: rule.ToPort };
  const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo: group } = rule;
  return {
    IpProtocol: rule.IpProtocol,
    ...ports,
    ...(CidrIpv4 ? { IpRanges: [{ CidrIp: CidrIpv4, ...description }] } : {}),
    ...(CidrIpv6 ? { Ipv6Ranges: [{ CidrIpv6, ...description }] } : {}),
    ...(PrefixListId ? { PrefixListIds: [{ PrefixListId, ...description }] } : {}),
    ...(group ? { UserIdGroupPairs: [{ GroupId: group.GroupId, UserId: group.UserId, ...description }] } : {}),
  };
}
