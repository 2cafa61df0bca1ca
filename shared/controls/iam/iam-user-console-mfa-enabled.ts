import { DeleteUserPolicyCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { mfaPolicy, requiresMfa } from '../../aws/iam/mfa-policy.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import type { ResourceRef } from '../../resource.ts';
import { user } from '../../resources/iam/user.ts';
import { replace, undoOfReplace } from '../../step.ts';
import { counted } from '../../text.ts';
import { HOUR_MS } from '../../time.ts';

const { PolicyName, PolicyDocument } = mfaPolicy;

const USERS = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:user/*';

const inlinePolicy = {
  client: IAMClient,
  put: PutUserPolicyCommand,
  delete: DeleteUserPolicyCommand,
  member: 'PolicyDocument',
  permissions: { 'iam:PutUserPolicy': USERS },
  deletePermissions: { 'iam:DeleteUserPolicy': USERS },
} as const;

const target = ({ resourceId: UserName }: ResourceRef) => ({ UserName, PolicyName });

export default defineControl({
  id: 'iam-user-console-mfa-enabled',
  title: 'IAM users with a console password must have MFA',
  severity: 'HIGH',
  resource: user,
  needs: ['loginProfile', 'mfaDevices', 'inlinePolicies'],
  securityControlIds: ['IAM.5', 'IAM.19'],
  relatedRequirements: [
    'AWS FSBP IAM.5',
    'CIS AWS v3.0 1.10',
    'CIS AWS v5.0 1.9',
    ...requirements('PCI DSS v4.0', '8.4.1 8.4.2 8.4.3'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(1) AC-3(2) AC-3(3) AC-3(4) AC-3(8) AC-3(12) AC-3(13) AC-3(15) AC-4(28) AC-7(4) AC-24 CM-5(1) CM-6 CM-9 IA-2(1) IA-2(2) IA-2(6) IA-2(8) SC-23(3)',
    ),
  ],
  description:
    'Every user that has a password for the console must have an MFA device. Users without a password, for which IAM.19 requires one too, are compliant. The remediation is opt-in: an inline policy of the user (EvenkeelRequireMFA) denies everything but registering a device in console sessions without MFA; a user with that policy is compliant, unlike in the rules of AWS Config. It does not apply to requests with access keys, so that programs of the user keep working.',
  rationale:
    'A password alone can be guessed, phished or leaked, and then gives access to all permissions of the user.',
  guidance:
    'Ask the user to register a device under "My security credentials"; until then, remove the password, or keep the policy of the remediation. Delete that policy once the user has a device. Better: let people sign in through IAM Identity Center.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions: inlinePolicy.permissions,
  undoCalls: undoOfReplace(inlinePolicy, target),
  parameters: {
    graceHours: {
      description: 'Hours after its password was created in which a user without a device is compliant.',
      type: 'integer',
      minimum: 0,
      default: 0,
    },
  },
  evaluate({ loginProfile, mfaDevices, inlinePolicies }, { parameters: { graceHours }, now }) {
    // First, since a user that is gone answers like one without a password.
    if (mfaDevices.length > 0) return compliant('The user has an MFA device.');
    if (loginProfile === null) return compliant('The user has no password for the console.');
    if (inlinePolicies.some(requiresMfa))
      return compliant('The user has no MFA device, and can do nothing without one but register it.');
    const isNew = now.getTime() - Date.parse(loginProfile.CreateDate) < graceHours * HOUR_MS;
    if (isNew) return compliant(`The password of the user is less than ${counted(graceHours, 'hour')} old.`);
    return nonCompliant('The user has a password for the console and no MFA device.');
  },
  plan({ ref, inlinePolicies }) {
    const before = inlinePolicies.find((policy) => policy.PolicyName === PolicyName)?.PolicyDocument ?? null;
    return [replace(inlinePolicy, target(ref), before, PolicyDocument, [`inline policy ${PolicyName}`])];
  },
});
