import { policyText } from '../../aws/iam/policy-text.ts';
import { sharedWithUntrusted, untrustedIn, withoutUntrusted } from '../../aws/iam/untrusted-removal.ts';
import { bucketPolicy, whyNotPut } from '../../aws/s3/bucket-policy.ts';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { replace, undoOfReplace } from '../../step.ts';

export default defineControl({
  id: 's3-bucket-policy-external-access-restricted',
  title: 'Bucket policies must not grant access to untrusted accounts',
  severity: 'HIGH',
  resource: bucket,
  needs: ['policy'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'No statement of a bucket policy may name another account or a canonical user, for any action, unless policy.yml lists the account, or its organization, under `trusted`. A condition on the account or organization of the principal decides where there is one. Public access is evaluated by s3-bucket-policy-public-access-prohibited; service principals are not evaluated. The remediation is opt-in, and requires `trusted`: it removes untrusted principals from the statements, and statements without other principals. Without `trusted` the control only detects. Security Hub S3.6 evaluates five actions only, and no reads.',
  rationale:
    'An account that can read or write the bucket keeps this access when nobody remembers why: an inconspicuous way to exfiltrate data.',
  guidance:
    'Find out who owns the account. List it under `trusted` in policy.yml if the access is intended, or remove it from the policy. Check the data events of the bucket for what that account has read.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions: bucketPolicy.permissions,
  undoCalls: undoOfReplace(bucketPolicy, bucketTarget),
  parameters: {},
  evaluate({ ref, policy }, { trusted }) {
    if (policy === null) return compliant('There is no bucket policy.');
    const shared = sharedWithUntrusted(policyText(policy).statements, ref.accountId, trusted);
    if (shared.length === 0) return compliant('The bucket policy grants access to no untrusted account.');
    return nonCompliant(`The bucket policy grants access to ${untrustedIn(shared)}.`, shared);
  },
  plan({ ref, policy }, { trusted }) {
    if (trusted === undefined) return byHand('policy.yml lists no accounts or organizations under `trusted`.');
    if (policy === null) return [];
    const read = policyText(policy);
    const closed = withoutUntrusted(read, sharedWithUntrusted(read.statements, ref.accountId, trusted));
    if ('byHand' in closed) return byHand(closed.byHand);
    if (closed.left.length === 0) return byHand('No statement would remain in the bucket policy: delete it.');
    const refusal = whyNotPut(closed.text, closed.left, bucket.arn(ref));
    if (refusal !== null) return byHand(refusal);
    return [replace(bucketPolicy, bucketTarget(ref), policy, closed.text, closed.elements)];
  },
});
