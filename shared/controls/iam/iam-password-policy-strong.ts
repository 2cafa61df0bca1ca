import {
  strengthened,
  UNSET,
  undoOfPasswordPolicy,
  updatePasswordPolicy,
  weakParts,
} from '../../aws/iam/password-policy.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { iamAccount } from '../../resources/iam/account.ts';

export default defineControl({
  id: 'iam-password-policy-strong',
  title: 'The IAM password policy must be strong',
  severity: 'MEDIUM',
  resource: iamAccount,
  needs: ['passwordPolicy'],
  securityControlIds: ['IAM.7', 'IAM.10', 'IAM.11', 'IAM.12', 'IAM.13', 'IAM.14', 'IAM.15', 'IAM.16', 'IAM.17'],
  relatedRequirements: [
    'AWS FSBP IAM.7',
    'CIS AWS v3.0 1.8',
    'CIS AWS v3.0 1.9',
    'CIS AWS v5.0 1.7',
    'CIS AWS v5.0 1.8',
    ...requirements('PCI DSS v4.0', '8.3.6 8.6.3'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2 AC-2(1) AC-2(3) AC-3(3) AC-3(4) AC-3(8) AC-3(12) AC-3(13) AC-3(15) AC-4(28) AC-7(4) AC-24 CM-5(1) CM-6 CM-9 CM-12 IA-4 IA-5 IA-5(1) IA-5(18) IA-8(2) MA-4 SC-23(3)',
    ),
  ],
  description:
    'The password policy of the account must require 14 characters, symbols, numbers, upper and lower case, remember 24 passwords and let passwords expire after 90 days. This is the strictest of what the Security Hub controls require: IAM.7 alone requires 8 characters, CIS neither an age nor kinds of characters. Weak settings are raised; stronger ones, and other settings, stay.',
  rationale:
    'Without a password policy an account accepts passwords of 8 characters that never expire, which can be guessed, or are known from other leaks.',
  guidance:
    'Set the password policy in the account settings of IAM. It applies to new passwords; users whose password is too old set a new one at the next sign-in. Better: let people sign in through IAM Identity Center, and remove their passwords.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: updatePasswordPolicy.permissions,
  undoCalls: undoOfPasswordPolicy,
  parameters: {
    minimumLength: {
      description: 'Minimum password length.',
      type: 'integer',
      minimum: 6,
      maximum: 128,
      default: 14,
    },
    maxAgeDays: {
      description: 'Maximum password age in days; 0 where passwords need not expire.',
      type: 'integer',
      minimum: 0,
      maximum: 1095,
      default: 90,
    },
    reusePrevention: {
      description: 'How many previous passwords may not be reused; 0 where all may.',
      type: 'integer',
      minimum: 0,
      maximum: 24,
      default: 24,
    },
  },
  evaluate({ passwordPolicy }, { parameters }) {
    if (passwordPolicy === null) return nonCompliant('The account has no password policy.');
    const weak = weakParts(passwordPolicy, parameters);
    if (weak.length === 0) return compliant('The password policy is as strong as required.');
    const parts = weak.map((name) => `${name} is ${passwordPolicy[name] ?? 'not set'}`);
    return nonCompliant(`The password policy is weak: ${parts.join(', ')}.`);
  },
  plan({ passwordPolicy }, { parameters }) {
    const weak = weakParts(passwordPolicy ?? UNSET, parameters);
    if (passwordPolicy?.HardExpiry === true && weak.includes('MaxPasswordAge'))
      return byHand('Users whose password is older would be locked out (HardExpiry) until somebody resets it.');
    return [updatePasswordPolicy(passwordPolicy, strengthened(passwordPolicy ?? UNSET, parameters), weak)];
  },
});
