import {
  DeleteBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  S3Client,
  type ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { replace, undoOfReplace } from '../../step.ts';

const bucketEncryption = {
  client: S3Client,
  put: PutBucketEncryptionCommand,
  delete: DeleteBucketEncryptionCommand,
  member: 'ServerSideEncryptionConfiguration',
  permissions: { 's3:PutEncryptionConfiguration': 'arn:${AWS::Partition}:s3:::*' },
} as const;

/** S3's algorithms, from least to most. */
const ALGORITHMS = ['AES256', 'aws:kms', 'aws:kms:dsse'];

const algorithmOf = (encryption: ServerSideEncryptionConfiguration | null): string | undefined =>
  encryption?.Rules?.find((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm)
    ?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;

/** SSE-S3 as the default, and all else of the rule as it was. */
const withSseS3 = (before: ServerSideEncryptionConfiguration | null): ServerSideEncryptionConfiguration => {
  const [rule = {}] = before?.Rules ?? [];
  return { Rules: [{ ...rule, ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] };
};

export default defineControl({
  id: 's3-bucket-encrypted',
  title: 'S3 default encryption must be on (KMS where required)',
  severity: 'MEDIUM',
  resource: bucket,
  needs: ['encryption'],
  securityControlIds: ['S3.17'],
  relatedRequirements: [],
  description:
    'A bucket must have default encryption with sseAlgorithm or a stronger algorithm. SSE-S3 (AES256) is set where there is none; an upgrade to KMS is left to a person, since every reader and writer then needs permissions on the key.',
  rationale:
    'With a KMS key, reading an object requires a permission on the key too, and each use of the key is logged.',
  guidance:
    'Choose a KMS key, allow the readers and writers of the bucket to use it, then make it the default with an S3 Bucket Key. Buckets for load balancer access logs support SSE-S3 only.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: bucketEncryption.permissions,
  undoCalls: undoOfReplace(bucketEncryption, bucketTarget),
  parameters: {
    sseAlgorithm: {
      description: 'The weakest algorithm that is sufficient. Security Hub S3.17 requires aws:kms.',
      type: 'string',
      enum: ALGORITHMS,
      default: 'AES256',
    },
  },
  evaluate({ encryption }, { parameters: { sseAlgorithm } }) {
    const algorithm = algorithmOf(encryption);
    if (algorithm === undefined) return nonCompliant('The bucket has no default encryption.');
    if (ALGORITHMS.indexOf(algorithm) >= ALGORITHMS.indexOf(sseAlgorithm))
      return compliant(`New objects are encrypted with ${algorithm}.`);
    return nonCompliant(`New objects are encrypted with ${algorithm}; ${sseAlgorithm} is required.`);
  },
  plan({ ref, encryption }, { parameters: { sseAlgorithm } }) {
    if (sseAlgorithm !== 'AES256') return byHand('With KMS, every reader and writer needs permissions on the key.');
    return [replace(bucketEncryption, bucketTarget(ref), encryption, withSseS3(encryption))];
  },
});
