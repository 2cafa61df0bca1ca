import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { ruleElement } from '../../../shared/aws/ec2/security-group-rules.ts';
import control from '../../../shared/controls/ec2/ec2-security-group-admin-ports-restricted.ts';
import { Unreadable } from '../../../shared/resource.ts';
import { arePossible, GROUP, rulesAfter, rulesByContent, rulesOf, WIDE } from '../../support/harm/security-group.ts';
import { testHarmless } from '../../support/harm/test-harmless.ts';

/** A prefix list may be changing, and one could not be read. */
interface Group {
  readonly rules: readonly SecurityGroupRule[];
  readonly isChanging: boolean;
}

const opensAdminPort = ({ IpProtocol, FromPort = 0, ToPort = 0 }: SecurityGroupRule) =>
  IpProtocol === '-1' ||
  (['tcp', 'udp'].includes(IpProtocol ?? '') && [22, 3389].some((port) => FromPort <= port && port <= ToPort));
const isFromTheWorld = ({ CidrIpv4 = '', CidrIpv6 = '', PrefixListId }: SecurityGroupRule, isChanging: boolean) =>
  WIDE.includes(CidrIpv4) || WIDE.includes(CidrIpv6) || (PrefixListId === 'pl-wide' && !isChanging);

const isWrong = (rule: SecurityGroupRule, isChanging: boolean) =>
  rule.IsEgress !== true && opensAdminPort(rule) && isFromTheWorld(rule, isChanging);
const group = fc.record({ rules: rulesOf(true), isChanging: fc.boolean() });

testHarmless<Group>(control, {
  resourceId: GROUP,
  good: group.map(({ rules, isChanging }) => ({
    isChanging,
    rules: rules.filter((rule) => !isWrong(rule, false)),
  })),
  any: group,
  isPossible: ({ rules }) => arePossible(rules),
  read: ({ rules, isChanging }) => ({
    rules: {
      rules,
      prefixLists: {
        'pl-wide': isChanging ? { inProgress: 'modify-in-progress' } : ['203.0.113.0/24', '0.0.0.0/0'],
        'pl-narrow': ['203.0.113.0/24'],
        'pl-unread': new Unreadable('prefix list pl-unread', new Error('AccessDenied')),
      },
    },
  }),
  calledFor: ({ rules, isChanging }) => {
    const wrong = rules.filter((rule) => isWrong(rule, isChanging));
    return { isDrift: wrong.length > 0, parts: wrong.map(ruleElement) };
  },
  partsOf: ({ rules }) => rulesByContent(rules),
  apply: ({ rules, ...rest }, call) => ({ ...rest, rules: rulesAfter(rules, call) }),
});
