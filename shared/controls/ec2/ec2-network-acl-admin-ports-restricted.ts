import {
  createEntry,
  deleteEntry,
  deletions,
  denials,
  entriesOf,
  entryElement,
  exposures,
  inWords,
  undoCalls,
} from '../../aws/ec2/network-acl-entries.ts';
import { ADMIN_PORTS } from '../../aws/ec2/ports.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { networkAcl } from '../../resources/ec2/network-acl.ts';

export default defineControl({
  id: 'ec2-network-acl-admin-ports-restricted',
  title: 'Network ACLs must not allow SSH or RDP from anywhere',
  severity: 'MEDIUM',
  resource: networkAcl,
  needs: ['networkAcl'],
  securityControlIds: ['EC2.21'],
  relatedRequirements: [
    'AWS FSBP EC2.21',
    'CIS AWS v3.0 5.1',
    'CIS AWS v5.0 5.2',
    ...requirements('PCI DSS v4.0', '1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 A1.1.3'),
    'SOC 2 CC6.6',
  ],
  description:
    'No inbound entry of a network ACL may allow half of the IPv4 or IPv6 addresses or more to reach an administration port over TCP or UDP, as EC2 evaluates entries: the matching entry with the lowest number decides. EC2.21 evaluates 0.0.0.0/0 and ::/0 alone. An entry for such ports only is deleted. One that allows more is left to a person: a deny entry before it blocks the ports for every source, inside the network too, and return traffic to port 3389. With the parameter denyInFront such entries are created, except in a default network ACL.',
  rationale:
    'A network ACL still protects where a security group is opened by mistake; administration ports that are reachable from anywhere are attacked by password guessing within minutes.',
  guidance:
    'Allow the ports from the addresses that you administer from, and deny them for all others with a rule number between these entries and the wide one.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: { ...deleteEntry.permissions, ...createEntry.permissions },
  undoCalls,
  parameters: {
    ports: {
      description: 'TCP and UDP ports that must not be open to the world.',
      type: 'array',
      items: { type: 'integer', minimum: 0, maximum: 65535 },
      default: ADMIN_PORTS,
    },
    denyInFront: {
      description:
        'Whether entries that deny the ports from everywhere are created before an entry that allows more than these, except in a default network ACL.',
      type: 'boolean',
      default: false as boolean,
    },
  },
  evaluate({ networkAcl: { entries } }, { parameters: { ports } }) {
    const exposing = entriesOf(exposures(entries, ports));
    if (exposing.length === 0) return compliant(`No entry opens ${ports.join(', ')} to the world.`);
    return nonCompliant(`Open to the world: ${exposing.map(inWords).join('; ')}.`, exposing.map(entryElement).sort());
  },
  plan({ ref, networkAcl: { isDefault, entries } }, { parameters: { ports, denyInFront } }) {
    const { deleted, left } = deletions(entries, ports);
    const wide = entriesOf(left).map(inWords).join('; ');
    if (left.length > 0 && isDefault) return byHand(`The default network ACL allows more than these ports: ${wide}.`);
    if (left.length > 0 && !denyInFront)
      return byHand(
        `A deny entry before ${wide} would block the ports inside the network too (parameter denyInFront).`,
      );
    const denied = denials(entries, left);
    if (denied === null) return byHand(`There is no free number right before ${wide}.`);
    return [
      ...deleted.map((entry) => deleteEntry(ref.resourceId, entry)),
      ...denied.map((entry) => createEntry(ref.resourceId, entry)),
    ];
  },
});
