import scene from '../../../scenes/s3/s3-account-public-access-blocked.ts';
import accountBlocked from '../../../shared/controls/s3/s3-account-public-access-blocked.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const putFlags = (PublicAccessBlockConfiguration: object) =>
  ['PutPublicAccessBlock', { AccountId: SAMPLE_ACCOUNT, PublicAccessBlockConfiguration }] as const;
const put = putFlags(ALL);
const after = { publicAccessBlock: ALL };

testControl(accountBlocked, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'all four flags': after,
    'all four flags while buckets may be public': { ...after, parameters: { excludedPublicBuckets: ['www'] } },
  },
  nonCompliant: {
    'nothing configured': { given: { publicAccessBlock: null }, plan: [put], after, says: 'BlockPublicAcls' },
    'one flag off': {
      given: { publicAccessBlock: { ...ALL, IgnorePublicAcls: false } },
      plan: [put],
      undo: [putFlags({ ...ALL, IgnorePublicAcls: false })],
      after,
      says: /on: IgnorePublicAcls\.$/,
      elements: [['PublicAccessBlockConfiguration']],
      other: { 'another flag off': { publicAccessBlock: { ...ALL, BlockPublicPolicy: false } } },
    },
    'a bucket may be public': {
      given: { publicAccessBlock: null },
      parameters: { excludedPublicBuckets: ['www'] },
      plan: [],
      byHand: '1 bucket(s) that may be public',
    },
  },
});

testScene(accountBlocked, scene);
