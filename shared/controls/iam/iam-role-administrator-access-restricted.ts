import {
  administratorParameters,
  administratorPolicies,
  isAllowed,
  wordsOf,
} from '../../aws/iam/administrator-access.ts';
import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { role } from '../../resources/iam/role.ts';

/** Below these paths only AWS creates roles: those of its services, and those of IAM Identity Center, which has its own permission sets. */
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
    'No role may have AdministratorAccess or IAMFullAccess attached, nor an inline policy that allows every action on every resource; roles of the parameter allowedNames, and roles that AWS creates for its services and for IAM Identity Center, are excluded. The nearest rule of AWS Config, iam-policy-blacklisted-check, evaluates attached policies alone. Removing the policy from a role is left to a person.',
  rationale:
    'Every principal that can assume the role, or use the instance or function that has it, is an administrator of the account; attaching the policy to a role is how an intruder gains persistence.',
  guidance:
    'Find out who attached the policy, and which principals can assume the role. Give the role the permissions that it needs (the last accessed services of IAM Access Analyzer help). Name the roles that must stay administrators, of a pipeline for example, in the parameter allowedNames.',
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
    if (AWS_PATHS.some((prefix) => path.startsWith(prefix))) return notApplicable('AWS creates and manages the role.');
    if (isAllowed(ref.resourceId, parameters.allowedNames)) return compliant('The role may be an administrator.');
    const found = administratorPolicies(state, parameters.prohibitedPolicies);
    const words = wordsOf(found);
    if (words === null) return compliant('The role is no administrator.');
    return nonCompliant(`The role is an administrator by its policies: ${words}.`, found);
  },
});
