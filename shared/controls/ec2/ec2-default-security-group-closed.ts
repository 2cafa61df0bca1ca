import {
  inWords,
  revokeEgress,
  revokeIngress,
  ruleElement,
  undoOfRevokeEgress,
  undoOfRevokeIngress,
} from '../../aws/ec2/security-group-rules.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { securityGroup } from '../../resources/ec2/security-group.ts';
import { counted } from '../../text.ts';

export default defineControl({
  id: 'ec2-default-security-group-closed',
  title: 'The default security group of every VPC must have no rules',
  severity: 'HIGH',
  resource: securityGroup,
  needs: ['group', 'rules'],
  planNeeds: ['networkInterfaces', 'launchers'],
  securityControlIds: ['EC2.2'],
  relatedRequirements: [
    'AWS FSBP EC2.2',
    'CIS AWS v3.0 5.4',
    'CIS AWS v5.0 5.5',
    ...requirements(
      'NIST 800-53 r5',
      'AC-4(21) AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) CM-6 CM-9 SC-7 SC-7(5) SC-7(7) SC-7(11) SC-7(12) SC-7(16) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28)',
    ),
  ],
  description:
    'The security group named default of a VPC may have no ingress and no egress rules, not even those that it is created with.',
  rationale:
    'Whatever is launched without a security group gets the default one, and can then reach, and be reached by, everything else in it.',
  guidance:
    'Give every workload its own security group, move the network interfaces that use the default one, name another group in the launch templates, Auto Scaling groups and Lambda functions that name it or none, then remove its rules.',
  impact: 'access',
  // Whether nothing will ever be launched into a group, no call tells.
  recommendedMode: 'approve',
  permissions: { ...revokeIngress.permissions, ...revokeEgress.permissions },
  undoCalls: [undoOfRevokeIngress, undoOfRevokeEgress],
  parameters: {},
  evaluate({ group, rules: { rules } }) {
    if (group.name !== 'default') return notApplicable(`${group.name} is not the default group of a VPC.`);
    if (rules.length === 0) return compliant(`The default group of ${group.vpcId} has no rules.`);
    const its = `${counted(rules.length, 'rule')}: ${rules.map(inWords).join('; ')}`;
    return nonCompliant(`The default group of ${group.vpcId} has ${its}.`, rules.map(ruleElement).sort());
  },
  plan({ ref, rules: { rules }, networkInterfaces: { length: users }, launchers: { launchers, refused } }) {
    if (users > 0) return byHand(`${counted(users, 'network interface')} would lose the rules of the group.`);
    if (launchers.length > 0) return byHand(`What these launch would be without the rules: ${listed(launchers)}.`);
    if (refused.length > 0) return byHand(`Whether they name the group is not known: ${refused.join('; ')}.`);
    return rules.map((rule) => (rule.IsEgress ? revokeEgress : revokeIngress)(ref.resourceId, rule));
  },
});

const MAX_NAMED = 3;
const listed = (names: readonly string[]) =>
  [...names.slice(0, MAX_NAMED), ...(names.length > MAX_NAMED ? [`${names.length - MAX_NAMED} more`] : [])].join(', ');
