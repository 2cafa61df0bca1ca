import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { ALL_BLOCKED, missingFlags, publicAccessBlockOfBucket } from '../../aws/s3/public-access-block.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { replace, undoOfReplace } from '../../step.ts';

export default defineControl({
  id: 's3-bucket-public-access-blocked',
  title: 'S3 buckets must have Block Public Access fully on',
  severity: 'HIGH',
  resource: bucket,
  needs: ['publicAccessBlock'],
  planNeeds: ['website'],
  securityControlIds: ['S3.8'],
  relatedRequirements: ['AWS FSBP S3.8', 'CIS AWS v3.0 2.1.4', 'CIS AWS v5.0 2.1.4'],
  description:
    'BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy and RestrictPublicBuckets must all be on. A bucket that hosts a website is reported and not changed, since blocking it would take the site down.',
  rationale: 'One careless policy or ACL on a bucket without Block Public Access exposes its objects to the world.',
  guidance:
    'Serve a public site through CloudFront with origin access control and block the bucket, or name the bucket in excludedPublicBuckets.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions: publicAccessBlockOfBucket.permissions,
  undoCalls: undoOfReplace(publicAccessBlockOfBucket, bucketTarget),
  parameters: {
    excludedPublicBuckets: {
      description: 'Names of buckets that may be public.',
      type: 'array',
      items: { type: 'string' },
      default: [] as readonly string[],
    },
  },
  evaluate({ ref, publicAccessBlock }, { parameters: { excludedPublicBuckets } }) {
    const missing = missingFlags(publicAccessBlock);
    if (missing.length === 0) return compliant('Block Public Access is fully on.');
    if (excludedPublicBuckets.includes(ref.resourceId))
      return compliant('The bucket may be public: excludedPublicBuckets names it.');
    return nonCompliant(`Block Public Access is not fully on: ${missing.join(', ')}.`, missing);
  },
  plan({ ref, publicAccessBlock, website }) {
    if (website !== null) return byHand('The bucket hosts a website, which the block would take down.');
    return [replace(publicAccessBlockOfBucket, bucketTarget(ref), publicAccessBlock, ALL_BLOCKED)];
  },
});
