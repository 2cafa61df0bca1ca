import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { instance } from '../../resources/ec2/instance.ts';

export default defineControl({
  id: 'ec2-instance-public-ip-prohibited',
  title: 'EC2 instances must not have a public IPv4 address',
  severity: 'HIGH',
  resource: instance,
  needs: ['instance', 'publicAddresses'],
  securityControlIds: ['EC2.9'],
  relatedRequirements: [
    'AWS FSBP EC2.9',
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) MP-2 SC-7 SC-7(2) SC-7(3) SC-7(7) SC-7(9) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25',
    ),
    'SOC 2 CC6.6',
  ],
  description:
    'No network interface of an instance may have a public IPv4 address, assigned by AWS or an Elastic IP address. EC2.9 evaluates the primary network interface alone. It only detects: no API call shows whether the address is needed.',
  rationale: 'An instance with a public address is exposed to the Internet by one rule of a security group.',
  guidance:
    'Use a load balancer, a NAT gateway or Session Manager instead, then remove the address (`aws ec2 modify-network-interface-attribute --no-associate-public-ip-address`), or disassociate the Elastic IP address.',
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
