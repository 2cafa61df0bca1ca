import type { AttachedPolicy } from '../../aws/iam/identity-policies.ts';
import { requiresMfa } from '../../aws/iam/mfa-policy.ts';
import { deleteInline, detach, policiesRestored } from '../../aws/iam/user-policy-removal.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { user } from '../../resources/iam/user.ts';

/** What AWS attaches to a user whose access key was found in public: it only denies, and has to stay until the key is deleted. */
const QUARANTINE = /^arn:[^:]+:iam::aws:policy\/AWSCompromisedKeyQuarantine(V\d+)?$/;

const removable = (policies: readonly AttachedPolicy[]) =>
  policies.filter(({ PolicyArn }) => !QUARANTINE.test(PolicyArn));

export default defineControl({
  id: 'iam-user-direct-policies-prohibited',
  title: 'IAM users must not have inline or attached policies',
  severity: 'LOW',
  resource: user,
  needs: ['attachedPolicies', 'inlinePolicies'],
  securityControlIds: ['IAM.2'],
  relatedRequirements: ['AWS FSBP IAM.2', 'CIS AWS v3.0 1.15', 'CIS AWS v5.0 1.14'],
  description:
    'A user may have neither attached managed policies nor inline policies: users get their permissions from groups. Unlike in the rule of AWS Config, two are not evaluated and never removed: the quarantine that AWS attaches to a user whose key was found in public (AWSCompromisedKeyQuarantine), and the policy by which iam-user-console-mfa-enabled requires MFA. The remediation is opt-in: it removes the policies, and an undo restores them as they were.',
  rationale: 'Permissions that are granted user by user are seldom reviewed, and stay when people change roles.',
  guidance:
    'Create a group for the task, give it the permissions, add the user to it, and remove the policies from the user. Better: roles, or IAM Identity Center.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions: { ...detach.permissions, ...deleteInline.permissions },
  undoCalls: policiesRestored,
  parameters: {},
  evaluate({ attachedPolicies, inlinePolicies }) {
    const attached = removable(attachedPolicies).map(({ PolicyName }) => PolicyName);
    const inline = inlinePolicies.filter((policy) => !requiresMfa(policy)).map(({ PolicyName }) => PolicyName);
    if (attached.length + inline.length === 0) return compliant('The user has no inline or attached policies.');
    const parts = [
      ...(attached.length > 0 ? [`attached are ${attached.join(', ')}`] : []),
      ...(inline.length > 0 ? [`inline are ${inline.join(', ')}`] : []),
    ];
    return nonCompliant(`The user has policies: ${parts.join('; ')}.`, { attached, inline });
  },
  plan: ({ ref: { resourceId }, attachedPolicies, inlinePolicies }) => [
    ...removable(attachedPolicies).map((policy) => detach(resourceId, policy)),
    ...inlinePolicies.filter((policy) => !requiresMfa(policy)).map((policy) => deleteInline(resourceId, policy)),
  ],
});
