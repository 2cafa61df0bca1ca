import { closedToTheWorld } from '../../aws/ec2/port-exposure.ts';
import { ADMIN_PORTS } from '../../aws/ec2/ports.ts';
import { defineControl } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { securityGroup } from '../../resources/ec2/security-group.ts';

export default defineControl({
  id: 'ec2-security-group-admin-ports-restricted',
  title: 'Security groups must not allow SSH or RDP from anywhere',
  severity: 'CRITICAL',
  resource: securityGroup,
  securityControlIds: ['EC2.13', 'EC2.14', 'EC2.53', 'EC2.54'],
  relatedRequirements: [
    'CIS AWS v3.0 5.2',
    'CIS AWS v3.0 5.3',
    'CIS AWS v5.0 5.3',
    'CIS AWS v5.0 5.4',
    ...requirements('PCI DSS v4.0', '1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 A1.1.3'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-17 AC-17(1) AC-17(9) AC-17(10) CM-9 SC-7 SC-7(7) SC-7(11) SC-7(12) SC-7(16) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28)',
    ),
    ...requirements('SOC 2', 'CC6.6 CC7.2'),
  ],
  description:
    'No ingress rule may open an administration port to the world: by a CIDR that is too wide, by CIDRs that together cover half of the address space or more, or by a prefix list that holds such CIDRs; for every form of the protocol.',
  rationale: 'Administration ports that are reachable from anywhere are attacked by password guessing within minutes.',
  guidance: 'Reach instances through Session Manager or a bastion, or allow only the addresses you administer from.',
  impact: 'access',
  recommendedMode: 'remediate',
  ...closedToTheWorld(ADMIN_PORTS),
});
