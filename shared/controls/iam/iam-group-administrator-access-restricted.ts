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
  title: 'IAM groups must not make administrators of their members',
  severity: 'HIGH',
  resource: group,
  needs: ['attachedPolicies', 'inlinePolicies'],
  securityControlIds: [],
  relatedRequirements: ['CIS AWS v3.0 1.16', 'CIS AWS v5.0 1.15'],
  description:
    'No group may have AdministratorAccess or IAMFullAccess attached, nor a policy of its own that allows every action on every resource: but those that a parameter names. The nearest rule of AWS Config, iam-policy-blacklisted-check, looks at attached policies alone. Taking the policy away from a whole group is left to a person.',
  rationale:
    'Every member of the group, and whoever can add one, has the whole account; one leaked password or key of any of them gives it away.',
  guidance:
    'Find out who gave the group the policy, and who its members are. Give the group what its members need, and let those who administer the account assume a role with MFA. Name a group that must stay in the parameter allowedNames.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions: {},
  parameters: administratorParameters(['break-glass*']),
  evaluate({ ref, ...state }, { parameters }) {
    if (isAllowed(ref.resourceId, parameters.allowedNames)) return compliant('The group may have administrators.');
    const found = administratorPolicies(state, parameters.prohibitedPolicies);
    const words = wordsOf(found);
    if (words === null) return compliant('The group makes no administrators.');
    return nonCompliant(`The group makes administrators of its members: ${words}.`, found);
  },
});
