import { IAMClient, SetDefaultPolicyVersionCommand } from '@aws-sdk/client-iam';
import { administratorAccess } from '../../aws/iam/administrator-access.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { policy } from '../../resources/iam/policy.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'iam:SetDefaultPolicyVersion': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/*' };

export default defineControl({
  id: 'iam-policy-admin-statements-prohibited',
  title: 'Customer managed policies must not allow everything',
  severity: 'HIGH',
  resource: policy,
  needs: ['defaultVersion'],
  planNeeds: ['otherVersions'],
  securityControlIds: ['IAM.1'],
  relatedRequirements: [
    'AWS FSBP IAM.1',
    'CIS AWS v3.0 1.16',
    'CIS AWS v5.0 1.15',
    ...requirements(
      'NIST 800-53 r5',
      'AC-2 AC-2(1) AC-2(6) AC-3 AC-3(3) AC-3(4) AC-3(7) AC-3(8) AC-3(12) AC-3(13) AC-3(15) AC-4(28) AC-5 AC-6 AC-6(2) AC-6(3) AC-6(10) AC-24 CM-5(1) CM-6 CM-9 MP-2 SC-23(3) SC-25',
    ),
    ...requirements('SOC 2', 'CC1.3 CC6.3'),
  ],
  description:
    'No statement of the default version of a customer managed policy may allow every action on every resource, whatever its conditions are. A statement that allows all but what it names (NotAction, NotResource) is non-compliant too, which the rule of AWS Config does not evaluate, and is left to a person. The remediation is opt-in: the newest earlier version without such a statement becomes the default one; where there is none, a person has to decide.',
  rationale:
    'A principal with such a policy can do anything in the account, also grant itself further access and delete logs.',
  guidance:
    'Find out what the policy is needed for (the last accessed services of IAM Access Analyzer help), create a version that allows only that, and make it the default. Detach the policy from principals that do not need it.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [
    undoneBy(IAMClient, SetDefaultPolicyVersionCommand, ({ resourceId: PolicyArn }) => ({ PolicyArn }), ['VersionId']),
  ],
  parameters: {},
  evaluate({ defaultVersion: { VersionId, Document } }) {
    const access = administratorAccess(Document);
    if (access === null) return compliant(`Version ${VersionId} of the policy does not allow everything.`);
    const what = access === 'full' ? 'every action on every resource' : 'everything but what it names';
    return nonCompliant(`Version ${VersionId} of the policy allows ${what}.`, [access, VersionId]);
  },
  plan({ ref, defaultVersion, otherVersions }) {
    if (administratorAccess(defaultVersion.Document) !== 'full')
      return byHand('A person has to decide whether the exceptions of the policy are enough.');
    // A newer version was not in force yet, or was taken out of it.
    const number = (version: string) => Number(version.slice(1));
    const earlier = otherVersions
      .filter(({ VersionId }) => number(VersionId) < number(defaultVersion.VersionId))
      .toSorted((a, b) => number(b.VersionId) - number(a.VersionId));
    const wanted = earlier.find(({ Document }) => administratorAccess(Document) === null);
    if (wanted === undefined) return byHand('No earlier version of the policy is without it.');
    const target = { PolicyArn: ref.resourceId };
    const change = { VersionId: wanted.VersionId };
    const options = { permissions, elements: ['default version'] };
    return [set(IAMClient, SetDefaultPolicyVersionCommand, target, defaultVersion, change, options)];
  },
});
