import { closedToTheWorld } from '../../aws/ec2/port-exposure.ts';
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
  // EC2.19 without 22 and 3389: those are the admin ports' control's, so that one open port is one finding.
  ...closedToTheWorld([
    20, 21, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200,
    9300,
  ]),
});
