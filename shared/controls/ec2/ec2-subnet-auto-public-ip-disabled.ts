import { EC2Client, ModifySubnetAttributeCommand } from '@aws-sdk/client-ec2';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { subnet } from '../../resources/ec2/subnet.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'ec2:ModifySubnetAttribute': 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:subnet/*' };
const [ON, OFF] = [{ Value: true }, { Value: false }];

export default defineControl({
  id: 'ec2-subnet-auto-public-ip-disabled',
  title: 'Subnets must not assign public IP addresses by themselves',
  severity: 'MEDIUM',
  resource: subnet,
  needs: ['subnet'],
  securityControlIds: ['EC2.15'],
  relatedRequirements: ['AWS FSBP EC2.15', 'SOC 2 CC6.6'],
  description:
    'MapPublicIpOnLaunch and AssignIpv6AddressOnCreation must both be false. What runs in the subnet keeps its addresses; only what is launched later, and does not ask for an address itself, comes without one. An IPv6-only subnet, whose network interfaces have no other address, is left to a person.',
  rationale:
    'Whatever is launched in such a subnet is reachable from the Internet by default, also where nobody thought of it.',
  guidance:
    'Let launch templates and network interfaces that need a public address ask for one (AssociatePublicIpAddress), give the others a NAT gateway, then turn the automatic assignment off.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(EC2Client, ModifySubnetAttributeCommand, ({ resourceId: SubnetId }) => ({ SubnetId }), [
      'MapPublicIpOnLaunch',
      'AssignIpv6AddressOnCreation',
    ]),
  ],
  parameters: {},
  evaluate({ subnet: { mapPublicIpOnLaunch, assignIpv6AddressOnCreation } }) {
    const on = [
      ...(mapPublicIpOnLaunch ? ['MapPublicIpOnLaunch'] : []),
      ...(assignIpv6AddressOnCreation ? ['AssignIpv6AddressOnCreation'] : []),
    ];
    if (on.length === 0) return compliant('The subnet assigns no public addresses by itself.');
    return nonCompliant(`The subnet assigns public addresses by itself: ${on.join(' and ')} true.`, on);
  },
  plan({ ref, subnet: { mapPublicIpOnLaunch, assignIpv6AddressOnCreation, ipv6Native } }) {
    if (ipv6Native) return byHand('In an IPv6-only subnet network interfaces have no other address.');
    // EC2 takes one attribute a call.
    const changes = [
      ...(mapPublicIpOnLaunch ? [{ MapPublicIpOnLaunch: OFF }] : []),
      ...(assignIpv6AddressOnCreation ? [{ AssignIpv6AddressOnCreation: OFF }] : []),
    ];
    const before = { MapPublicIpOnLaunch: ON, AssignIpv6AddressOnCreation: ON };
    const target = { SubnetId: ref.resourceId };
    return changes.map((change) =>
      set(EC2Client, ModifySubnetAttributeCommand, target, before, change, { permissions }),
    );
  },
});
