import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import scene from '../../../scenes/ec2/ec2-security-group-admin-ports-restricted.ts';
import type { PrefixLists } from '../../../shared/aws/ec2/security-group-rules.ts';
import control from '../../../shared/controls/ec2/ec2-security-group-admin-ports-restricted.ts';
import { Unreadable } from '../../../shared/resource.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
const given = (rules: readonly SecurityGroupRule[], prefixLists: PrefixLists = {}) => ({
  rules: {
    rules: rules.map((rule, index) => ({ SecurityGroupRuleId: `sgr-${index}`, IsEgress: false, ...rule })),
    prefixLists,
  },
});
const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
const world = { ...ssh, CidrIpv4: '0.0.0.0/0' };
const unread = { 'pl-1': new Unreadable('prefix list pl-1', new Error('denied')) };
const office = { ...ssh, CidrIpv4: '203.0.113.0/24' };
const revoked = (...ids: string[]) =>
  ids.map((id) => ['RevokeSecurityGroupIngress', { GroupId: GROUP, SecurityGroupRuleIds: [id] }] as const);

testControl(control, {
  resourceId: GROUP,
  besides: { 'ec2:CreateTags': 'its undo gives a rule its tags back' },
  compliant: {
    'no rules': given([]),
    'a narrow range': given([office]),
    'another port': given([{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '0.0.0.0/0' }]),
    'a protocol without ports': given([{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1, CidrIpv4: '0.0.0.0/0' }]),
    egress: given([{ IpProtocol: '-1', IsEgress: true, CidrIpv4: '0.0.0.0/0' }]),
    'a referenced group': given([{ ...ssh, ReferencedGroupInfo: { GroupId: 'sg-1' } }]),
    'a wide range that nobody on the Internet has': given([{ ...ssh, CidrIpv6: 'fd00::/8' }]),
    'the neighbouring ports': given([
      { IpProtocol: 'tcp', FromPort: 23, ToPort: 3388, CidrIpv4: '0.0.0.0/0' },
      { IpProtocol: 'tcp', FromPort: 3390, ToPort: 65535, CidrIpv4: '0.0.0.0/0' },
    ]),
    'egress to a prefix list that was not read': given([{ ...ssh, IsEgress: true, PrefixListId: 'pl-1' }]),
    'a narrow prefix list': given([{ ...ssh, PrefixListId: 'pl-1' }], { 'pl-1': ['203.0.113.0/24'] }),
    'a prefix list that could not be read, on a port that nobody asks about': given(
      [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListId: 'pl-1' }],
      unread,
    ),
  },
  unreadable: {
    'a prefix list that could not be read': [given([{ ...ssh, PrefixListId: 'pl-1' }], unread), 'prefix list pl-1'],
    'a prefix list that could not be read, beside a range that nobody has': [
      given(
        [
          { ...ssh, PrefixListId: 'pl-1' },
          { ...ssh, CidrIpv6: 'fd00::/8' },
        ],
        unread,
      ),
      'prefix list pl-1',
    ],
  },
  nonCompliant: {
    'ssh from 0.0.0.0/0 beside a narrow range': {
      given: given([office, { ...ssh, CidrIpv4: '0.0.0.0/0' }]),
      plan: revoked('sgr-1'),
      after: given([office]),
      says: 'tcp 22 from 0.0.0.0/0',
      elements: [['ingress tcp 22 0.0.0.0/0']],
      same: {
        'the rule made again, under another id, without its neighbour': given([world]),
        'its protocol by number': given([{ ...world, IpProtocol: '6' }]),
        'beside a prefix list that could not be read': given([world, { ...ssh, PrefixListId: 'pl-1' }], unread),
      },
      other: { 'a second port': given([office, world, { ...world, FromPort: 3389, ToPort: 3389 }]) },
    },
    'beside a prefix list that could not be read': {
      given: given([{ ...ssh, PrefixListId: 'pl-1' }, world], unread),
      plan: revoked('sgr-1'),
      after: given([]),
    },
    'more rules than an annotation holds': {
      given: given(Array.from({ length: 20 }, (_, n) => ({ ...ssh, CidrIpv4: `${n * 4}.0.0.0/6` }))),
      plan: revoked(...Array.from({ length: 20 }, (_, n) => `sgr-${n}`)),
      after: given([]),
      other: {
        'one more behind its end': given(
          Array.from({ length: 21 }, (_, n) => ({ ...ssh, CidrIpv4: `${n * 4}.0.0.0/6` })),
        ),
      },
    },
    IPv6: { given: given([{ ...ssh, CidrIpv6: '::/0' }]), plan: revoked('sgr-0'), after: given([]) },
    'split ranges': {
      given: given([
        { ...ssh, CidrIpv4: '0.0.0.0/1' },
        { ...ssh, CidrIpv4: '128.0.0.0/1' },
      ]),
      plan: revoked('sgr-0', 'sgr-1'),
      after: given([]),
    },
    'all protocols, no ports': {
      given: given([{ IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' }]),
      plan: revoked('sgr-0'),
      after: given([]),
    },
    'udp by number, in a range of ports': {
      given: given([{ IpProtocol: '17', FromPort: 3000, ToPort: 4000, CidrIpv4: '0.0.0.0/0' }]),
      plan: revoked('sgr-0'),
      after: given([]),
    },
    'a prefix list that holds the world': {
      given: given([{ ...ssh, PrefixListId: 'pl-1' }], { 'pl-1': ['10.0.0.0/8', '0.0.0.0/0'] }),
      plan: revoked('sgr-0'),
      after: given([]),
    },
  },
});

testScene(control, scene);
