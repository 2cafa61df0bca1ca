import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import scene from '../../../scenes/ec2/ec2-security-group-high-risk-ports-restricted.ts';
import adminPorts from '../../../shared/controls/ec2/ec2-security-group-admin-ports-restricted.ts';
import control from '../../../shared/controls/ec2/ec2-security-group-high-risk-ports-restricted.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
const given = (rules: readonly SecurityGroupRule[], prefixLists: Record<string, string[]> = {}) => ({
  rules: {
    rules: rules.map((rule, index) => ({ SecurityGroupRuleId: `sgr-${index}`, IsEgress: false, ...rule })),
    prefixLists,
  },
});
const tcp = (FromPort: number, ToPort = FromPort) => ({ IpProtocol: 'tcp', FromPort, ToPort });
const world = { CidrIpv4: '0.0.0.0/0' };
const postgres = tcp(5432);
const revoked = (...ids: string[]) =>
  ids.map((id) => ['RevokeSecurityGroupIngress', { GroupId: GROUP, SecurityGroupRuleIds: [id] }] as const);

testControl(control, {
  resourceId: GROUP,
  besides: { 'ec2:CreateTags': 'its undo gives a rule its tags back' },
  compliant: {
    'no rules': given([]),
    'the web': given([
      { ...tcp(80), ...world },
      { ...tcp(443), ...world, CidrIpv6: '::/0' },
    ]),
    'a narrow range': given([{ ...postgres, CidrIpv4: '203.0.113.0/24' }]),
    'the widest that is allowed': given([
      { ...postgres, CidrIpv4: '10.0.0.0/8' },
      { ...postgres, CidrIpv6: '2001::/16' },
    ]),
    'a referenced group': given([{ ...postgres, ReferencedGroupInfo: { GroupId: 'sg-1', UserId: SAMPLE_ACCOUNT } }]),
    'a wide range that nobody on the Internet has': given([{ ...postgres, CidrIpv6: 'fc00::/7' }]),
    'SSH and RDP, which the administration ports control keeps': given([
      { ...tcp(22), ...world },
      { ...tcp(3389), ...world },
    ]),
    'ports beside the list': given([
      { ...tcp(24), ...world },
      { ...tcp(5433, 5499), ...world },
      { ...tcp(9301, 65535), ...world },
    ]),
    'a protocol without ports': given([{ IpProtocol: '50', FromPort: -1, ToPort: -1, ...world }]),
    egress: given([{ IpProtocol: '-1', IsEgress: true, ...world }]),
    'half a world short of one address range': given(
      Array.from({ length: 127 }, (_, n) => ({ ...postgres, CidrIpv4: `${n}.0.0.0/8` })),
    ),
    'ports that are not on a list of our own': {
      ...given([{ ...postgres, ...world }]),
      parameters: { ports: [6379] },
    },
    'a width of our own': { ...given([{ ...postgres, CidrIpv4: '0.0.0.0/2' }]), parameters: { widestIpv4: 1 } },
  },
  nonCompliant: {
    'two of five rules': {
      given: given([
        { ...postgres, CidrIpv4: '203.0.113.0/24' },
        { ...postgres, ...world },
        { ...tcp(443), ...world },
        { ...postgres, CidrIpv6: '::/0' },
        { ...postgres, ReferencedGroupInfo: { GroupId: 'sg-1' } },
      ]),
      plan: revoked('sgr-1', 'sgr-3'),
      after: given([]),
      says: 'Open to the world: tcp 5432 from 0.0.0.0/0; tcp 5432 from ::/0.',
    },
    'host bits beside /0': {
      given: given([{ ...tcp(21), CidrIpv4: '203.0.113.9/0' }]),
      plan: revoked('sgr-0'),
      after: given([]),
    },
    'the ends of a range': {
      given: given([
        { ...tcp(9300, 9400), ...world },
        { ...tcp(10, 20), ...world },
      ]),
      plan: revoked('sgr-0', 'sgr-1'),
      after: given([]),
      says: 'tcp 9300-9400 from 0.0.0.0/0; tcp 10-20 from 0.0.0.0/0',
    },
    'every port': { given: given([{ ...tcp(0, 65535), ...world }]), plan: revoked('sgr-0'), after: given([]) },
    'all protocols': {
      given: given([{ IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' }]),
      plan: revoked('sgr-0'),
      after: given([]),
      says: 'all traffic from ::/0',
    },
    'udp by its number': {
      given: given([{ IpProtocol: '17', FromPort: 1434, ToPort: 1434, ...world }]),
      plan: revoked('sgr-0'),
      after: given([]),
    },
    'all of routed IPv6': {
      given: given([{ ...tcp(9200), CidrIpv6: '2000::/3' }]),
      plan: revoked('sgr-0'),
      after: given([]),
    },
    'split ranges': {
      given: given([
        { ...tcp(445), CidrIpv4: '0.0.0.0/1' },
        { ...tcp(445), CidrIpv4: '128.0.0.0/1' },
        { ...tcp(445), CidrIpv4: '198.51.100.0/24' },
      ]),
      plan: revoked('sgr-0', 'sgr-1'),
      after: given([]),
    },
    'a prefix list that holds the world': {
      given: given([{ ...tcp(3306), PrefixListId: 'pl-1' }], { 'pl-1': ['10.0.0.0/8', '0.0.0.0/0'] }),
      plan: revoked('sgr-0'),
      after: given([]),
      says: 'tcp 3306 from pl-1',
    },
    'a width of our own': {
      given: given([
        { ...postgres, CidrIpv4: '203.0.0.0/15' },
        { ...postgres, CidrIpv4: '203.0.0.0/16' },
      ]),
      parameters: { widestIpv4: 16 },
      plan: revoked('sgr-0'),
      after: given([{ ...postgres, CidrIpv4: '203.0.0.0/16' }]),
    },
  },
});

/** The ports of EC2.19 but SSH and RDP. */
const HIGH_RISK = [
  20, 21, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200,
  9300,
];

test('no port is in both lists: one open port is one finding, one gate and one notification', () => {
  const [mine, its] = [control, adminPorts].map((one) => new Set<number>(one.parameters.ports.default));
  expect([...(mine ?? [])].filter((port) => its?.has(port))).toEqual([]);
  // Together they keep every port that EC2.19 names.
  expect([...(mine ?? []), ...(its ?? [])].sort((a, b) => a - b)).toEqual(
    [...HIGH_RISK, 22, 3389].sort((a, b) => a - b),
  );
});

describe('each port of EC2.19 that is no administration port', () => {
  const ref = { resourceType: control.resource.type, resourceId: GROUP, accountId: SAMPLE_ACCOUNT, region: REGION };
  const parameters = { ports: control.parameters.ports.default, widestIpv4: 8, widestIpv6: 16 };
  const context = { parameters, now: new Date(), lastKnown: null };
  test.each(HIGH_RISK)('%i', (port) => {
    const state = { ref, ...given([{ ...tcp(port), ...world }]) };
    expect(control.evaluate(state, context).complianceType).toBe('NON_COMPLIANT');
  });
});

testScene(control, scene);
