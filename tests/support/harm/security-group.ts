import type { IpPermission, SecurityGroupRule, Tag } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { ruleElement } from '../../../shared/aws/ec2/security-group-rules.ts';
import type { CallData } from '../../../shared/step.ts';
import type { Parts } from './test-harmless.ts';

export const GROUP = 'sg-0a1b2c3d4e5f60718';

/** Sources that are the world by themselves, and sources that are not. */
export const WIDE = [
  '0.0.0.0/0',
  '1.2.3.4/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '64.0.0.0/2',
  '::/0',
  '2000::/3',
  '2a00::/12',
];
const NARROW = ['10.0.0.0/8', '192.168.0.0/16', '203.0.113.7/32', 'fd00::/8', 'fd00::/7', '2001:db8::/32', '2a00::/16'];
export const LISTS = ['pl-wide', 'pl-narrow', 'pl-unread'];

const cidr = (of: readonly string[]) =>
  fc.constantFrom(...of).map((text) => (text.includes(':') ? { CidrIpv6: text } : { CidrIpv4: text }));
const source = (isWide: boolean) =>
  fc.oneof(
    { weight: 4, arbitrary: cidr(isWide ? [...WIDE, ...NARROW] : NARROW) },
    fc.constantFrom(...(isWide ? LISTS : ['pl-narrow'])).map((PrefixListId) => ({ PrefixListId })),
    fc.constant({ ReferencedGroupInfo: { GroupId: 'sg-0bb1b2c3d4e5f6071', UserId: '111122223333' } }),
  );

const port = fc.constantFrom(0, 21, 22, 23, 80, 443, 3388, 3389, 3390, 65535);
const ports = fc.tuple(port, port).map(([a, b]) => ({ FromPort: Math.min(a, b), ToPort: Math.max(a, b) }));
const traffic = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({ IpProtocol: fc.constantFrom('tcp', 'udp') })
      .chain((of) => ports.map((p) => ({ ...of, ...p }))),
  },
  fc.constant({ IpProtocol: '-1', FromPort: -1, ToPort: -1 }),
  fc.constantFrom('icmp', 'icmpv6', '50').map((IpProtocol) => ({ IpProtocol, FromPort: -1, ToPort: -1 })),
);
const about = fc.record(
  { Description: fc.constantFrom('office', 'ssh', ''), Tags: fc.constant<Tag[]>([{ Key: 'team', Value: 'web' }]) },
  { requiredKeys: [] },
);

/** Rules as EC2 reads them, no two alike; `isWide`: from anywhere. */
export const rulesOf = (isWide: boolean, isAny: (rule: SecurityGroupRule) => boolean = () => true) =>
  fc
    .uniqueArray(
      fc
        .tuple(fc.boolean(), traffic, source(isWide), about)
        .map(([IsEgress, what, from, rest]): SecurityGroupRule => ({ IsEgress, ...what, ...from, ...rest }))
        .filter(isAny),
      { maxLength: 6, selector: ruleElement },
    )
    .map((rules) => rules.map((rule, index) => ({ SecurityGroupRuleId: `sgr-${index}`, ...rule })));

/** EC2 has no two rules of the same content, and none with two sources. */
export const arePossible = (rules: readonly SecurityGroupRule[]): boolean =>
  new Set(rules.map(ruleElement)).size === rules.length &&
  new Set(rules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId)).size === rules.length &&
  rules.every((rule) => {
    const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo, IpProtocol, FromPort = 0, ToPort = 0 } = rule;
    const sources = [CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo].filter((one) => one !== undefined);
    const hasPorts = IpProtocol === 'tcp' || IpProtocol === 'udp';
    return sources.length === 1 && FromPort <= ToPort && (hasPorts ? FromPort >= 0 : FromPort === -1 && ToPort === -1);
  });

/** By content: an undo makes a rule again, under another id. */
export const rulesByContent = (rules: readonly SecurityGroupRule[]): Parts =>
  Object.fromEntries(
    rules.map((rule) => {
      const { SecurityGroupRuleId: _, Description, ...rest } = rule;
      // EC2 does not tell an empty description from none.
      return [ruleElement(rule), { ...rest, ...(Description ? { Description } : {}) }];
    }),
  );

/** What EC2 makes of a group's rules by these calls. */
export function rulesAfter(rules: readonly SecurityGroupRule[], { operation, input }: CallData): SecurityGroupRule[] {
  const { GroupId, SecurityGroupRuleIds, IpPermissions, TagSpecifications } = input as {
    readonly GroupId: string;
    readonly SecurityGroupRuleIds?: readonly string[];
    readonly IpPermissions?: readonly IpPermission[];
    readonly TagSpecifications?: readonly { readonly Tags: SecurityGroupRule['Tags'] }[];
  };
  const [, verb, direction] = /^(Revoke|Authorize)SecurityGroup(Ingress|Egress)$/.exec(operation) ?? [];
  if (verb === undefined || GroupId !== GROUP) throw new Error(`${operation} of ${GroupId} was not expected`);
  const isEgress = direction === 'Egress';
  if (verb === 'Revoke') {
    const named = rules.filter((rule) => SecurityGroupRuleIds?.includes(rule.SecurityGroupRuleId ?? ''));
    if (named.length !== SecurityGroupRuleIds?.length || named.some(({ IsEgress }) => IsEgress !== isEgress))
      throw new Error('there is no such rule in this direction');
    return rules.filter((rule) => !named.includes(rule));
  }
  const made = (IpPermissions ?? []).map((permission): SecurityGroupRule => {
    const {
      IpProtocol,
      FromPort = -1,
      ToPort = -1,
      IpRanges = [],
      Ipv6Ranges = [],
      PrefixListIds = [],
      UserIdGroupPairs = [],
    } = permission;
    const [{ Description, ...from } = {}, ...others] = [
      ...IpRanges.map(({ CidrIp, Description: said }) => ({ CidrIpv4: CidrIp, Description: said })),
      ...Ipv6Ranges,
      ...PrefixListIds,
      ...UserIdGroupPairs.map(({ Description: said, ...group }) => ({ ReferencedGroupInfo: group, Description: said })),
    ];
    if (others.length > 0) throw new Error('one rule at a time');
    const Tags = TagSpecifications?.flatMap((one) => one.Tags ?? []);
    return {
      SecurityGroupRuleId: `sgr-new-${rules.length}`,
      IsEgress: isEgress,
      IpProtocol,
      FromPort,
      ToPort,
      ...from,
      ...(Description === undefined ? {} : { Description }),
      ...(Tags === undefined ? {} : { Tags }),
    } as SecurityGroupRule;
  });
  return [...rules, ...made];
}
