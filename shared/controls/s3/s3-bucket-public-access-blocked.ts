import {
  DeletePublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ALL_BLOCKED, missingFlags } from '../../aws/s3/public-access-block.ts';
import { compliant, defineControl, nonCompliant, type Step, step } from '../../control.ts';
import { bucket } from '../../resources/s3/bucket.ts';

const block = (Bucket: string, before: PublicAccessBlockConfiguration | null): Step =>
  step(
    S3Client,
    PutPublicAccessBlockCommand,
    { Bucket, PublicAccessBlockConfiguration: ALL_BLOCKED },
    { undo: () => [restore(Bucket, before)] },
  );

const restore = (Bucket: string, before: PublicAccessBlockConfiguration | null): Step =>
  before === null
    ? step(S3Client, DeletePublicAccessBlockCommand, { Bucket })
    : step(S3Client, PutPublicAccessBlockCommand, { Bucket, PublicAccessBlockConfiguration: before });

export default defineControl({
  id: 's3-bucket-public-access-blocked',
  title: 'S3 buckets must have Block Public Access fully on',
  severity: 'HIGH',
  resource: bucket,
  needs: ['publicAccessBlock', 'website'],
  securityControlIds: ['S3.8'],
  relatedRequirements: ['CIS AWS v3.0 2.1.4', 'CIS AWS v5.0 2.1.4'],
  description:
    'BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy and RestrictPublicBuckets must all be on. A bucket that hosts a website is told and left as it is, since blocking it would take the site down.',
  rationale: 'One careless policy or ACL on a bucket without Block Public Access shows its objects to the world.',
  guidance:
    'Serve a public site through CloudFront with origin access control and block the bucket, or name the bucket in excludedPublicBuckets.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: { 's3:PutBucketPublicAccessBlock': 'arn:${AWS::Partition}:s3:::*' },
  parameters: {
    excludedPublicBuckets: {
      description: 'Names of buckets that may be public.',
      type: 'array',
      items: { type: 'string' },
      default: [] as readonly string[],
    },
  },
  evaluate({ ref, publicAccessBlock, website }, { excludedPublicBuckets }) {
    const missing = missingFlags(publicAccessBlock);
    if (missing.length === 0) return compliant('Block Public Access is fully on.');
    if (excludedPublicBuckets.includes(ref.resourceId))
      return compliant('The bucket may be public: excludedPublicBuckets names it.');
    const off = `Block Public Access is not fully on: ${missing.join(', ')}.`;
    return nonCompliant(website === null ? off : `${off} The bucket hosts a website, so a person has to decide.`);
  },
  plan: ({ ref, publicAccessBlock, website }) => (website === null ? [block(ref.resourceId, publicAccessBlock)] : []),
});
