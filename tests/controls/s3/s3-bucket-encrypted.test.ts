import type { ServerSideEncryption } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import scene from '../../../scenes/s3/s3-bucket-encrypted.ts';
import control from '../../../shared/controls/s3/s3-bucket-encrypted.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'reports-eu-west-1-111122223333';
const TARGET = { Bucket: NAME, ExpectedBucketOwner: SAMPLE_ACCOUNT };
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-4a6b-8c7d-0a1b2c3d4e5f';
const parameters = { kmsKeyArn: KEY };
const encryptedWith = (SSEAlgorithm: ServerSideEncryption, rest = {}) => ({
  encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm }, ...rest }] },
  policy: null,
});
const put = (...Rules: object[]) =>
  ['PutBucketEncryption', { ...TARGET, ServerSideEncryptionConfiguration: { Rules } }] as const;
const AES256 = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
const WITH_KEY = {
  ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
  BucketKeyEnabled: true,
};
const policyOf = (statement: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:PutObject', ...statement }] });

testControl(control, {
  resourceId: NAME,
  compliant: {
    'SSE-KMS': { ...encryptedWith('aws:kms', { BucketKeyEnabled: true }), parameters },
    'DSSE-KMS': { ...encryptedWith('aws:kms:dsse'), parameters },
  },
  notApplicable: {
    'no key is named': encryptedWith('AES256'),
  },
  nonCompliant: {
    'SSE-S3': {
      given: encryptedWith('AES256', { BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } }),
      parameters,
      plan: [put({ ...AES256, BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] }, ...WITH_KEY })],
      undo: [put({ ...AES256, BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } })],
      after: encryptedWith('aws:kms'),
      says: 'encrypted with AES256; aws:kms is required',
    },
    'a partner who writes elsewhere': {
      given: {
        ...encryptedWith('AES256'),
        policy: policyOf({
          Principal: { AWS: 'arn:aws:iam::444455556666:root' },
          Resource: `arn:aws:s3:::${NAME}/in/*`,
        }),
      },
      parameters,
      plan: [put(WITH_KEY)],
      after: encryptedWith('aws:kms'),
    },
    'a key of another region': {
      given: encryptedWith('AES256'),
      parameters: { kmsKeyArn: KEY.replace('eu-west-1', 'us-east-1') },
      plan: [],
      byHand: 'The key of kmsKeyArn is not in eu-west-1.',
    },
  },
});

const logs = `arn:aws:s3:::${NAME}/web/AWSLogs/111122223333/*`;
test.each([
  ['the service', { Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' }, Resource: logs }],
  ['the account of the region', { Principal: { AWS: 'arn:aws:iam::156460612806:root' }, Resource: logs }],
  ['that account by its number', { Principal: { AWS: ['156460612806'] }, Action: ['s3:Put*'], Resource: logs }],
])('never for a bucket that takes access logs of load balancers: %s', (_, statement) => {
  const ref = { resourceType: 'AWS::S3::Bucket', resourceId: NAME, accountId: SAMPLE_ACCOUNT, region: 'eu-west-1' };
  const state = { ref, ...encryptedWith('AES256'), policy: policyOf(statement) };
  expect(control.evaluate(state, { parameters, now: new Date(), lastKnown: null })).toMatchObject({
    complianceType: 'NOT_APPLICABLE',
    annotation: 'The bucket takes access logs of load balancers, which support SSE-S3 only.',
  });
});

testScene(control, scene);
