import { inWords, revoke } from '../../aws/ec2/security-group-rules.ts';
import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { securityGroup } from '../../resources/ec2/security-group.ts';

export default defineControl({
  id: 'ec2-default-security-group-closed',
  title: 'The default security group of every VPC must have no rules',
  severity: 'HIGH',
  resource: securityGroup,
  needs: ['group', 'rules', 'networkInterfaces'],
  securityControlIds: ['EC2.2'],
  relatedRequirements: ['CIS AWS v3.0 5.4', 'CIS AWS v5.0 5.5'],
  description:
    'The security group named default of a VPC may have no ingress and no egress rule, not even the ones that it is made with.',
  rationale:
    'Whatever is started without naming a security group lands in the default one, and then reaches, and is reached by, everything else that did.',
  guidance:
    'Give every workload a security group of its own, move the network interfaces that use the default one, then remove its rules.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: {
    'ec2:RevokeSecurityGroupIngress': [
      'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*',
      'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group-rule/*',
    ],
    'ec2:RevokeSecurityGroupEgress': [
      'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*',
      'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group-rule/*',
    ],
  },
  parameters: {},
  evaluate({ group, rules: { rules }, networkInterfaces }) {
    if (group.name !== 'default') return notApplicable(`${group.name} is not the default group of a VPC.`);
    if (rules.length === 0) return compliant(`The default group of ${group.vpcId} has no rules.`);
    const its = `${counted(rules.length, 'rule')}: ${rules.map(inWords).join('; ')}.`;
    const users = networkInterfaces.length;
    if (users === 0) return nonCompliant(`The default group of ${group.vpcId} has ${its}`);
    const use = `${counted(users, 'network interface')} ${users === 1 ? 'uses' : 'use'} the default group of ${group.vpcId}`;
    return nonCompliant(`${use}, so a person has to remove its ${its}`);
  },
  plan({ ref, rules: { rules }, networkInterfaces }) {
    return networkInterfaces.length > 0 ? [] : rules.map((rule) => revoke(ref.resourceId, rule));
  },
});

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
