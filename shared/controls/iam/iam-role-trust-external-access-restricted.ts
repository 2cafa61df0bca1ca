import { IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { policyText } from '../../aws/iam/policy-text.ts';
import { sharedWithUntrusted, untrustedIn, withoutUntrusted } from '../../aws/iam/untrusted-removal.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { role } from '../../resources/iam/role.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'iam:UpdateAssumeRolePolicy': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*' };

const target = ({ resourceId: RoleName }: ResourceRef) => ({ RoleName });

export default defineControl({
  id: 'iam-role-trust-external-access-restricted',
  title: 'Role trust policies must not grant access to untrusted accounts',
  severity: 'CRITICAL',
  resource: role,
  needs: ['trustPolicy'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'No statement of the trust policy of a role may name another account, unless policy.yml lists it, or its organization, under `trusted`. A condition on the account or organization of the principal decides where there is one; sts:ExternalId does not, since it names no principal. Identity providers and public access are evaluated by iam-role-trust-public-access-prohibited; service principals are not evaluated. The remediation is opt-in, and requires `trusted`: it removes untrusted principals from the statements, and statements without other principals. Without `trusted` the control only detects. AWS Config has no such rule.',
  rationale:
    'Principals of the other account can assume the role, long after the reason is forgotten: a common way to keep access to an account.',
  guidance:
    'Find out who owns the account. List it under `trusted` in policy.yml if the access is intended, or remove it from the trust policy and revoke the sessions of the role. Look in CloudTrail for AssumeRole calls of that account.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [undoneBy(IAMClient, UpdateAssumeRolePolicyCommand, target, ['PolicyDocument'])],
  parameters: {},
  evaluate({ ref, trustPolicy }, { trusted }) {
    if (/^(AWSServiceRoleFor|AWSReservedSSO_)/.test(ref.resourceId))
      return notApplicable('AWS manages the trust policy of this role.');
    const shared = sharedWithUntrusted(policyText(trustPolicy).statements, ref.accountId, trusted);
    if (shared.length === 0) return compliant('The trust policy grants access to no untrusted account.');
    return nonCompliant(`The trust policy grants access to ${untrustedIn(shared)}.`, shared);
  },
  plan({ ref, trustPolicy }, { trusted }) {
    if (trusted === undefined) return byHand('policy.yml lists no accounts or organizations under `trusted`.');
    const policy = policyText(trustPolicy);
    const closed = withoutUntrusted(policy, sharedWithUntrusted(policy.statements, ref.accountId, trusted));
    if ('byHand' in closed) return byHand(closed.byHand);
    if (closed.left.length === 0) return byHand('No principal would remain in the trust policy: delete the role.');
    const before = { PolicyDocument: trustPolicy };
    const { text: PolicyDocument, elements } = closed;
    return [
      set(IAMClient, UpdateAssumeRolePolicyCommand, target(ref), before, { PolicyDocument }, { permissions, elements }),
    ];
  },
});
