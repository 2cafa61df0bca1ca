import { DeleteBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import {
  conditionsOf,
  isEveryone,
  matchesPattern,
  type PolicyDocument,
  type PolicyStatement,
  parsePolicy,
  statementsOf,
  stringsOf,
} from '../../aws/iam/policy-document.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { replace } from '../../step.ts';

const bucketPolicy = {
  client: S3Client,
  put: PutBucketPolicyCommand,
  delete: DeleteBucketPolicyCommand,
  member: 'Policy',
  permissions: { 's3:PutBucketPolicy': 'arn:${AWS::Partition}:s3:::*' },
} as const;

const SID = 'EvenkeelDenyInsecureTransport';

const denial = (arn: string) => ({
  Sid: SID,
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [arn, `${arn}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

/** A key that only a pattern for every key matches. */
const anyKeyOf = (arn: string) => `${arn}/${'\u0001'.repeat(64)}`;

/** True where requests without TLS are all that the conditions ask for: any other condition lets some of them through. */
const holdsForInsecureTransport = (condition: unknown): boolean => {
  const conditions = conditionsOf(condition);
  return (
    conditions.length > 0 &&
    conditions.every(
      ([operator, key, values]) =>
        ['Bool', 'BoolIfExists'].includes(operator) &&
        key === 'aws:securetransport' &&
        values.length > 0 &&
        values.every((value) => value.toLowerCase() === 'false'),
    )
  );
};

/** True for a statement that denies everybody every action without TLS, on the resources that it names. */
const deniesInsecureTransport = ({ Effect, Principal, Action, Condition }: PolicyStatement): boolean =>
  Effect === 'Deny' &&
  isEveryone(Principal) &&
  stringsOf(Action).some((action) => /^(s3:)?\*+$/i.test(action)) &&
  holdsForInsecureTransport(Condition);

/** What requests without TLS can still reach: the bucket, its objects, both or nothing. */
function reachableWithoutTls(policy: string | null, arn: string): readonly string[] {
  const statements = policy === null ? [] : statementsOf(parsePolicy(policy));
  const denied = statements.filter(deniesInsecureTransport).flatMap(({ Resource }) => stringsOf(Resource));
  const covered = (target: string) => denied.some((pattern) => matchesPattern(pattern, target));
  return [...(covered(arn) ? [] : ['the bucket']), ...(covered(anyKeyOf(arn)) ? [] : ['its objects'])];
}

/** The policy with our statement at its end, or in its old place where somebody has altered it; all else stays as it is. */
function withDenial(policy: string | null, arn: string): string {
  const document: PolicyDocument = policy === null ? { Version: '2012-10-17' } : parsePolicy(policy);
  const statements = statementsOf(document);
  const ours = statements.some(({ Sid }) => Sid === SID);
  const Statement = ours
    ? statements.map((statement) => (statement.Sid === SID ? denial(arn) : statement))
    : [...statements, denial(arn)];
  return JSON.stringify({ ...document, Statement });
}

export default defineControl({
  id: 's3-bucket-tls-required',
  title: 'S3 bucket policy must deny requests without TLS',
  severity: 'MEDIUM',
  resource: bucket,
  needs: ['policy'],
  securityControlIds: ['S3.5'],
  relatedRequirements: ['CIS AWS v3.0 2.1.1', 'CIS AWS v5.0 2.1.1'],
  description:
    'The bucket policy must deny everyone every S3 action on the bucket and on all of its objects where aws:SecureTransport is false. A statement with further conditions, with NotPrincipal or for some actions only does not count.',
  rationale:
    'Plain HTTP exposes data and request signatures to everyone on the network path, who can also alter the data.',
  guidance:
    'Add a Deny statement for s3:* on the bucket and bucket/* with the condition Bool aws:SecureTransport false to the bucket policy.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: bucketPolicy.permissions,
  parameters: {},
  evaluate({ ref, policy }) {
    const reachable = reachableWithoutTls(policy, bucket.arn(ref));
    if (reachable.length === 0) return compliant('The bucket policy denies requests without TLS.');
    const where = reachable.join(' and ');
    return nonCompliant(
      policy === null
        ? `There is no bucket policy, so requests without TLS reach ${where}.`
        : `The bucket policy lets requests without TLS reach ${where}.`,
      reachable,
    );
  },
  plan: ({ ref, policy }) => [
    replace(bucketPolicy, { Bucket: ref.resourceId }, policy, withDenial(policy, bucket.arn(ref)), [
      `statement ${SID}`,
    ]),
  ],
});
