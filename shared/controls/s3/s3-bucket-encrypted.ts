import {
  DeleteBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  S3Client,
  type ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { parseArn } from '../../aws/arn.ts';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { takesLoadBalancerLogs } from '../../aws/s3/load-balancer-logs.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { replace, undoOfReplace } from '../../step.ts';

const bucketEncryption = {
  client: S3Client,
  put: PutBucketEncryptionCommand,
  delete: DeleteBucketEncryptionCommand,
  member: 'ServerSideEncryptionConfiguration',
  permissions: { 's3:PutEncryptionConfiguration': 'arn:${AWS::Partition}:s3:::*' },
} as const;

/** The key as the default, and all else of the rule as it was. */
const withKey = (
  before: ServerSideEncryptionConfiguration | null,
  KMSMasterKeyID: string,
): ServerSideEncryptionConfiguration => {
  const [rule = {}] = before?.Rules ?? [];
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID };
  return { Rules: [{ ...rule, ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }] };
};

const algorithmOf = (encryption: ServerSideEncryptionConfiguration | null): string =>
  encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? 'nothing';

export default defineControl({
  id: 's3-bucket-encrypted',
  title: 'S3 buckets must be encrypted with a KMS key by default',
  severity: 'MEDIUM',
  resource: bucket,
  needs: ['encryption', 'policy'],
  securityControlIds: ['S3.17'],
  relatedRequirements: [...requirements('PCI DSS v4.0', '3.5.1 8.3.2'), 'SOC 2 PI1.4'],
  description:
    'Default encryption must be SSE-KMS or DSSE-KMS. S3 itself encrypts every object with SSE-S3, so this is evaluated only where kmsKeyArn says which key to use, and never for a bucket that takes access logs of load balancers, which support SSE-S3 only. A key of another region is left to a person.',
  rationale:
    'With a KMS key, reading an object requires a permission on the key too, and each use of the key is logged.',
  guidance:
    'Allow the readers and writers of the bucket to use the key, then make it the default with an S3 Bucket Key.',
  impact: 'access',
  recommendedMode: 'approve',
  permissions: bucketEncryption.permissions,
  undoCalls: undoOfReplace(bucketEncryption, bucketTarget),
  parameters: {
    kmsKeyArn: {
      description: 'The KMS key that buckets are encrypted with; empty: buckets are not evaluated.',
      type: 'string',
      pattern: '^(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$',
      default: '',
    },
  },
  evaluate(state, { parameters: { kmsKeyArn } }) {
    if (kmsKeyArn === '') return notApplicable('S3 encrypts with SSE-S3; no KMS key is required (kmsKeyArn is empty).');
    const algorithm = algorithmOf(state.encryption);
    if (algorithm.startsWith('aws:kms')) return compliant(`New objects are encrypted with ${algorithm}.`);
    if (takesLoadBalancerLogs(state.policy))
      return notApplicable('The bucket takes access logs of load balancers, which support SSE-S3 only.');
    return nonCompliant(`New objects are encrypted with ${algorithm}; aws:kms is required.`);
  },
  plan({ ref, encryption }, { parameters: { kmsKeyArn } }) {
    if (parseArn(kmsKeyArn)?.region !== ref.region) return byHand(`The key of kmsKeyArn is not in ${ref.region}.`);
    return [replace(bucketEncryption, bucketTarget(ref), encryption, withKey(encryption, kmsKeyArn))];
  },
});
