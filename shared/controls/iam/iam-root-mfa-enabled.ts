import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { iamAccount } from '../../resources/iam/account.ts';

export default defineControl({
  id: 'iam-root-mfa-enabled',
  title: 'The root user must have a hardware MFA device',
  severity: 'CRITICAL',
  resource: iamAccount,
  needs: ['rootUser', 'rootVirtualDevices'],
  securityControlIds: ['IAM.6', 'IAM.9'],
  relatedRequirements: [
    'AWS FSBP IAM.6',
    'CIS AWS v3.0 1.5',
    'CIS AWS v3.0 1.6',
    'CIS AWS v5.0 1.4',
    'CIS AWS v5.0 1.5',
    ...requirements('PCI DSS v4.0', '8.4.1 8.4.2 8.4.3'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(1) AC-3(2) AC-3(3) AC-3(4) AC-3(8) AC-3(12) AC-3(13) AC-3(15) AC-4(28) AC-7(4) AC-24 CM-5(1) CM-6 CM-9 IA-2(1) IA-2(2) IA-2(6) IA-2(8) SC-23(3)',
    ),
  ],
  description:
    'The root user must sign in with MFA, and none of its devices may be a virtual one (software, on a phone for example); with requireHardware: false these are compliant. A root user without password and access keys, as centralized root access leaves it in a member account, is not evaluated. Only the root user can register its devices: it is left to a person.',
  rationale:
    'Without MFA the password alone gives access to the whole account. A virtual device is on a phone that can be lost, replaced or backed up.',
  guidance:
    'Sign in as the root user and register two security keys or passkeys under "My security credentials"; keep them in different places. Then deactivate virtual devices. If a device was deactivated without authorization, treat the account as compromised.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {
    requireHardware: {
      description: 'Whether virtual MFA devices of the root user are non-compliant (IAM.6) or enough (IAM.9).',
      type: 'boolean',
      default: true as boolean,
    },
  },
  evaluate({ rootUser, ...others }, { parameters }) {
    if (rootUser.hasPassword === false && !rootUser.hasAccessKeys)
      return notApplicable('The root user has no credentials to sign in with.');
    if (!rootUser.hasMfa) return nonCompliant('The root user has no MFA device.');
    if (!parameters.requireHardware) return compliant('The root user has an MFA device.');
    const virtual = others.rootVirtualDevices;
    if (virtual.length === 0) return compliant('The MFA devices of the root user are hardware.');
    return nonCompliant(`The root user has virtual MFA devices: ${virtual.join(', ')}.`);
  },
});
