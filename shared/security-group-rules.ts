import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { type Step, step } from './control.ts';
import { type Breadth, coversTheWorld, isTooWide, opensPort, widestShare } from './network.ts';

/** CIDRs of the prefix lists that a group's rules refer to, by prefix list id. */
export type PrefixLists = Readonly<Record<string, readonly string[]>>;

/** The CIDRs that a rule lets in, its prefix list's entries included; none for a rule that refers to a group. */
export function sourcesOf(rule: SecurityGroupRule, prefixLists: PrefixLists): readonly string[] {
  if (rule.PrefixListId !== undefined) return prefixLists[rule.PrefixListId] ?? [];
  return [rule.CidrIpv4, rule.CidrIpv6].flatMap((cidr) => cidr || []);
}

/** The ingress rules by which the world reaches one of the ports: each that is too wide by itself, and, where narrower ones together cover the world, the widest of them until they no longer do. */
export function exposingRules(
  rules: readonly SecurityGroupRule[],
  prefixLists: PrefixLists,
  ports: readonly number[],
  breadth: Breadth,
): readonly SecurityGroupRule[] {
  const exposing = new Set<SecurityGroupRule>();
  for (const port of ports) {
    const open = rules.filter((rule) => rule.IsEgress !== true && opensPort(rule, port));
    const widths = new Map(open.map((rule) => [rule, sourcesOf(rule, prefixLists)]));
    for (const [rule, sources] of widths) if (sources.some((cidr) => isTooWide(cidr, breadth))) exposing.add(rule);
    const rest = open
      .filter((rule) => !exposing.has(rule))
      .toSorted((a, b) => widestShare(widths.get(a) ?? []) - widestShare(widths.get(b) ?? []));
    while (coversTheWorld(rest.flatMap((rule) => [...(widths.get(rule) ?? [])])))
      exposing.add(rest.pop() as SecurityGroupRule);
  }
  return rules.filter((rule) => exposing.has(rule));
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
  const again = {
    GroupId: groupId,
    IpPermissions: [permissionOf(rule)],
    ...(rule.Tags?.length
      ? { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: [...rule.Tags] }] }
      : {}),
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
