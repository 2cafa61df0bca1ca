import { openOnlyAt } from '../../aws/ec2/port-exposure.ts';
import { ADMIN_PORTS, HIGH_RISK_PORTS } from '../../aws/ec2/ports.ts';
import { defineControl } from '../../control.ts';
import { securityGroup } from '../../resources/ec2/security-group.ts';

export default defineControl({
  id: 'ec2-security-group-open-ports-authorized',
  title: 'Security groups must be open to the world only on authorized ports',
  severity: 'HIGH',
  resource: securityGroup,
  securityControlIds: ['EC2.18'],
  relatedRequirements: ['AWS FSBP EC2.18'],
  description:
    'Ingress from the world, by a CIDR that is too wide, by CIDRs that together cover half of the address space or more, or by a prefix list that holds such CIDRs, may reach the authorized TCP and UDP ports and no others. A rule for ports of ec2-security-group-admin-ports-restricted and ec2-security-group-high-risk-ports-restricted alone is evaluated by those, and not here, unlike EC2.18; one for more ports counts. Protocols without ports are not evaluated.',
  rationale: 'A port that is published without a decision is neither monitored nor patched nor protected.',
  guidance:
    'Add the port to the authorized ones where it is meant to be public; else allow only the security groups or addresses that need it.',
  impact: 'access',
  recommendedMode: 'detect',
  ...openOnlyAt({ tcp: [80, 443], udp: [], elsewhere: [...ADMIN_PORTS, ...HIGH_RISK_PORTS] }),
});
