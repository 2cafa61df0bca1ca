import { EC2Client, type SecurityGroupRule } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { revokeEgress, revokeIngress } from '../../../shared/aws/ec2/security-group-rules.ts';
import { callOf } from '../../../shared/step.ts';

describe('a step that revokes', () => {
  const rule: SecurityGroupRule = {
    SecurityGroupRuleId: 'sgr-1',
    GroupId: 'sg-1',
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIpv4: '0.0.0.0/0',
    Description: 'just for today',
    Tags: [{ Key: 'team', Value: 'web' }],
  };
  const undoOf = (of: SecurityGroupRule) => revokeIngress('sg-1', of).undo?.({}).map(callOf)[0];

  test('names one rule by its id, and brings it back with description and tags', () => {
    expect(callOf(revokeIngress('sg-1', rule))).toEqual({
      service: 'ec2',
      operation: 'RevokeSecurityGroupIngress',
      input: { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-1'] },
    });
    expect(revokeIngress('sg-1', rule).client).toBe(EC2Client);
    expect(undoOf(rule)).toEqual({
      service: 'ec2',
      operation: 'AuthorizeSecurityGroupIngress',
      input: {
        GroupId: 'sg-1',
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'just for today' }],
          },
        ],
        TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'team', Value: 'web' }] }],
      },
    });
  });

  test.each<[string, SecurityGroupRule, object]>([
    [
      'all traffic has no ports',
      { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' },
      {
        IpProtocol: '-1',
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      },
    ],
    [
      'a prefix list',
      { IpProtocol: 'udp', FromPort: 0, ToPort: 9, PrefixListId: 'pl-1', Description: '' },
      {
        IpProtocol: 'udp',
        FromPort: 0,
        ToPort: 9,
        PrefixListIds: [{ PrefixListId: 'pl-1' }],
      },
    ],
    [
      'a group of another account',
      {
        IpProtocol: 'icmp',
        FromPort: 8,
        ToPort: -1,
        ReferencedGroupInfo: { GroupId: 'sg-2', UserId: '111122223333', VpcId: 'vpc-1' },
        Description: 'ping',
      },
      {
        IpProtocol: 'icmp',
        FromPort: 8,
        ToPort: -1,
        UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '111122223333', Description: 'ping' }],
      },
    ],
  ])('undo: %s', (_name, of, permission) => {
    expect(undoOf(of)?.input).toEqual({ GroupId: 'sg-1', IpPermissions: [permission] });
  });

  test('revokes egress by the egress call', () => {
    const step = revokeEgress('sg-1', { ...rule, IsEgress: true });
    expect(callOf(step).operation).toBe('RevokeSecurityGroupEgress');
    expect(step.undo?.({}).map((back) => callOf(back).operation)).toEqual(['AuthorizeSecurityGroupEgress']);
    expect(Object.keys(step.permissions)).toEqual(['ec2:RevokeSecurityGroupEgress']);
  });

  test('is satisfied where the rule is gone already, and so is its undo where it is back', () => {
    expect(revokeIngress('sg-1', rule).satisfiedBy).toContain('InvalidSecurityGroupRuleId.NotFound');
    expect(revokeIngress('sg-1', rule).undo?.({})[0]?.satisfiedBy).toEqual(['InvalidPermission.Duplicate']);
  });
});
