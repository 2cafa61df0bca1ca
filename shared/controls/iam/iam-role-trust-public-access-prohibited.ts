import { IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { policyText } from '../../aws/iam/policy-text.ts';
import { namesOf, publicStatements } from '../../aws/iam/public-access.ts';
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
  title: 'Role trust policies must not trust everybody',
  severity: 'CRITICAL',
  resource: role,
  needs: ['trustPolicy'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'No statement of the trust policy of a role may let everybody assume it, nor every user of an identity provider that is open to everybody (GitHub Actions, GitLab, HCP Terraform, Cognito, Google …) without a condition that says whose repository, project or pool. A condition on fixed values of a key that strangers cannot choose (aws:PrincipalOrgID, aws:PrincipalArn …) narrows a statement, and so does sts:ExternalId. The remediation is opt-in: the root of the account takes the place of everybody, so that policies of IAM decide within it; where an identity provider is trusted, a person has to say who is meant. AWS Config has no such rule.',
  rationale:
    'Everybody with an AWS account, or an account at the identity provider, can assume the role and do what it may.',
  guidance:
    'Name the accounts and roles that assume the role, or the subject of the token (repo:OWNER/REPOSITORY:ref:refs/heads/main). Look in CloudTrail for AssumeRole calls of accounts that nobody knows, and revoke the sessions of the role.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [undoneBy(IAMClient, UpdateAssumeRolePolicyCommand, target, ['PolicyDocument'])],
  parameters: {},
  evaluate({ trustPolicy }) {
    const { statements } = policyText(trustPolicy);
    const open = publicStatements(statements);
    if (open.length === 0) return compliant('The trust policy does not trust everybody.');
    return nonCompliant(`The trust policy trusts everybody: ${namesOf(open, statements)}.`, open);
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
