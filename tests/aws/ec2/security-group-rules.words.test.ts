import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { inWords, ruleElement } from '../../../shared/aws/ec2/security-group-rules.ts';

test.each<[string, SecurityGroupRule]>([
  ['tcp 22 from 0.0.0.0/0', { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }],
  ['udp 3000-4000 from ::/0', { IpProtocol: 'udp', FromPort: 3000, ToPort: 4000, CidrIpv6: '::/0' }],
  ['all traffic from pl-1', { IpProtocol: '-1', FromPort: -1, ToPort: -1, PrefixListId: 'pl-1' }],
  ['all traffic to sg-2', { IpProtocol: '-1', IsEgress: true, ReferencedGroupInfo: { GroupId: 'sg-2' } }],
])('a rule in words: %s', (words, rule) => {
  expect(inWords(rule)).toBe(words);
});

test.each<[string, SecurityGroupRule]>([
  ['ingress tcp 22 0.0.0.0/0', { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }],
  ['ingress tcp 22 0.0.0.0/0', { IpProtocol: '6', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0', Description: 'x' }],
  [
    'ingress udp 53-99 pl-1',
    { IpProtocol: 'UDP', FromPort: 53, ToPort: 99, PrefixListId: 'pl-1', SecurityGroupRuleId: 'x' },
  ],
  ['egress all ::/0', { IsEgress: true, IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' }],
  ['ingress icmp sg-1', { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, ReferencedGroupInfo: { GroupId: 'sg-1' } }],
])('a rule as an element, by its content alone: %s', (element, rule) => {
  expect(ruleElement(rule)).toBe(element);
});
