import { IAMClient, UpdateAssumeRolePolicyCommand, type UpdateAssumeRolePolicyCommandInput } from '@aws-sdk/client-iam';
import { policyText } from '../../aws/iam/policy-text.ts';
import { namesOf, publicStatements } from '../../aws/iam/public-access.ts';
import { onePolicy } from '../../aws/iam/public-access-check.ts';
import { restrictedToAccount } from '../../aws/iam/public-removal.ts';
import { accountArn } from '../../aws/partitions.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { role } from '../../resources/iam/role.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'iam:UpdateAssumeRolePolicy': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*' };

const target = ({ resourceId: RoleName }: ResourceRef) => ({ RoleName });

export default defineControl({
  id: 'iam-role-trust-public-access-prohibited',
  title: 'Role trust policies must not be public',
  severity: 'CRITICAL',
  resource: role,
  needs: ['trustPolicy'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'No statement of the trust policy of a role may allow everybody to assume it, nor every user of a public identity provider (GitHub Actions, GitLab, HCP Terraform, Cognito, Google …) without a condition that names the repository, project or pool. A condition on fixed values of a key that callers cannot choose (aws:PrincipalOrgID, aws:PrincipalArn …) narrows a statement, and so does sts:ExternalId. The remediation is opt-in: the account root principal replaces everybody, so that IAM policies decide within the account; where an identity provider is trusted, a person has to name the subjects. AWS Config has no such rule.',
  rationale:
    'Everybody with an AWS account, or an account at the identity provider, can assume the role and use its permissions.',
  guidance:
    'Name the accounts and roles that assume the role, or the subject of the token (repo:OWNER/REPOSITORY:ref:refs/heads/main). Look in CloudTrail for AssumeRole calls of unknown accounts, and revoke the sessions of the role.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  publicAccessCheck: onePolicy(
    'AWS::IAM::AssumeRolePolicyDocument',
    'trustPolicy',
    ({ PolicyDocument }: UpdateAssumeRolePolicyCommandInput) => PolicyDocument,
  ),
  undoCalls: [undoneBy(IAMClient, UpdateAssumeRolePolicyCommand, target, ['PolicyDocument'])],
  parameters: {},
  evaluate({ trustPolicy }) {
    const { statements } = policyText(trustPolicy);
    const open = publicStatements(statements);
    if (open.length === 0) return compliant('The trust policy is not public.');
    return nonCompliant(`The trust policy grants access to everybody: ${namesOf(open, statements)}.`, open);
  },
  plan({ ref, trustPolicy }) {
    const closed = restrictedToAccount(policyText(trustPolicy), accountArn(ref));
    if ('byHand' in closed) return byHand(closed.byHand);
    const before = { PolicyDocument: trustPolicy };
    const { text: PolicyDocument, elements } = closed;
    return [
      set(IAMClient, UpdateAssumeRolePolicyCommand, target(ref), before, { PolicyDocument }, { permissions, elements }),
    ];
  },
});
