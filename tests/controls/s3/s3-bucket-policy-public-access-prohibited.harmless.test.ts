import { expect } from '@jest/globals';
import fc from 'fast-check';
import control from '../../../shared/controls/s3/s3-bucket-policy-public-access-prohibited.ts';
import {
  isPartOf,
  isPossiblePolicy,
  letsOthersIn,
  OWN,
  type Policy,
  partsOfPolicy,
  partsWith,
  policyFrom,
  policyOf,
  publicIn,
  type Statement,
  textOf,
} from '../../support/harm/policies.ts';
import { type Model, testHarmless } from '../../support/harm/test-harmless.ts';

type Block = Readonly<Record<string, boolean>>;
interface Bucket {
  readonly policy: Policy | null;
  readonly block: Block | null;
  readonly accountBlock: Block | null;
  readonly website: object | null;
}

const BUCKET = 'reports';
const RESOURCE = `arn:aws:s3:::${BUCKET}/*`;
const ACTIONS = ['s3:GetObject', 's3:PutObject'];
const DENIALS: readonly Statement[] = [
  {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: RESOURCE,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  },
  { Effect: 'Deny', Principal: '*', Action: 's3:DeleteObject', Resource: RESOURCE },
];

const block = fc.record({
  BlockPublicAcls: fc.boolean(),
  IgnorePublicAcls: fc.boolean(),
  BlockPublicPolicy: fc.boolean(),
  RestrictPublicBuckets: fc.constant(false),
});
const bucketOf = (policy: fc.Arbitrary<Policy | null>, restricts: fc.Arbitrary<boolean>) =>
  fc
    .record({
      policy,
      block: fc.option(block),
      accountBlock: fc.option(block, { freq: 2 }),
      website: fc.option(fc.constant({ IndexDocument: { Suffix: 'index.html' } }), { freq: 1 }),
      isRestricted: restricts,
    })
    .map(
      ({ isRestricted, ...rest }): Bucket => ({
        ...rest,
        website: isRestricted ? rest.website : null,
        block: isRestricted ? { ...rest.block, RestrictPublicBuckets: true } : rest.block,
      }),
    );
const open = policyOf(ACTIONS, RESOURCE, DENIALS, true);
const closed = policyOf(ACTIONS, RESOURCE, DENIALS, false);

const publicOf = ({ policy }: Bucket) => publicIn(policy?.statements ?? []);
const isRestricted = ({ block: own, accountBlock }: Bucket) =>
  own?.RestrictPublicBuckets === true || accountBlock?.RestrictPublicBuckets === true;

const model: Omit<Model<Bucket>, 'calledFor'> = {
  resourceId: BUCKET,
  good: fc.oneof(
    bucketOf(fc.oneof(closed, fc.constant(null)), fc.constant(false)),
    bucketOf(fc.oneof(open, closed), fc.constant(true)),
  ),
  any: bucketOf(fc.oneof(open, closed, fc.constant(null)), fc.constant(false)),
  isPossible: ({ policy }) => policy === null || isPossiblePolicy(policy, DENIALS),
  read: (bucket) => ({
    policy: bucket.policy === null ? null : textOf(bucket.policy),
    policyStatus: { isPublic: bucket.policy === null ? null : publicOf(bucket).length > 0 },
    publicAccessBlock: bucket.block,
    accountPublicAccessBlock: bucket.accountBlock,
    website: bucket.website,
  }),
  partsOf: ({ policy, block: own, accountBlock, website }) => ({
    ...(policy === null ? {} : partsOfPolicy(policy)),
    ...own,
    'is there a block': own !== null,
    accountBlock,
    website,
  }),
  apply: (bucket, { operation, input }) => {
    const { Bucket, ExpectedBucketOwner, Policy, PublicAccessBlockConfiguration } = input as {
      readonly Bucket: string;
      readonly ExpectedBucketOwner: string;
      readonly Policy: string;
      readonly PublicAccessBlockConfiguration: Block;
    };
    expect([Bucket, ExpectedBucketOwner]).toEqual([BUCKET, OWN]);
    if (operation === 'PutBucketPolicy') return { ...bucket, policy: policyFrom(Policy) };
    if (operation === 'PutPublicAccessBlock') return { ...bucket, block: PublicAccessBlockConfiguration };
    if (operation === 'DeletePublicAccessBlock') return { ...bucket, block: null };
    throw new Error(`${operation} was not expected`);
  },
};

testHarmless<Bucket>(control, {
  ...model,
  calledFor: (bucket) => ({
    isDrift: publicOf(bucket).length > 0 && !isRestricted(bucket),
    parts: ['BlockPublicPolicy', 'RestrictPublicBuckets', 'is there a block'],
    isByHand: bucket.website !== null || (bucket.policy?.statements ?? []).some(letsOthersIn),
  }),
  // A block that was not there begins with what S3 has without one.
  mayAdd: (name, part) => ['BlockPublicPolicy', 'RestrictPublicBuckets'].includes(name) || part === false,
  mayBecome: (part) => part === true,
});

testHarmless<Bucket>(control, {
  ...model,
  parameters: { remedy: 'removeStatements' },
  calledFor: (bucket) => ({
    isDrift: publicOf(bucket).length > 0 && !isRestricted(bucket),
    parts: bucket.policy === null ? [] : partsWith(bucket.policy, publicOf(bucket)),
    isByHand: publicOf(bucket).length === bucket.policy?.statements.length,
  }),
  expectKept: (before, after) => {
    if (before.policy === null || after.policy === null) throw new Error('a policy is gone, or was made');
    expect(isPartOf(textOf(after.policy), textOf(before.policy))).toBe(true);
  },
});
