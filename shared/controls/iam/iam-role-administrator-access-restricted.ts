import {
  administratorParameters,
  administratorPolicies,
  isAllowed,
  wordsOf,
} from '../../aws/iam/administrator-access.ts';
import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { role } from '../../resources/iam/role.ts';

/** Below these paths nobody but AWS makes roles: those of its services, and those of IAM Identity Center, which has its own permission sets. */
const AWS_PATHS = ['/aws-service-role/', '/aws-reserved/'];

export default defineControl({
  id: 'iam-role-administrator-access-restricted',
  title: 'IAM roles must not be administrators',
  severity: 'HIGH',
  resource: role,
  needs: ['path', 'attachedPolicies', 'inlinePolicies'],
  securityControlIds: [],
  relatedRequirements: ['CIS AWS v3.0 1.16', 'CIS AWS v5.0 1.15'],
  description:
    'No role may have AdministratorAccess or IAMFullAccess attached, nor a policy of its own that allows every action on every resource: but those that a parameter names, and those that AWS makes for its services and for IAM Identity Center. The nearest rule of AWS Config, iam-policy-blacklisted-check, looks at attached policies alone. Taking the policy away from a role is left to a person.',
  rationale:
    'Whoever can assume the role, or reach the instance or function that has it, has the whole account; attaching the policy to a role is how an intruder stays.',
  guidance:
    'Find out who gave the role the policy, and who can assume it. Give the role what its work needs (the last accessed services of IAM Access Analyzer help). Name the roles that must stay administrators, of a pipeline for example, in the parameter allowedNames.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions: {},
  parameters: administratorParameters([
    'AWSControlTowerExecution',
    'OrganizationAccountAccessRole',
    'break-glass*',
    'cdk-*-cfn-exec-role-*',
  ]),
  evaluate({ ref, path, ...state }, { parameters }) {
    if (AWS_PATHS.some((prefix) => path.startsWith(prefix))) return notApplicable('AWS makes and keeps the role.');
    if (isAllowed(ref.resourceId, parameters.allowedNames)) return compliant('The role may be an administrator.');
    const found = administratorPolicies(state, parameters.prohibitedPolicies);
    const words = wordsOf(found);
    if (words === null) return compliant('The role is no administrator.');
    return nonCompliant(`The role is an administrator by its policies: ${words}.`, found);
  },
});
