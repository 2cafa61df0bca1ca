import { expect } from '@jest/globals';
import fc from 'fast-check';
import control from '../../../shared/controls/s3/s3-bucket-tls-required.ts';
import {
  isPartOf,
  isPossiblePolicy,
  isPublic,
  OWN,
  type Policy,
  partsOfPolicy,
  policyFrom,
  policyOf,
  type Statement,
  textOf,
} from '../../support/harm/policies.ts';
import { testHarmless } from '../../support/harm/test-harmless.ts';

interface Bucket {
  readonly policy: Policy | null;
  readonly blocksPublicPolicies: boolean;
}

const BUCKET = 'reports';
const ARN = `arn:aws:s3:::${BUCKET}`;
const WITHOUT_TLS = { Bool: { 'aws:SecureTransport': 'false' } };
const deny = (rest: Statement): Statement => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [ARN, `${ARN}/*`],
  Condition: WITHOUT_TLS,
  ...rest,
});
/** Denials that hold for everybody, every action and all of the bucket. */
const WHOLE = [
  deny({}),
  deny({ Principal: { AWS: '*' }, Resource: '*', Condition: { BoolIfExists: { 'aws:SecureTransport': ['false'] } } }),
];
/** Denials of which each lets some requests without TLS through. */
const PARTIAL = [
  deny({ Resource: `${ARN}/*` }),
  deny({ Resource: [ARN, `${ARN}/public/*`] }),
  deny({ Action: 's3:GetObject' }),
  deny({ Principal: { AWS: `arn:aws:iam::${OWN}:root` } }),
  deny({ Condition: { ...WITHOUT_TLS, StringEquals: { 'aws:PrincipalOrgID': 'o-example' } } }),
  deny({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
];
/** Nobody could put a policy then. */
const LOCKED = { Effect: 'Deny', Principal: '*', Action: 's3:PutBucketPolicy', Resource: ARN };
const ANY = [...WHOLE, ...PARTIAL, LOCKED];
const ACTIONS = ['s3:GetObject', 's3:PutObject'];

const without = ({ Sid: _, ...statement }: Statement) => JSON.stringify(statement);
const isOneOf = (some: readonly Statement[], statement: Statement) => some.map(without).includes(without(statement));
const statementsOf = ({ policy }: Bucket) => policy?.statements ?? [];

const bucketOf = (denials: readonly Statement[]) =>
  fc.record<Bucket>({
    policy: fc.option(policyOf(ACTIONS, `${ARN}/*`, denials, true), { freq: 5 }),
    blocksPublicPolicies: fc.boolean(),
  });

testHarmless<Bucket>(control, {
  resourceId: BUCKET,
  good: bucketOf([...PARTIAL, ...WHOLE])
    .filter(({ policy }) => policy !== null)
    .map(({ policy, ...rest }) => ({
      ...rest,
      policy: policy && { ...policy, statements: [...policy.statements, ...WHOLE.slice(0, 1)] },
    })),
  any: bucketOf(ANY),
  isPossible: ({ policy }) => policy === null || isPossiblePolicy(policy, ANY),
  read: ({ policy, blocksPublicPolicies }) => ({
    policy: policy && textOf(policy),
    publicAccessBlock: null,
    accountPublicAccessBlock: { BlockPublicPolicy: blocksPublicPolicies },
  }),
  calledFor: (bucket) => ({
    isDrift: !statementsOf(bucket).some((one) => isOneOf(WHOLE, one)) && !isWholeTogether(statementsOf(bucket)),
    parts: ['text'],
    isByHand:
      statementsOf(bucket).some((one) => isOneOf([LOCKED], one)) ||
      (bucket.blocksPublicPolicies && statementsOf(bucket).some(isPublic)),
  }),
  partsOf: ({ policy, ...rest }) => ({ ...rest, ...(policy === null ? {} : partsOfPolicy(policy)) }),
  // One statement, which denies what is asked for without TLS and nothing else; around it, where there was no policy.
  mayAdd: (name, part) => ['Version', 'text'].includes(name) || isOneOf(WHOLE.slice(0, 1), part as Statement),
  apply: (bucket, { operation, input }) => {
    const { Bucket, ExpectedBucketOwner, Policy, ...others } = input as Readonly<Record<string, string>>;
    expect([Bucket, ExpectedBucketOwner, others]).toEqual([BUCKET, OWN, {}]);
    if (operation === 'PutBucketPolicy' && Policy !== undefined) return { ...bucket, policy: policyFrom(Policy) };
    if (operation === 'DeleteBucketPolicy') return { ...bucket, policy: null };
    throw new Error(`${operation} was not expected`);
  },
  expectKept: ({ policy: before }, { policy: after }) => {
    if (before === null || after === null) return;
    expect(after.statements).toHaveLength(before.statements.length + 1);
    expect(isPartOf(textOf(before), textOf(after))).toBe(true);
  },
});

/** The bucket by one denial, and its objects by another. */
function isWholeTogether(statements: readonly Statement[]): boolean {
  const [objects, bucketAlone] = PARTIAL;
  const has = (some: Statement | undefined) => some !== undefined && statements.some((one) => isOneOf([some], one));
  return has(objects) && has(bucketAlone);
}
