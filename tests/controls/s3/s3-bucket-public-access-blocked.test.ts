import scene from '../../../scenes/s3/s3-bucket-public-access-blocked.ts';
import control from '../../../shared/controls/s3/s3-bucket-public-access-blocked.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'reports-eu-west-1-111122223333';
const TARGET = { Bucket: NAME, ExpectedBucketOwner: SAMPLE_ACCOUNT };
const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const site = { IndexDocument: { Suffix: 'index.html' } };
const blocked = { publicAccessBlock: ALL };
const putFlags = (PublicAccessBlockConfiguration: object) =>
  ['PutPublicAccessBlock', { ...TARGET, PublicAccessBlockConfiguration }] as const;
const put = putFlags(ALL);
const excludedPublicBuckets = [NAME];

testControl(control, {
  resourceId: NAME,
  compliant: {
    'all four flags': blocked,
    'nothing configured on a bucket that may be public': {
      publicAccessBlock: null,
      parameters: { excludedPublicBuckets },
    },
  },
  nonCompliant: {
    'nothing configured': {
      given: { publicAccessBlock: null, website: null },
      plan: [put],
      after: blocked,
      says: 'BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets',
    },
    'one flag off': {
      given: { publicAccessBlock: { ...ALL, RestrictPublicBuckets: false }, website: null },
      plan: [put],
      undo: [putFlags({ ...ALL, RestrictPublicBuckets: false })],
      after: blocked,
      says: /on: RestrictPublicBuckets\.$/,
    },
    'one flag not set': {
      given: {
        publicAccessBlock: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true },
        website: null,
      },
      plan: [put],
      after: blocked,
      says: /on: RestrictPublicBuckets\.$/,
    },
    'a website': { given: { publicAccessBlock: null, website: site }, plan: [], byHand: 'hosts a website' },
    'another bucket may be public': {
      given: { publicAccessBlock: null, website: null },
      parameters: { excludedPublicBuckets: ['www.example.com'] },
      plan: [put],
      after: blocked,
    },
  },
});

testScene(control, scene);
