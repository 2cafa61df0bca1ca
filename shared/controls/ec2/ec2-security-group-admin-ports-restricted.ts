import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { securityGroup } from '../../resources/ec2/security-group.ts';
import { exposingRules, inWords, revoke } from '../../security-group-rules.ts';

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
  parameters: {
    ports: {
      description: 'TCP and UDP ports that must not be open to the world.',
      type: 'array',
      items: { type: 'integer', minimum: 0, maximum: 65535 },
      default: [22, 3389],
    },
    widestIpv4: {
      description: 'The shortest IPv4 prefix that one rule may let in.',
      type: 'integer',
      minimum: 1,
      maximum: 32,
      default: 8,
    },
    widestIpv6: {
      description: 'The shortest IPv6 prefix that one rule may let in.',
      type: 'integer',
      minimum: 1,
      maximum: 128,
      default: 16,
    },
  },
  evaluate({ rules: { rules, prefixLists } }, { ports, widestIpv4, widestIpv6 }) {
    const exposing = exposingRules(rules, prefixLists, ports, { ipv4: widestIpv4, ipv6: widestIpv6 });
    if (exposing.length === 0) return compliant(`No rule opens ${ports.join(', ')} to the world.`);
    return nonCompliant(`Open to the world: ${exposing.map(inWords).join('; ')}.`);
  },
  plan({ ref, rules: { rules, prefixLists } }, { ports, widestIpv4, widestIpv6 }) {
    const exposing = exposingRules(rules, prefixLists, ports, { ipv4: widestIpv4, ipv6: widestIpv6 });
    return exposing.map((rule) => revoke(ref.resourceId, rule));
  },
});
