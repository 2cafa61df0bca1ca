import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import scene from '../../../scenes/ec2/ec2-default-security-group-closed.ts';
import type { Launchers } from '../../../shared/aws/ec2/launchers.ts';
import control from '../../../shared/controls/ec2/ec2-default-security-group-closed.ts';
import { callOf } from '../../../shared/step.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { stepsOf, testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
const VPC = 'vpc-0a9b8c7d6e5f40312';

const evaluated = (rules: readonly SecurityGroupRule[], name = 'default') => ({
  group: { name, vpcId: VPC, tags: [] },
  rules: { rules: rules.map((rule, index) => ({ SecurityGroupRuleId: `sgr-${index}`, ...rule })), prefixLists: {} },
});
const NOTHING = { launchers: [], refused: [] };
const given = (
  rules: readonly SecurityGroupRule[],
  networkInterfaces: string[] = [],
  launchers: Launchers = NOTHING,
) => ({
  ...evaluated(rules),
  networkInterfaces,
  launchers,
});
const fromItself: SecurityGroupRule = {
  IsEgress: false,
  IpProtocol: '-1',
  FromPort: -1,
  ToPort: -1,
  ReferencedGroupInfo: { GroupId: GROUP },
};
const toAnywhere: SecurityGroupRule = {
  IsEgress: true,
  IpProtocol: '-1',
  FromPort: -1,
  ToPort: -1,
  CidrIpv4: '0.0.0.0/0',
};
const revoked = (direction: 'Ingress' | 'Egress', id: string) =>
  [`RevokeSecurityGroup${direction}`, { GroupId: GROUP, SecurityGroupRuleIds: [id] }] as const;

testControl(control, {
  resourceId: GROUP,
  besides: { 'ec2:CreateTags': 'its undo gives a rule its tags back' },
  compliant: {
    'no rules': evaluated([]),
  },
  notApplicable: {
    'another group': evaluated([fromItself, toAnywhere], 'web'),
    'a group whose name begins alike': evaluated([toAnywhere], 'default-web'),
  },
  nonCompliant: {
    'as a VPC brings it': {
      given: given([fromItself, toAnywhere]),
      plan: [revoked('Ingress', 'sgr-0'), revoked('Egress', 'sgr-1')],
      after: given([]),
      says: `The default group of ${VPC} has 2 rules: all traffic from ${GROUP}; all traffic to 0.0.0.0/0.`,
      elements: [[`ingress all ${GROUP}`], ['egress all 0.0.0.0/0']],
      same: {
        'the rules in another order, under other ids': {
          rules: {
            rules: [toAnywhere, fromItself].map((rule) => ({ ...rule, SecurityGroupRuleId: 'x' })),
            prefixLists: {},
          },
        },
      },
      other: { 'one rule less': evaluated([toAnywhere]) },
    },
    'egress alone': {
      given: given([toAnywhere]),
      plan: [revoked('Egress', 'sgr-0')],
      after: given([]),
      says: `The default group of ${VPC} has 1 rule: all traffic to 0.0.0.0/0.`,
    },
    'a harmless rule': {
      given: given([{ IsEgress: false, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/24' }]),
      plan: [revoked('Ingress', 'sgr-0')],
      after: given([]),
      says: 'has 1 rule: tcp 443 from 10.0.0.0/24.',
    },
    'a prefix list': {
      given: given([{ IsEgress: true, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListId: 'pl-1' }]),
      plan: [revoked('Egress', 'sgr-0')],
      after: given([]),
      says: 'tcp 443 to pl-1',
    },
    'one network interface uses it': {
      given: given([toAnywhere], ['eni-1']),
      plan: [],
      byHand: '1 network interface would lose the rules of the group.',
      says: `The default group of ${VPC} has 1 rule: all traffic to 0.0.0.0/0.`,
    },
    'network interfaces use it': {
      given: given([fromItself, toAnywhere], ['eni-1', 'eni-2', 'eni-3']),
      plan: [],
      byHand: '3 network interfaces would lose the rules of the group.',
    },
    'a launch template and a Lambda function name it': {
      given: given([fromItself], [], {
        launchers: ['launch template web (lt-1)', 'Lambda function import'],
        refused: ['Auto Scaling groups (not you)'],
      }),
      plan: [],
      byHand: 'What these launch would be without the rules: launch template web (lt-1), Lambda function import.',
    },
    'many launch into it': {
      given: given([fromItself], [], {
        launchers: ['a', 'b', 'c', 'd', 'e'].map((one) => `launch template ${one}`),
        refused: [],
      }),
      plan: [],
      byHand: /launch template a, launch template b, launch template c, 2 more\.$/,
    },
    'what launches into it could not be read': {
      given: given([fromItself], [], {
        launchers: [],
        refused: ['Lambda functions (not authorized: lambda:ListFunctions)'],
      }),
      plan: [],
      byHand: 'Whether they name the group is not known: Lambda functions (not authorized: lambda:ListFunctions).',
    },
  },
});

test('the undo puts description and tags back, without the tags that AWS keeps to itself', () => {
  const tags = [
    { Key: 'aws:cloudformation:stack-name', Value: 'network' },
    { Key: 'Owner', Value: 'jo' },
  ];
  const ref = { resourceType: control.resource.type, resourceId: GROUP, accountId: SAMPLE_ACCOUNT, region: REGION };
  const state = { ref, ...given([{ ...toAnywhere, Description: 'out', Tags: tags }]) };
  const undo = stepsOf(control, state)[0]?.undo?.({}) ?? [];
  expect(undo.map(callOf)).toEqual([
    {
      service: 'ec2',
      operation: 'AuthorizeSecurityGroupEgress',
      input: {
        GroupId: GROUP,
        IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'out' }] }],
        TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'Owner', Value: 'jo' }] }],
      },
    },
  ]);
});

testScene(control, scene);
