import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { type Step, step } from '../../control.ts';
import { type Breadth, coversTheWorld, isTooWide, opensPort, reachOf } from '../cidr.ts';

/** CIDRs of the prefix lists that a group's rules refer to, by prefix list id. */
export type PrefixLists = Readonly<Record<string, readonly string[]>>;

/** The CIDRs that a rule lets in, its prefix list's entries included; none for a rule that refers to a group. Throws where the prefix list was not read. */
export function sourcesOf(rule: SecurityGroupRule, prefixLists: PrefixLists): readonly string[] {
  if (rule.PrefixListId === undefined) return [rule.CidrIpv4, rule.CidrIpv6].flatMap((cidr) => cidr || []);
  const entries = prefixLists[rule.PrefixListId];
  if (entries === undefined) throw new Error(`the entries of ${rule.PrefixListId} were not read`);
  return entries;
}

/** The ingress rules by which the world reaches one of the ports: each that is too wide by itself, and, where narrower ones together cover the world, the widest of them, so that as many as possible stay. */
export function exposingRules(
  rules: readonly SecurityGroupRule[],
  prefixLists: PrefixLists,
  ports: readonly number[],
  breadth: Breadth,
): readonly SecurityGroupRule[] {
  const open = rules
    .filter((rule) => rule.IsEgress !== true && ports.some((port) => opensPort(rule, port)))
    .map((rule) => ({ rule, sources: sourcesOf(rule, prefixLists) }));
  const { wide = [], narrow = [] } = Object.groupBy(open, ({ sources }) =>
    sources.some((cidr) => isTooWide(cidr, breadth)) ? 'wide' : 'narrow',
  );
  const exposing = new Set([...wide, ...crowding(narrow, ports)].map(({ rule }) => rule));
  return rules.filter((rule) => exposing.has(rule));
}

interface OpenRule {
  readonly rule: SecurityGroupRule;
  readonly sources: readonly string[];
}

/** Those that have to go so that the others together no longer cover the world: the narrowest are let in first, then each wider one as long as there is room. */
function crowding(open: readonly OpenRule[], ports: readonly number[]): readonly OpenRule[] {
  const covered = (some: readonly OpenRule[], port: number) =>
    coversTheWorld(some.filter(({ rule }) => opensPort(rule, port)).flatMap(({ sources }) => sources));
  const crowded = ports.filter((port) => covered(open, port));
  if (crowded.length === 0) return [];
  const narrowestFirst = open
    .map((one) => ({ one, reach: reachOf(one.sources), id: one.rule.SecurityGroupRuleId ?? '' }))
    .sort((a, b) => a.reach - b.reach || a.id.localeCompare(b.id))
    .map(({ one }) => one);
  const kept: OpenRule[] = [];
  const removed: OpenRule[] = [];
  for (const one of narrowestFirst) {
    const tooMuch = crowded.some((port) => opensPort(one.rule, port) && covered([...kept, one], port));
    (tooMuch ? removed : kept).push(one);
  }
  return removed;
}

/** A rule in a few words, as an engineer would write it: `tcp 22 from 0.0.0.0/0`. */
export function inWords({ IpProtocol, FromPort, ToPort, ...rule }: SecurityGroupRule): string {
  const everyPort = FromPort === undefined || FromPort === -1;
  const ports = everyPort ? '' : ` ${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`}`;
  const source = rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId ?? '?';
  return `${IpProtocol === '-1' ? 'all traffic' : `${IpProtocol}${ports}`} ${rule.IsEgress ? 'to' : 'from'} ${source}`;
}

/** Takes one rule away by its id, so that its neighbours in the same permission stay; the undo puts it back with description and tags. */
export function revoke(groupId: string, rule: SecurityGroupRule): Step {
  const input = { GroupId: groupId, SecurityGroupRuleIds: [rule.SecurityGroupRuleId ?? ''] };
  // AWS keeps the tags that begin with `aws:` to itself and refuses a call that sets them.
  const tags = rule.Tags?.filter(({ Key = '' }) => !Key.startsWith('aws:')) ?? [];
  const again = {
    GroupId: groupId,
    IpPermissions: [permissionOf(rule)],
    ...(tags.length > 0 ? { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: tags }] } : {}),
  };
  return rule.IsEgress
    ? step(EC2Client, RevokeSecurityGroupEgressCommand, input, {
        satisfiedBy: ALREADY_REVOKED,
        undo: () => [step(EC2Client, AuthorizeSecurityGroupEgressCommand, again, { satisfiedBy: ALREADY_THERE })],
      })
    : step(EC2Client, RevokeSecurityGroupIngressCommand, input, {
        satisfiedBy: ALREADY_REVOKED,
        undo: () => [step(EC2Client, AuthorizeSecurityGroupIngressCommand, again, { satisfiedBy: ALREADY_THERE })],
      });
}

const ALREADY_REVOKED = ['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound'];
const ALREADY_THERE = ['InvalidPermission.Duplicate'];

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
