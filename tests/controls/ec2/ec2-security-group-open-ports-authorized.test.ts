import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import scene from '../../../scenes/ec2/ec2-security-group-open-ports-authorized.ts';
import adminPorts from '../../../shared/controls/ec2/ec2-security-group-admin-ports-restricted.ts';
import highRiskPorts from '../../../shared/controls/ec2/ec2-security-group-high-risk-ports-restricted.ts';
import control from '../../../shared/controls/ec2/ec2-security-group-open-ports-authorized.ts';
import { defaultParameters } from '../../../shared/policy/defaults.ts';
import { Unreadable } from '../../../shared/resource.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
const given = (rules: readonly SecurityGroupRule[], prefixLists: Record<string, string[] | Unreadable> = {}) => ({
  rules: {
    rules: rules.map((rule, index) => ({ SecurityGroupRuleId: `sgr-${index}`, IsEgress: false, ...rule })),
    prefixLists,
  },
});
const ports = (IpProtocol: string, FromPort: number, ToPort = FromPort) => ({ IpProtocol, FromPort, ToPort });
const tcp = (from: number, to = from) => ports('tcp', from, to);
const world = { CidrIpv4: '0.0.0.0/0' };
const revoked = (...ids: string[]) =>
  ids.map((id) => ['RevokeSecurityGroupIngress', { GroupId: GROUP, SecurityGroupRuleIds: [id] }] as const);
const unreadable = new Unreadable('prefix list pl-1', new Error('no'));

testControl(control, {
  resourceId: GROUP,
  besides: { 'ec2:CreateTags': 'its undo gives a rule its tags back' },
  compliant: {
    'no rules': given([]),
    'the web': given([
      { ...tcp(80), ...world },
      { ...tcp(443), CidrIpv6: '::/0' },
    ]),
    'the web in one rule, with nothing between': {
      ...given([{ ...tcp(80, 81), ...world }]),
      parameters: { authorizedTcpPorts: [80, 81] },
    },
    'ports that other controls keep': given([
      { ...tcp(22), ...world },
      { ...ports('udp', 3389), ...world },
      { ...tcp(5432), ...world },
      { ...tcp(20, 23), ...world },
    ]),
    'an office': given([{ ...tcp(4317), CidrIpv4: '203.0.113.0/24' }]),
    'ping to everybody': given([{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1, ...world }]),
    'ports of our own': {
      ...given([{ ...ports('udp', 443), ...world }]),
      parameters: { authorizedUdpPorts: [443] },
    },
    egress: given([{ IpProtocol: '-1', IsEgress: true, ...world }]),
  },
  unreadable: {
    'a prefix list': [given([{ ...tcp(4317), PrefixListId: 'pl-1' }], { 'pl-1': unreadable }), 'pl-1'],
  },
  nonCompliant: {
    'one more port': {
      given: given([
        { ...tcp(443), ...world },
        { ...tcp(4317), ...world },
      ]),
      plan: revoked('sgr-1'),
      after: given([]),
      says: 'Open to the world: tcp 4317 from 0.0.0.0/0.',
    },
    'UDP where TCP alone is authorized': {
      given: given([{ ...ports('17', 443), ...world }]),
      plan: revoked('sgr-0'),
      after: given([]),
    },
    'a range that holds the web': {
      given: given([{ ...tcp(80, 443), ...world }]),
      plan: revoked('sgr-0'),
      after: given([]),
    },
    'all traffic': {
      given: given([{ IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' }]),
      plan: revoked('sgr-0'),
      after: given([]),
      says: 'all traffic from ::/0',
    },
    'the last port': { given: given([{ ...tcp(65535), ...world }]), plan: revoked('sgr-0'), after: given([]) },
    'the first port': { given: given([{ ...tcp(0), ...world }]), plan: revoked('sgr-0'), after: given([]) },
    'two ranges that meet at one port': {
      given: given([
        { ...tcp(4000, 4100), CidrIpv4: '0.0.0.0/1' },
        { ...tcp(4100, 4200), CidrIpv4: '128.0.0.0/1' },
      ]),
      plan: revoked('sgr-0', 'sgr-1'),
      after: given([]),
    },
    'SSH, where the other controls are not asked': {
      given: given([{ ...tcp(22), ...world }]),
      parameters: { portsOfOtherControls: [] },
      plan: revoked('sgr-0'),
      after: given([]),
    },
    'a port by UDP, beside a prefix list of TCP that cannot be read': {
      given: given(
        [
          { ...tcp(4317), PrefixListId: 'pl-1' },
          { ...ports('udp', 4317), ...world },
        ],
        { 'pl-1': unreadable },
      ),
      plan: revoked('sgr-1'),
      after: given([]),
    },
  },
});

describe('by default', () => {
  const context = { parameters: defaultParameters(control) as never, now: new Date(), lastKnown: null };
  const ref = { resourceType: control.resource.type, resourceId: GROUP, accountId: SAMPLE_ACCOUNT, region: REGION };

  test('no port is in the list of more than one control: one open port is one finding', () => {
    const lists = [
      control.parameters.authorizedTcpPorts.default,
      adminPorts.parameters.ports.default,
      highRiskPorts.parameters.ports.default,
    ];
    expect(new Set(lists.flat()).size).toBe(lists.flat().length);
    expect(control.parameters.portsOfOtherControls.default.toSorted()).toEqual(lists.slice(1).flat().toSorted());
  });

  test('a rule is found where, port by port, it opens one that may not be open', () => {
    const { authorizedTcpPorts, portsOfOtherControls } = control.parameters;
    const mayBeOpen = new Set([...authorizedTcpPorts.default, ...portsOfOtherControls.default]);
    const edge = fc.constantFrom(0, 19, 20, 22, 23, 79, 80, 81, 442, 443, 444, 3388, 3389, 5432, 9300, 9301, 65535);
    fc.assert(
      fc.property(edge, edge, (one, two) => {
        const rule = { ...tcp(Math.min(one, two), Math.max(one, two)), ...world };
        const opened = Array.from({ length: rule.ToPort - rule.FromPort + 1 }, (_, index) => rule.FromPort + index);
        const isOpen = opened.some((port) => !mayBeOpen.has(port));
        const { complianceType } = control.evaluate({ ref, ...given([rule]) }, context);
        expect(complianceType).toBe(isOpen ? 'NON_COMPLIANT' : 'COMPLIANT');
      }),
    );
  });
});

testScene(control, scene);
