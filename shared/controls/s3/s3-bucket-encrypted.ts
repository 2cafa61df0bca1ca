import {
  DeleteBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  S3Client,
  type ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { compliant, defineControl, nonCompliant, type Step, step } from '../../control.ts';
import { bucket } from '../../resources/s3/bucket.ts';

/** S3's algorithms, from least to most. */
const ALGORITHMS = ['AES256', 'aws:kms', 'aws:kms:dsse'];

const algorithmOf = (encryption: ServerSideEncryptionConfiguration | null): string | undefined =>
  encryption?.Rules?.find((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm)
    ?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;

const encrypt = (Bucket: string, before: ServerSideEncryptionConfiguration | null): Step => {
  const [rule = {}] = before?.Rules ?? [];
  const Rules = [{ ...rule, ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
  return step(
    S3Client,
    PutBucketEncryptionCommand,
    { Bucket, ServerSideEncryptionConfiguration: { Rules } },
    { undo: () => [restore(Bucket, before)] },
  );
};

const restore = (Bucket: string, before: ServerSideEncryptionConfiguration | null): Step =>
  before === null
    ? step(S3Client, DeleteBucketEncryptionCommand, { Bucket })
    : step(S3Client, PutBucketEncryptionCommand, { Bucket, ServerSideEncryptionConfiguration: before });

export default defineControl({
  id: 's3-bucket-encrypted',
  title: 'S3 default encryption must be on (KMS where required)',
  severity: 'MEDIUM',
  resource: bucket,
  needs: ['encryption'],
  securityControlIds: ['S3.17'],
  relatedRequirements: [],
  description:
    'A bucket must have default encryption with sseAlgorithm or a stronger algorithm. SSE-S3 (AES256) is put where nothing is set; an upgrade to KMS is only told, since every reader and writer then needs permissions on the key.',
  rationale:
    'With a KMS key, reading an object takes a permission on the key too, and each use of the key is in the audit log.',
  guidance:
    'Choose a KMS key, let the readers and writers of the bucket use it, then make it the default with an S3 Bucket Key. Targets of load balancer access logs take SSE-S3 only.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: { 's3:PutEncryptionConfiguration': 'arn:${AWS::Partition}:s3:::*' },
  parameters: {
    sseAlgorithm: {
      description: 'The weakest algorithm that is enough. Security Hub S3.17 asks for aws:kms.',
      type: 'string',
      enum: ALGORITHMS,
      default: 'AES256',
    },
  },
  evaluate({ encryption }, { sseAlgorithm }) {
    const algorithm = algorithmOf(encryption);
    if (algorithm === undefined) return nonCompliant('The bucket has no default encryption.');
    if (ALGORITHMS.indexOf(algorithm) >= ALGORITHMS.indexOf(sseAlgorithm))
      return compliant(`New objects are encrypted with ${algorithm}.`);
    return nonCompliant(`New objects are encrypted with ${algorithm}; ${sseAlgorithm} is asked for.`);
  },
  plan: ({ ref, encryption }, { sseAlgorithm }) =>
    algorithmOf(encryption) === undefined && sseAlgorithm === 'AES256' ? [encrypt(ref.resourceId, encryption)] : [],
});
