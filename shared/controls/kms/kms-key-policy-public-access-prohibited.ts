import { KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { policyText } from '../../aws/iam/policy-text.ts';
import { namesOf, publicStatements } from '../../aws/iam/public-access.ts';
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
    'No statement of the policy of a customer key may let everybody do something. A condition on fixed values of a key that strangers cannot choose (kms:CallerAccount, aws:PrincipalOrgID, aws:SourceArn …) narrows a statement; kms:ViaService alone does not, since every account uses that service. The remediation is opt-in: the root of the account takes the place of everybody, so that policies of IAM decide within it, and no statement is removed. A key of an AWS service is not judged.',
  rationale:
    'Whoever gets hold of data that is encrypted with a public key can decrypt it from an account of their own; and can have the key spend money.',
  guidance:
    'Name the accounts and roles that use the key, or narrow the statement by kms:CallerAccount or aws:PrincipalOrgID. Look in CloudTrail for Decrypt calls of accounts that nobody knows.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [undoneBy(KMSClient, PutKeyPolicyCommand, target, ['Policy'])],
  parameters: {},
  evaluate({ key, policy }) {
    if (key.KeyManager === 'AWS') return notApplicable('An AWS service manages the key and its policy.');
    const { statements } = policyText(policy);
    const open = publicStatements(statements);
    if (open.length === 0) return compliant('The key policy is not public.');
    return nonCompliant(`The key policy lets everybody in: ${namesOf(open, statements)}.`, open);
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
