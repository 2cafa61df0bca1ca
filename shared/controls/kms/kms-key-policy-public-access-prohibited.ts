import { KMSClient, PutKeyPolicyCommand, type PutKeyPolicyCommandInput } from '@aws-sdk/client-kms';
import { policyText } from '../../aws/iam/policy-text.ts';
import { namesOf, publicStatements } from '../../aws/iam/public-access.ts';
import { onePolicy } from '../../aws/iam/public-access-check.ts';
import { restrictedToAccount } from '../../aws/iam/public-removal.ts';
import { accountArn } from '../../aws/partitions.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { kmsKey } from '../../resources/kms/key.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'kms:PutKeyPolicy': 'arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*' };

const target = ({ resourceId: KeyId }: ResourceRef) => ({ KeyId, PolicyName: 'default' });

export default defineControl({
  id: 'kms-key-policy-public-access-prohibited',
  title: 'KMS key policies must not be public',
  severity: 'CRITICAL',
  resource: kmsKey,
  needs: ['key', 'policy'],
  securityControlIds: ['KMS.5'],
  relatedRequirements: ['AWS FSBP KMS.5'],
  description:
    'No statement of the policy of a customer managed key may grant access to everybody. A condition on fixed values of a key that callers cannot choose (kms:CallerAccount, aws:PrincipalOrgID, aws:SourceArn …) narrows a statement; kms:ViaService alone does not, since every account uses that service. The remediation is opt-in: the account root principal replaces everybody, so that IAM policies decide within the account, and no statement is removed. A key of an AWS service is not evaluated.',
  rationale:
    'Anyone who has obtained data that is encrypted with the key can decrypt it from their own account, and can cause charges for the use of the key.',
  guidance:
    'Name the accounts and roles that use the key, or narrow the statement by kms:CallerAccount or aws:PrincipalOrgID. Look in CloudTrail for Decrypt calls of unknown accounts.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  publicAccessCheck: onePolicy('AWS::KMS::Key', 'policy', ({ Policy }: PutKeyPolicyCommandInput) => Policy),
  undoCalls: [undoneBy(KMSClient, PutKeyPolicyCommand, target, ['Policy'])],
  parameters: {},
  evaluate({ key, policy }) {
    if (key.KeyManager === 'AWS') return notApplicable('An AWS service manages the key and its policy.');
    const { statements } = policyText(policy);
    const open = publicStatements(statements);
    if (open.length === 0) return compliant('The key policy is not public.');
    return nonCompliant(`The key policy grants access to everybody: ${namesOf(open, statements)}.`, open);
  },
  plan({ ref, policy }) {
    const closed = restrictedToAccount(policyText(policy), accountArn(ref));
    if ('byHand' in closed) return byHand(closed.byHand);
    const { text, elements } = closed;
    return [
      set(KMSClient, PutKeyPolicyCommand, target(ref), { Policy: policy }, { Policy: text }, { permissions, elements }),
    ];
  },
});
