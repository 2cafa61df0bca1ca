import { DeleteBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { conditionsOf, isEveryone, matchesPattern, type PolicyStatement, stringsOf } from '../iam/policy-document.ts';
import { deletedPrincipals } from '../iam/principals.ts';
import { grantsEverybody } from '../iam/public-access.ts';

const BUCKETS = 'arn:${AWS::Partition}:s3:::*';

/** The policy of a bucket, as a setting that is put whole. */
export const bucketPolicy = {
  client: S3Client,
  put: PutBucketPolicyCommand,
  delete: DeleteBucketPolicyCommand,
  member: 'Policy',
  permissions: { 's3:PutBucketPolicy': BUCKETS },
  deletePermissions: { 's3:DeleteBucketPolicy': BUCKETS },
} as const;

/** S3's limit for a bucket policy. Source: S3 User Guide, "Bucket policies". */
const MAX_POLICY_BYTES = 20_480;

/** Why S3 would refuse to put this policy, as far as its text shows; null where nothing does. Source: S3 User Guide, "Bucket policies"; IAM User Guide, "AWS JSON policy elements: Principal". */
export function whyNotPut(text: string, statements: readonly PolicyStatement[], arn: string): string | null {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_POLICY_BYTES)
    return `The bucket policy would have ${bytes} bytes; S3 accepts ${MAX_POLICY_BYTES}. Shorten it first.`;
  const deleted = statements.flatMap(deletedPrincipals)[0];
  if (deleted !== undefined)
    return `The bucket policy names ${deleted}, a principal that was deleted: S3 accepts no policy with it. Remove it first.`;
  if (statements.some((statement) => deniesPutPolicy(statement, arn)))
    return 'The bucket policy denies PutBucketPolicy to everybody: only the root user of the account can change it.';
  return null;
}

/** Only where it says so without a condition: whether one holds for us, the call shows. */
const deniesPutPolicy = (
  { Effect, Principal, Action, NotAction, Resource, NotResource, Condition }: PolicyStatement,
  arn: string,
) =>
  Effect === 'Deny' &&
  isEveryone(Principal) &&
  conditionsOf(Condition).length === 0 &&
  covers(Action, NotAction, 's3:putbucketpolicy', (pattern) => pattern.toLowerCase()) &&
  covers(Resource, NotResource, arn);

function covers(named: unknown, excluded: unknown, target: string, spelled = (pattern: string) => pattern): boolean {
  const matches = (patterns: unknown) =>
    stringsOf(patterns).some((pattern) => matchesPattern(spelled(pattern), target));
  return named === undefined ? excluded !== undefined && !matches(excluded) : matches(named);
}

/** True where a statement by itself allows everybody something: Block Public Access refuses a policy with one. */
export const isPublic = (statements: readonly PolicyStatement[]): boolean => statements.some(grantsEverybody);
