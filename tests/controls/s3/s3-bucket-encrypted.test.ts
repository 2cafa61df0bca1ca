import type { ServerSideEncryption } from '@aws-sdk/client-s3';
import scene from '../../../scenes/s3/s3-bucket-encrypted.ts';
import control from '../../../shared/controls/s3/s3-bucket-encrypted.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'reports-eu-west-1-111122223333';
const TARGET = { Bucket: NAME, ExpectedBucketOwner: SAMPLE_ACCOUNT };
const encryptedWith = (SSEAlgorithm: ServerSideEncryption, rest = {}) => ({
  encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm }, ...rest }] },
});
const put = (...Rules: object[]) =>
  ['PutBucketEncryption', { ...TARGET, ServerSideEncryptionConfiguration: { Rules } }] as const;
const AES256 = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };

testControl(control, {
  resourceId: NAME,
  compliant: {
    'SSE-S3': encryptedWith('AES256'),
    'SSE-KMS': encryptedWith('aws:kms', { BucketKeyEnabled: true }),
    'SSE-KMS where it is required': { ...encryptedWith('aws:kms'), parameters: { sseAlgorithm: 'aws:kms' } },
    'two layers where one is required': { ...encryptedWith('aws:kms:dsse'), parameters: { sseAlgorithm: 'aws:kms' } },
  },
  nonCompliant: {
    'nothing configured': {
      given: { encryption: null },
      plan: [put(AES256)],
      undo: [['DeleteBucketEncryption', TARGET]],
      after: encryptedWith('AES256'),
      says: 'no default encryption',
    },
    'a rule without an algorithm': {
      given: { encryption: { Rules: [{ BucketKeyEnabled: true }] } },
      plan: [put({ BucketKeyEnabled: true, ...AES256 })],
      undo: [put({ BucketKeyEnabled: true })],
      after: encryptedWith('AES256', { BucketKeyEnabled: true }),
    },
    'SSE-S3 where KMS is required': {
      given: encryptedWith('AES256'),
      parameters: { sseAlgorithm: 'aws:kms' },
      plan: [],
      byHand: 'permissions on the key',
      says: 'encrypted with AES256; aws:kms is required',
    },
    'nothing where KMS is required': {
      given: { encryption: null },
      parameters: { sseAlgorithm: 'aws:kms' },
      plan: [],
      byHand: 'permissions on the key',
      says: 'no default encryption',
    },
    'one layer where two are required': {
      given: encryptedWith('aws:kms'),
      parameters: { sseAlgorithm: 'aws:kms:dsse' },
      plan: [],
      byHand: 'permissions on the key',
    },
  },
});

testScene(control, scene);
