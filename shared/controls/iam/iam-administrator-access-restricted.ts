import {
  administratorParameters,
  administratorPolicies,
  isAllowed,
  type PrincipalPolicies,
  wordsOf,
} from '../../aws/iam/administrator-access.ts';
import { deleteInline, detach, policiesRestored } from '../../aws/iam/user-policy-removal.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { user } from '../../resources/iam/user.ts';

interface Restriction {
  readonly prohibitedPolicies: readonly string[];
  readonly allowedNames: readonly string[];
}

/** The groups that make their members administrators. */
const administratorGroups = (
  groups: readonly ({ readonly GroupName: string } & PrincipalPolicies)[],
  { prohibitedPolicies, allowedNames }: Restriction,
): readonly string[] =>
  groups
    .filter((group) => !isAllowed(group.GroupName, allowedNames))
    .filter((group) => wordsOf(administratorPolicies(group, prohibitedPolicies)) !== null)
    .map(({ GroupName }) => GroupName);

export default defineControl({
  id: 'iam-administrator-access-restricted',
  title: 'IAM users must not be administrators',
  severity: 'HIGH',
  resource: user,
  needs: ['attachedPolicies', 'inlinePolicies', 'groups'],
  securityControlIds: [],
  relatedRequirements: ['CIS AWS v3.0 1.16', 'CIS AWS v5.0 1.15'],
  description:
    'No user may have AdministratorAccess or IAMFullAccess attached, nor an inline policy that allows every action on every resource, nor be in a group that has; users of the parameter allowedNames are compliant. The nearest rule of AWS Config, iam-policy-blacklisted-check, evaluates attached policies alone. The remediation is opt-in: the policies are detached from the user, or deleted where they are inline; a user that is an administrator by a group is left to a person.',
  rationale:
    'The password or key of an administrator compromises the whole account, and attaching the policy is how an intruder gains persistence.',
  guidance:
    'Find out who attached the policy. If it was intended, let a person who needs it assume a role for the time of the work, with MFA, and name the users that must stay administrators in the parameter allowedNames. If not, deactivate the keys of both users, and review their calls in CloudTrail.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions: { ...detach.permissions, ...deleteInline.permissions },
  undoCalls: policiesRestored,
  parameters: administratorParameters(['break-glass*']),
  evaluate({ ref, ...state }, { parameters }) {
    if (isAllowed(ref.resourceId, parameters.allowedNames)) return compliant('The user may be an administrator.');
    const own = administratorPolicies(state, parameters.prohibitedPolicies);
    const words = wordsOf(own);
    if (words !== null) return nonCompliant(`The user is an administrator by its policies: ${words}.`, own);
    const groups = administratorGroups(state.groups, parameters);
    if (groups.length === 0) return compliant('The user is no administrator.');
    return nonCompliant(`The user is an administrator by its groups: ${groups.join(', ')}.`);
  },
  plan({ ref: { resourceId }, ...state }, { parameters }) {
    const groups = administratorGroups(state.groups, parameters);
    if (groups.length > 0) return byHand(`The user would stay an administrator by its groups: ${groups.join(', ')}.`);
    const { attachedPolicies, inlinePolicies } = administratorPolicies(state, parameters.prohibitedPolicies);
    return [
      ...attachedPolicies.map((policy) => detach(resourceId, policy)),
      ...inlinePolicies.map((policy) => deleteInline(resourceId, policy)),
    ];
  },
});
