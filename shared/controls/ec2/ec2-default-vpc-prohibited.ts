import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { vpc } from '../../resources/ec2/vpc.ts';

export default defineControl({
  id: 'ec2-default-vpc-prohibited',
  title: 'Regions must have no default VPC',
  severity: 'MEDIUM',
  resource: vpc,
  needs: ['vpc', 'use'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'IsDefault must be false for every VPC. A default VPC that is in use is another finding than one that is unused. It only detects: a deleted default VPC can only be recreated under other ids.',
  rationale:
    'Every subnet of a default VPC is public, and whatever is launched without naming a subnet ends up there, reachable from the Internet.',
  guidance:
    'Move what runs in it to a VPC with private subnets; then delete its internet gateway, its subnets and the VPC. `aws ec2 create-default-vpc` creates a new one.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate({ ref, vpc: { ownerId, isDefault }, use }) {
    if (ownerId !== ref.accountId) return notApplicable(`The VPC belongs to account ${ownerId}.`);
    if (!isDefault) return compliant('The VPC is not the default VPC of the region.');
    const says = `The VPC is the default VPC of ${ref.region}`;
    return use === 'used'
      ? nonCompliant(`${says}, and network interfaces use it.`, 'default VPC in use')
      : nonCompliant(`${says}; nothing uses it.`, 'default VPC');
  },
});
