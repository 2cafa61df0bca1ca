import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import control from '../../../shared/controls/ec2/ec2-default-security-group-closed.ts';
import { callOf } from '../../../shared/step.ts';
import { comparableRules } from '../../support/exposure-scenes.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { stepsOf, testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
const VPC = 'vpc-0a9b8c7d6e5f40312';

const evaluated = (rules: readonly SecurityGroupRule[], name = 'default') => ({
  group: { name, vpcId: VPC, tags: [] },
  rules: { rules: rules.map((rule, index) => ({ SecurityGroupRuleId: `sgr-${index}`, ...rule })), prefixLists: {} },
});
const given = (rules: readonly SecurityGroupRule[], networkInterfaces: string[] = []) => ({
  ...evaluated(rules),
  networkInterfaces,
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

/** A new VPC with its default group, whose rules are described and tagged, and a second VPC and group that must stay as they are. */
async function makeVpc({ aws, accountId }: TestAccount) {
  const ec2 = aws()(EC2Client);
  const make = async (CidrBlock: string) => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock }));
    const vpcId = Vpc?.VpcId as string;
    const filters = [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'group-name', Values: ['default'] },
    ];
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: filters }));
    return { vpcId, groupId: SecurityGroups[0]?.GroupId as string };
  };
  const [own, other] = [await make('10.50.0.0/16'), await make('10.60.0.0/16')];
  const made = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: own.vpcId }),
  );
  const web = made.GroupId as string;
  const tagged = (Value: string) => [{ ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'Owner', Value }] }];
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: own.groupId,
      IpPermissions: [
        { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: own.groupId, UserId: accountId }] },
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5433, UserIdGroupPairs: [{ GroupId: web, Description: 'web' }] },
      ],
    }),
  );
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: own.groupId,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 22,
          ToPort: 22,
          IpRanges: [{ CidrIp: '203.0.113.0/24', Description: 'office' }],
          Ipv6Ranges: [{ CidrIpv6: '2001:db8::/48', Description: 'office' }],
        },
      ],
      TagSpecifications: tagged('jo'),
    }),
  );
  await ec2.send(
    new AuthorizeSecurityGroupEgressCommand({
      GroupId: own.groupId,
      IpPermissions: [{ IpProtocol: 'udp', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '10.0.0.2/32' }] }],
      TagSpecifications: tagged('network'),
    }),
  );
  return {
    ec2,
    ...own,
    state: () => comparableRules(ec2, own.groupId),
    neighbours: async () => [await comparableRules(ec2, other.groupId), await comparableRules(ec2, web)],
  };
}

testOnSandbox(control, {
  'a VPC is made': async (account) => {
    const { vpcId, state, neighbours } = await makeVpc(account);
    return { event: sampleEvent('ec2/CreateVpc', { [VPC]: vpcId }), state, neighbours };
  },
  'egress is let out': async (account) => {
    const { groupId, state, neighbours } = await makeVpc(account);
    return { event: sampleEvent('ec2/AuthorizeSecurityGroupEgress', { [GROUP]: groupId }), state, neighbours };
  },
  'network interfaces use the group': async (account) => {
    const { ec2, vpcId, groupId, state, neighbours } = await makeVpc(account);
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.50.1.0/24' }));
    await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet?.SubnetId, Groups: [groupId] }));
    const event = sampleEvent('ec2/AuthorizeSecurityGroupIngress', { [GROUP]: groupId });
    return { event, state, neighbours, outcome: 'detected' };
  },
});
