import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { iamAccount } from '../../resources/iam/account.ts';

export default defineControl({
  id: 'iam-root-access-key-prohibited',
  title: 'The root user must have no access keys',
  severity: 'CRITICAL',
  resource: iamAccount,
  needs: ['rootUser'],
  securityControlIds: ['IAM.4'],
  relatedRequirements: ['CIS AWS v3.0 1.4', 'CIS AWS v5.0 1.3'],
  description:
    'The root user of the account must have no access key, active or not. Nobody but the root user, or the management account through centralized root access, can delete one: it is left to a person.',
  rationale:
    'No policy of the account restricts a key of the root user: whoever finds it has the whole account, without a password and without MFA.',
  guidance:
    'Find out who created the key; if it was none of you, treat the account as taken over. Sign in as the root user, delete the key under "My security credentials", and change the password. In an organization with centralized root access, delete the credentials of member accounts from the management account.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate: ({ rootUser: { hasAccessKeys } }) =>
    hasAccessKeys ? nonCompliant('The root user has an access key.') : compliant('The root user has no access keys.'),
});
