import {
  administratorParameters,
  administratorPolicies,
  isAllowed,
  wordsOf,
} from '../../aws/iam/administrator-access.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { group } from '../../resources/iam/group.ts';

export default defineControl({
  id: 'iam-group-administrator-access-restricted',
  title: 'IAM groups must not grant administrator access',
  severity: 'HIGH',
  resource: group,
  needs: ['attachedPolicies', 'inlinePolicies'],
  securityControlIds: [],
  relatedRequirements: ['CIS AWS v3.0 1.16', 'CIS AWS v5.0 1.15'],
  description:
    'No group may have AdministratorAccess or IAMFullAccess attached, nor an inline policy that allows every action on every resource; groups of the parameter allowedNames are compliant. The nearest rule of AWS Config, iam-policy-blacklisted-check, evaluates attached policies alone. Removing the policy from a whole group is left to a person.',
  rationale:
    'Every member of the group, and every principal that can add one, is an administrator of the account; one leaked password or key of a member compromises it.',
  guidance:
    'Find out who attached the policy, and who the members of the group are. Give the group what its members need, and let those who administer the account assume a role with MFA. Name a group that must stay in the parameter allowedNames.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions: {},
  parameters: administratorParameters(['break-glass*']),
  evaluate({ ref, ...state }, { parameters }) {
    if (isAllowed(ref.resourceId, parameters.allowedNames))
      return compliant('The group may grant administrator access.');
    const found = administratorPolicies(state, parameters.prohibitedPolicies);
    const words = wordsOf(found);
    if (words === null) return compliant('The group grants no administrator access.');
    return nonCompliant(`The group grants administrator access: ${words}.`, found);
  },
});
