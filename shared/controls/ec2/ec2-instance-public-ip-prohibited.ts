import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { instance } from '../../resources/ec2/instance.ts';

export default defineControl({
  id: 'ec2-instance-public-ip-prohibited',
  title: 'EC2 instances must not have a public IPv4 address',
  severity: 'HIGH',
  resource: instance,
  needs: ['instance', 'publicAddresses'],
  securityControlIds: ['EC2.9'],
  relatedRequirements: [],
  description:
    'No network interface of an instance may have a public IPv4 address, assigned by AWS or an Elastic IP address. EC2.9 looks at the instance alone, and not at its further network interfaces. It is notified only: whether the address is needed, no call tells.',
  rationale: 'An instance with a public address is one rule of a security group away from the Internet.',
  guidance:
    'Put a load balancer, a NAT gateway or Session Manager in its place, then turn the address off (`aws ec2 modify-network-interface-attribute --no-associate-public-ip-address`), or disassociate the Elastic IP address.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate({ instance: { state }, publicAddresses }) {
    if (state === 'terminated' || state === 'shutting-down') return notApplicable(`The instance is ${state}.`);
    if (publicAddresses.length === 0) return compliant('The instance has no public IPv4 address.');
    // AWS assigns another address at each start: that is no other finding.
    return nonCompliant(`The instance has public addresses: ${publicAddresses.join(', ')}.`, 'public IPv4 address');
  },
});
