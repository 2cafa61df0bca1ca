import { closedToTheWorld } from '../../aws/ec2/port-exposure.ts';
import { HIGH_RISK_PORTS } from '../../aws/ec2/ports.ts';
import { defineControl } from '../../control.ts';
import { securityGroup } from '../../resources/ec2/security-group.ts';

export default defineControl({
  id: 'ec2-security-group-high-risk-ports-restricted',
  title: 'Security groups must not expose high-risk ports to anywhere',
  severity: 'CRITICAL',
  resource: securityGroup,
  securityControlIds: ['EC2.19'],
  relatedRequirements: ['AWS FSBP EC2.19', 'CIS AWS v5.0 5.1.2', 'SOC 2 CC6.6'],
  description:
    'No ingress rule may open a port of a database, a file share, a mail or remote-access service or a development server to the world: by a CIDR that is too wide, by CIDRs that together cover half of the address space or more, or by a prefix list that holds such CIDRs; for every form of the protocol. A rule for a wider range of ports counts too. SSH (22) and RDP (3389), which EC2.19 lists as well, are kept by ec2-security-group-admin-ports-restricted.',
  rationale:
    'Databases, file shares and admin consoles that are reachable from anywhere are found by scanners within hours, and many of them require no password.',
  guidance:
    'Allow only the security groups or addresses that need the port; put public services behind a load balancer on 443.',
  impact: 'access',
  recommendedMode: 'remediate',
  ...closedToTheWorld(HIGH_RISK_PORTS),
});
