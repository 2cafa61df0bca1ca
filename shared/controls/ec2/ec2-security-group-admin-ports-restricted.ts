import { closedToTheWorld } from '../../aws/ec2/port-exposure.ts';
import { defineControl } from '../../control.ts';
import { securityGroup } from '../../resources/ec2/security-group.ts';

export default defineControl({
  id: 'ec2-security-group-admin-ports-restricted',
  title: 'Security groups must not allow SSH or RDP from anywhere',
  severity: 'CRITICAL',
  resource: securityGroup,
  securityControlIds: ['EC2.13', 'EC2.14', 'EC2.53', 'EC2.54'],
  relatedRequirements: ['CIS AWS v3.0 5.2', 'CIS AWS v3.0 5.3', 'CIS AWS v5.0 5.3', 'CIS AWS v5.0 5.4'],
  description:
    'No ingress rule may open an administration port to the world: by a CIDR that is too wide, by CIDRs that together cover half of the address space or more, or by a prefix list that holds such CIDRs; for every form of the protocol.',
  rationale: 'Administration ports that are reachable from anywhere are attacked by password guessing within minutes.',
  guidance: 'Reach instances through Session Manager or a bastion, or allow only the addresses you administer from.',
  impact: 'access',
  recommendedMode: 'remediate',
  ...closedToTheWorld([22, 3389]),
});
