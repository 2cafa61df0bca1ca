import {
  conditionsOf,
  isEveryone,
  matchesPattern,
  type PolicyStatement,
  stringsOf,
} from '../../aws/iam/policy-document.ts';
import { type PolicyText, policyText } from '../../aws/iam/policy-text.ts';
import { bucketPolicy, isPublic, whyNotPut } from '../../aws/s3/bucket-policy.ts';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { isBlocked } from '../../aws/s3/public-bucket.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { replace, undoOfReplace } from '../../step.ts';

const EMPTY = JSON.stringify({ Version: '2012-10-17', Statement: [] });

const SID = 'EvenkeelDenyInsecureTransport';

const denial = (arn: string, Sid: string) => ({
  Sid,
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [arn, `${arn}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

/** True where the pattern matches every key of the bucket: then it matches, of a character that it does not name, a key of one and a key of more than it has itself. */
function coversEveryKey(pattern: string, arn: string): boolean {
  let code = 1;
  while (pattern.includes(String.fromCharCode(code))) code += 1;
  return [1, pattern.length + 1].every((length) =>
    matchesPattern(pattern, `${arn}/${String.fromCharCode(code).repeat(length)}`),
  );
}

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
function reachableWithoutTls(policy: PolicyText | null, arn: string): readonly string[] {
  const denied = (policy?.statements ?? [])
    .filter((statement) => deniesInsecureTransport(statement) && policy?.isUnambiguous(statement))
    .flatMap(({ Resource }) => stringsOf(Resource));
  return [
    ...(denied.some((pattern) => matchesPattern(pattern, arn)) ? [] : ['the bucket']),
    ...(denied.some((pattern) => coversEveryKey(pattern, arn)) ? [] : ['its objects']),
  ];
}

const textOf = (policy: string | null) => (policy === null ? null : policyText(policy));

/** Our statement under an id that no other has: one of our name may be somebody else's by now. */
function denialBeside(statements: readonly PolicyStatement[], arn: string) {
  const taken = new Set(statements.map(({ Sid }) => Sid));
  let Sid = SID;
  for (let number = 2; taken.has(Sid); number += 1) Sid = `${SID}${number}`;
  return denial(arn, Sid);
}

export default defineControl({
  id: 's3-bucket-tls-required',
  title: 'S3 bucket policy must deny requests without TLS',
  severity: 'MEDIUM',
  resource: bucket,
  needs: ['policy'],
  planNeeds: ['publicAccessBlock', 'accountPublicAccessBlock'],
  securityControlIds: ['S3.5'],
  relatedRequirements: [
    'AWS FSBP S3.5',
    'CIS AWS v3.0 2.1.1',
    'CIS AWS v5.0 2.1.1',
    ...requirements('PCI DSS v4.0', '1.2.5 2.2.5 2.2.7 4.2.1 4.2.1.1 8.3.2'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-4 AC-4(22) AC-17(2) AC-24(1) AU-9(3) CA-9 CM-6 CM-9 IA-5(1) PM-11 PM-17 SC-7(4) SC-7(5) SC-8 SC-8(1) SC-8(2) SC-8(3) SC-8(4) SC-8(5) SC-13 SC-16(1) SC-23 SI-1',
    ),
  ],
  description:
    'The bucket policy must deny everyone every S3 action on the bucket and on all of its objects where aws:SecureTransport is false. A statement with further conditions, with NotPrincipal or for some actions only does not count. The statement is added to the text of the policy, which otherwise stays as it is. A policy that S3 would refuse is left to a person: one with a deleted principal, above 20,480 bytes, that denies PutBucketPolicy to everybody, or that is public while Block Public Access is on.',
  rationale:
    'Plain HTTP exposes data and request signatures to everyone on the network path, who can also alter the data.',
  guidance:
    'Add a Deny statement for s3:* on the bucket and bucket/* with the condition Bool aws:SecureTransport false to the bucket policy.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: bucketPolicy.permissions,
  undoCalls: undoOfReplace(bucketPolicy, bucketTarget),
  parameters: {},
  evaluate({ ref, policy }) {
    const reachable = reachableWithoutTls(textOf(policy), bucket.arn(ref));
    if (reachable.length === 0) return compliant('The bucket policy denies requests without TLS.');
    const where = reachable.join(' and ');
    return nonCompliant(
      policy === null
        ? `There is no bucket policy, so requests without TLS reach ${where}.`
        : `The bucket policy lets requests without TLS reach ${where}.`,
      reachable,
    );
  },
  plan(state) {
    const { ref, policy } = state;
    const arn = bucket.arn(ref);
    const before = policyText(policy ?? EMPTY);
    const wanted = before.withStatement(denialBeside(before.statements, arn));
    if (wanted === null) return byHand('The bucket policy has no statements, or the key Statement twice.');
    const refusal = whyNotPut(wanted, before.statements, arn);
    if (refusal !== null) return byHand(refusal);
    if (isPublic(before.statements) && isBlocked(state, 'BlockPublicPolicy'))
      return byHand('The bucket policy is public, and Block Public Access refuses public policies.');
    return [replace(bucketPolicy, bucketTarget(ref), policy, wanted, [`statement ${SID}`])];
  },
});
