import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { iamAccount } from '../../resources/iam/account.ts';

export default defineControl({
  id: 'iam-root-access-key-prohibited',
  title: 'The root user must have no access keys',
  severity: 'CRITICAL',
  resource: iamAccount,
  needs: ['rootUser'],
  securityControlIds: ['IAM.4'],
  relatedRequirements: [
    'AWS FSBP IAM.4',
    'CIS AWS v3.0 1.4',
    'CIS AWS v5.0 1.3',
    ...requirements('PCI DSS v4.0', '7.2.1 7.2.2 7.2.3 8.2.1 8.2.2 8.2.4 8.2.5 8.3.11'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(1) AC-2(6) AC-3(3) AC-3(4) AC-3(7) AC-3(8) AC-3(12) AC-3(13) AC-3(15) AC-4(28) AC-6 AC-6(2) AC-6(10) AC-24 CM-5(1) CM-6 CM-9 IA-2 IA-4 IA-4(4) IA-4(8) IA-5(8) MP-2 SC-23(3) SC-25',
    ),
  ],
  description:
    'The root user of the account must have no access key, active or not. Nobody but the root user, or the management account through centralized root access, can delete one: it is left to a person.',
  rationale:
    'No policy of the account restricts a key of the root user: a leaked one compromises the whole account, without a password and without MFA.',
  guidance:
    'Find out who created the key; if it was not authorized, treat the account as compromised. Sign in as the root user, delete the key under "My security credentials", and change the password. In an organization with centralized root access, delete the credentials of member accounts from the management account.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate: ({ rootUser: { hasAccessKeys } }) =>
    hasAccessKeys ? nonCompliant('The root user has an access key.') : compliant('The root user has no access keys.'),
});
