import { policyText } from '../../aws/iam/policy-text.ts';
import { sharedWithStrangers, strangersIn, withoutStrangers } from '../../aws/iam/untrusted-removal.ts';
import { bucketPolicy, whyNotPut } from '../../aws/s3/bucket-policy.ts';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { replace, undoOfReplace } from '../../step.ts';

export default defineControl({
  id: 's3-bucket-policy-external-access-restricted',
  title: 'Bucket policies must let in no accounts but the trusted ones',
  severity: 'HIGH',
  resource: bucket,
  needs: ['policy'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'No statement of a bucket policy may name another account or a canonical user, for any action, unless policy.yml lists the account, or its organization, under `trusted`. A condition on the account or organization of the principal decides where there is one. What lets everybody in is judged by s3-bucket-policy-public-access-prohibited; a service is nobody. The remediation is opt-in, and needs `trusted`: it takes the others out of the statements, and removes those that name nobody else. Without `trusted` the control only detects. Security Hub S3.6 looks for five actions only, and not for reads.',
  rationale:
    'An account that can read or write the bucket keeps doing so when nobody remembers why: the quietest way to take data out of an account.',
  guidance:
    'Find out whose account it is. List it under `trusted` in policy.yml if it is meant, or remove it from the policy. Look at the data events of the bucket for what that account has read.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions: bucketPolicy.permissions,
  undoCalls: undoOfReplace(bucketPolicy, bucketTarget),
  parameters: {},
  evaluate({ ref, policy }, { trusted }) {
    if (policy === null) return compliant('There is no bucket policy.');
    const shared = sharedWithStrangers(policyText(policy).statements, ref.accountId, trusted);
    if (shared.length === 0) return compliant('The bucket policy lets in no account that is not trusted.');
    return nonCompliant(`The bucket policy lets in ${strangersIn(shared)}.`, shared);
  },
  plan({ ref, policy }, { trusted }) {
    if (trusted === undefined) return byHand('policy.yml does not say under `trusted` with whom may be shared.');
    if (policy === null) return [];
    const read = policyText(policy);
    const closed = withoutStrangers(read, sharedWithStrangers(read.statements, ref.accountId, trusted));
    if ('byHand' in closed) return byHand(closed.byHand);
    if (closed.left.length === 0) return byHand('Nothing would be left of the bucket policy: delete it.');
    const refusal = whyNotPut(closed.text, closed.left, bucket.arn(ref));
    if (refusal !== null) return byHand(refusal);
    return [replace(bucketPolicy, bucketTarget(ref), policy, closed.text, closed.elements)];
  },
});
