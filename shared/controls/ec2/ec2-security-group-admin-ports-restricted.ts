import { exposureParameters, worldRules } from '../../aws/ec2/port-exposure.ts';
import { inWords, revoke } from '../../aws/ec2/security-group-rules.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { securityGroup } from '../../resources/ec2/security-group.ts';

export default defineControl({
  id: 'ec2-security-group-admin-ports-restricted',
  title: 'Security groups must not allow SSH or RDP from anywhere',
  severity: 'CRITICAL',
  resource: securityGroup,
  needs: ['rules'],
  securityControlIds: ['EC2.13', 'EC2.14', 'EC2.53', 'EC2.54'],
  relatedRequirements: ['CIS AWS v3.0 5.2', 'CIS AWS v3.0 5.3', 'CIS AWS v5.0 5.3', 'CIS AWS v5.0 5.4'],
  description:
    'No ingress rule may open an administration port to the world: by a CIDR that is too wide, by CIDRs that together cover half of the address space or more, or by a prefix list that holds such CIDRs; for every form of the protocol.',
  rationale: 'Administration ports that the world can reach are tried by password guessers within minutes.',
  guidance: 'Reach instances through Session Manager or a bastion, or allow only the addresses you administer from.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: {
    'ec2:RevokeSecurityGroupIngress': [
      'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*',
      'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group-rule/*',
    ],
  },
  parameters: exposureParameters([22, 3389]),
  evaluate({ rules }, parameters) {
    const exposing = worldRules(rules, parameters);
    if (exposing.length === 0) return compliant(`No rule opens ${parameters.ports.join(', ')} to the world.`);
    return nonCompliant(`Open to the world: ${exposing.map(inWords).join('; ')}.`);
  },
  plan: ({ ref, rules }, parameters) => worldRules(rules, parameters).map((rule) => revoke(ref.resourceId, rule)),
});
