import scene from '../../../scenes/s3/s3-bucket-policy-public-access-prohibited.ts';
import control from '../../../shared/controls/s3/s3-bucket-policy-public-access-prohibited.ts';
import { Unreadable } from '../../../shared/resource.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'reports-eu-west-1-111122223333';
const TARGET = { Bucket: NAME, ExpectedBucketOwner: SAMPLE_ACCOUNT };
const open = {
  Sid: 'Open',
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${NAME}/*`,
};
const own = { ...open, Sid: 'Own', Principal: { AWS: SAMPLE_ACCOUNT } };
const partner = { ...open, Sid: 'Partner', Principal: { AWS: '444455556666' } };
const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const RESTRICT = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const unknown = { isPublic: new Unreadable("S3's word on the policy", new Error('AccessDenied')) };
const base = { publicAccessBlock: null, accountPublicAccessBlock: null, policyStatus: unknown, website: null };
const policy = (...statements: object[]) => ({ ...base, policy: text(...statements) });
const block = (PublicAccessBlockConfiguration: object) =>
  ['PutPublicAccessBlock', { ...TARGET, PublicAccessBlockConfiguration }] as const;
const removing = { parameters: { remedy: 'removeStatements' } };

// S3 refuses an undo that puts a public policy back while it is blocked; moto takes it.
testControl(control, {
  resourceId: NAME,
  compliant: {
    'no policy': { ...base, policy: null, policyStatus: { isPublic: null } },
    'not public': policy(own, partner),
    'not public, by the word of S3': { ...policy(open), policyStatus: { isPublic: false } },
    'restricted for the bucket': { ...policy(open), publicAccessBlock: { RestrictPublicBuckets: true } },
    'restricted for the account': { ...policy(open), accountPublicAccessBlock: { RestrictPublicBuckets: true } },
  },
  nonCompliant: {
    'without Block Public Access': {
      given: policy(open, own),
      plan: [block(RESTRICT)],
      undo: [['DeletePublicAccessBlock', TARGET]],
      after: { ...policy(open, own), publicAccessBlock: RESTRICT },
      says: 'The bucket policy grants access to everybody: statement "Open".',
      elements: [['PublicAccessBlockConfiguration']],
      same: { 'new public policies are blocked': { publicAccessBlock: { BlockPublicPolicy: true } } },
      other: { 'more is open': { policy: text(open, { ...open, Sid: 'Two' }) } },
    },
    'with a part of Block Public Access': {
      given: { ...policy(open), publicAccessBlock: { BlockPublicAcls: true, IgnorePublicAcls: true } },
      plan: [block({ ...RESTRICT, BlockPublicAcls: true, IgnorePublicAcls: true })],
      undo: [block({ BlockPublicAcls: true, IgnorePublicAcls: true })],
      after: { ...policy(open), publicAccessBlock: RESTRICT },
    },
    'by the word of S3 alone': {
      given: { ...policy(own), policyStatus: { isPublic: true } },
      plan: [block(RESTRICT)],
      after: { ...policy(own), publicAccessBlock: RESTRICT },
      says: 'S3 reports the bucket policy as public.',
    },
    'a website': { given: { ...policy(open), website: {} }, plan: [], byHand: 'website' },
    'a partner whom the block would cut off': { given: policy(open, partner), plan: [], byHand: '444455556666' },
    'the statements are to go': {
      ...removing,
      given: policy(open, partner),
      plan: [['PutBucketPolicy', { ...TARGET, Policy: text(partner) }]],
      undo: [['PutBucketPolicy', { ...TARGET, Policy: text(open, partner) }]],
      after: policy(partner),
      elements: [['statement Open']],
    },
    'the only statement is to go': { ...removing, given: policy(open), plan: [], byHand: 'delete it' },
    'a deleted role stays': {
      ...removing,
      given: policy(open, { ...own, Principal: { AWS: 'AROAEXAMPLEDELETED12' } }),
      plan: [],
      byHand: 'AROAEXAMPLEDELETED12',
    },
    'nobody may put a policy': {
      ...removing,
      given: policy(open, {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutBucketPolicy',
        Resource: `arn:aws:s3:::${NAME}`,
      }),
      plan: [],
      byHand: 'denies PutBucketPolicy',
    },
  },
});

testScene(control, scene);
