import type { PutBucketPolicyCommandInput } from '@aws-sdk/client-s3';
import { policyText } from '../../aws/iam/policy-text.ts';
import { onePolicy } from '../../aws/iam/public-access-check.ts';
import { withoutPublicStatements } from '../../aws/iam/public-removal.ts';
import { bucketPolicy, whyNotPut } from '../../aws/s3/bucket-policy.ts';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { publicAccessBlockOfBucket } from '../../aws/s3/public-access-block.ts';
import { isBlocked, publicPolicy, whyNotBlock } from '../../aws/s3/public-bucket.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import type { ResourceRef } from '../../resource.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { replace, undoOfReplace } from '../../step.ts';

const OFF = { BlockPublicAcls: false, IgnorePublicAcls: false };

/** The policy without its public statements; S3 accepts none without statements. */
function closed(ref: ResourceRef, policy: string) {
  const result = withoutPublicStatements(policyText(policy));
  if ('byHand' in result) return byHand(result.byHand);
  if (result.left.length === 0) return byHand('No statement would remain in the policy: delete it.');
  const refusal = whyNotPut(result.text, result.left, bucket.arn(ref));
  if (refusal !== null) return byHand(refusal);
  return [replace(bucketPolicy, bucketTarget(ref), policy, result.text, result.elements)];
}

export default defineControl({
  id: 's3-bucket-policy-public-access-prohibited',
  title: 'S3 bucket policies must not be public',
  severity: 'CRITICAL',
  resource: bucket,
  needs: ['policy', 'policyStatus', 'publicAccessBlock', 'accountPublicAccessBlock'],
  planNeeds: ['website'],
  securityControlIds: ['S3.2', 'S3.3'],
  relatedRequirements: [
    'AWS FSBP S3.2',
    'AWS FSBP S3.3',
    ...requirements('PCI DSS v4.0', '1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 3.5.1.3 10.3.2 A1.1.2 A1.1.3 A3.4.1'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) CM-6 CM-9 MP-2 SC-7 SC-7(2) SC-7(3) SC-7(7) SC-7(9) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25',
    ),
  ],
  description:
    'A bucket policy may not be public, according to S3 (GetBucketPolicyStatus) or, where that cannot be read, by its statements, unless Block Public Access restricts public buckets (RestrictPublicBuckets), for the bucket or for its account. BlockPublicPolicy and RestrictPublicBuckets are enabled for the bucket, and the policy stays as it is; or, with the parameter remedy, the public statements are removed. A bucket that hosts a website, and one whose policy grants access to other accounts, which the block would revoke too, is left to a person.',
  rationale: 'Everybody can read or write what the policy grants, without authentication.',
  guidance:
    'Name the accounts as principals, or narrow the statement by aws:PrincipalOrgID or aws:SourceVpce. Serve a public site through CloudFront with origin access control. Check the access logs of the bucket for what was read.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions: { ...publicAccessBlockOfBucket.permissions, ...bucketPolicy.permissions },
  // Block Public Access leaves the policy as it is, so that there is nothing to check.
  publicAccessCheck: onePolicy(
    'AWS::S3::Bucket',
    'policy',
    ({ Policy }: Partial<PutBucketPolicyCommandInput>) => Policy,
  ),
  undoCalls: [...undoOfReplace(publicAccessBlockOfBucket, bucketTarget), ...undoOfReplace(bucketPolicy, bucketTarget)],
  parameters: {
    remedy: {
      description:
        'block: Block Public Access restricts the bucket. removeStatements: the public statements are removed.',
      type: 'string',
      enum: ['block', 'removeStatements'],
      default: 'block' as string,
    },
  },
  evaluate(state) {
    const found = publicPolicy(state);
    if (found === null)
      return compliant(state.policy === null ? 'There is no bucket policy.' : 'The bucket policy is not public.');
    if (isBlocked(state, 'RestrictPublicBuckets'))
      return compliant('The bucket policy is public, and Block Public Access restricts it to the account.');
    return nonCompliant(found.says, found.open);
  },
  plan({ ref, policy, policyStatus, publicAccessBlock, website }, { parameters: { remedy } }) {
    if (remedy === 'removeStatements' && policy !== null) return closed(ref, policy);
    const refusal = whyNotBlock({ policy, policyStatus, website }, ref.accountId);
    if (refusal !== null) return byHand(refusal);
    const wanted = { ...OFF, ...publicAccessBlock, BlockPublicPolicy: true, RestrictPublicBuckets: true };
    return [replace(publicAccessBlockOfBucket, bucketTarget(ref), publicAccessBlock, wanted)];
  },
});
