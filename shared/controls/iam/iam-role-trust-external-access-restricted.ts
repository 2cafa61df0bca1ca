import { IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { policyText } from '../../aws/iam/policy-text.ts';
import { sharedWithStrangers, strangersIn, withoutStrangers } from '../../aws/iam/untrusted-removal.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { role } from '../../resources/iam/role.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'iam:UpdateAssumeRolePolicy': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*' };

const target = ({ resourceId: RoleName }: ResourceRef) => ({ RoleName });

export default defineControl({
  id: 'iam-role-trust-external-access-restricted',
  title: 'Role trust policies must trust no accounts but the trusted ones',
  severity: 'CRITICAL',
  resource: role,
  needs: ['trustPolicy'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'No statement of the trust policy of a role may name another account, unless policy.yml lists it, or its organization, under `trusted`. A condition on the account or organization of the principal decides where there is one; sts:ExternalId does not, since it names nobody. Whom an identity provider lets in, and what lets everybody in, is judged by iam-role-trust-public-access-prohibited; a service is nobody. The remediation is opt-in, and needs `trusted`: it takes the others out of the statements, and removes those that name nobody else. Without `trusted` the control only detects. AWS Config has no such rule.',
  rationale:
    'Whoever controls the other account can assume the role and do what it may, long after the reason is forgotten: a favourite back door.',
  guidance:
    'Find out whose account it is. List it under `trusted` in policy.yml if it is meant, or remove it from the trust policy and revoke the sessions of the role. Look in CloudTrail for AssumeRole calls of that account.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [undoneBy(IAMClient, UpdateAssumeRolePolicyCommand, target, ['PolicyDocument'])],
  parameters: {},
  evaluate({ ref, trustPolicy }, { trusted }) {
    if (/^(AWSServiceRoleFor|AWSReservedSSO_)/.test(ref.resourceId))
      return notApplicable('AWS decides whom this role trusts.');
    const shared = sharedWithStrangers(policyText(trustPolicy).statements, ref.accountId, trusted);
    if (shared.length === 0) return compliant('The trust policy trusts no account that is not trusted.');
    return nonCompliant(`The trust policy trusts ${strangersIn(shared)}.`, shared);
  },
  plan({ ref, trustPolicy }, { trusted }) {
    if (trusted === undefined) return byHand('policy.yml does not say under `trusted` with whom may be shared.');
    const policy = policyText(trustPolicy);
    const closed = withoutStrangers(policy, sharedWithStrangers(policy.statements, ref.accountId, trusted));
    if ('byHand' in closed) return byHand(closed.byHand);
    if (closed.left.length === 0) return byHand('Nobody would be left whom the role trusts: delete it.');
    const before = { PolicyDocument: trustPolicy };
    const { text: PolicyDocument, elements } = closed;
    return [
      set(IAMClient, UpdateAssumeRolePolicyCommand, target(ref), before, { PolicyDocument }, { permissions, elements }),
    ];
  },
});
