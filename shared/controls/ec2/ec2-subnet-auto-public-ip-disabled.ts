import { EC2Client, ModifySubnetAttributeCommand } from '@aws-sdk/client-ec2';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { subnet } from '../../resources/ec2/subnet.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'ec2:ModifySubnetAttribute': 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:subnet/*' };
const [ON, OFF] = [{ Value: true }, { Value: false }];

export default defineControl({
  id: 'ec2-subnet-auto-public-ip-disabled',
  title: 'Subnets must not assign public IP addresses automatically',
  severity: 'MEDIUM',
  resource: subnet,
  needs: ['subnet'],
  securityControlIds: ['EC2.15'],
  relatedRequirements: ['AWS FSBP EC2.15', 'SOC 2 CC6.6'],
  description:
    'MapPublicIpOnLaunch and AssignIpv6AddressOnCreation must both be false. Running instances keep their addresses; only instances that are launched later, and do not request an address, get none. An IPv6-only subnet, whose network interfaces have no other address, is left to a person.',
  rationale:
    'An instance that is launched in such a subnet gets a public address by default, also where that was not intended.',
  guidance:
    'Request a public address in the launch templates and network interfaces that need one (AssociatePublicIpAddress), give the others a NAT gateway, then disable the automatic assignment.',
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
    if (on.length === 0) return compliant('The subnet assigns no public addresses automatically.');
    return nonCompliant(`The subnet assigns public addresses automatically: ${on.join(' and ')} true.`, on);
  },
  plan({ ref, subnet: { mapPublicIpOnLaunch, assignIpv6AddressOnCreation, ipv6Native } }) {
    if (ipv6Native) return byHand('In an IPv6-only subnet network interfaces have no other address.');
    // EC2 accepts one attribute a call.
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
