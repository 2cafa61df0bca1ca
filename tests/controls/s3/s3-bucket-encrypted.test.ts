import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  S3Client,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import control from '../../../shared/controls/s3/s3-bucket-encrypted.ts';
import { orNull } from '../../../shared/resource.ts';
import { sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const NAME = 'reports-eu-west-1-111122223333';
const encryptedWith = (SSEAlgorithm: ServerSideEncryption, rest = {}) => ({
  encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm }, ...rest }] },
});
const put = (...Rules: object[]) =>
  ['PutBucketEncryption', { Bucket: NAME, ServerSideEncryptionConfiguration: { Rules } }] as const;
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
      after: encryptedWith('AES256'),
      says: 'no default encryption',
    },
    'a rule without an algorithm': {
      given: { encryption: { Rules: [{ BucketKeyEnabled: true }] } },
      plan: [put({ BucketKeyEnabled: true, ...AES256 })],
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

async function bucketWith({ aws, accountId }: TestAccount, prefix: string, encryption: typeof AES256 | null) {
  const s3 = aws()(S3Client);
  const [Bucket, other] = [`${prefix}-${accountId}`, `${prefix}-neighbour-${accountId}`] as const;
  const put = (name: string, rule: object) =>
    s3.send(new PutBucketEncryptionCommand({ Bucket: name, ServerSideEncryptionConfiguration: { Rules: [rule] } }));
  for (const name of [Bucket, other]) {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await s3.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }));
  }
  if (encryption !== null) await put(Bucket, encryption);
  const key = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/reports' };
  await put(other, { ApplyServerSideEncryptionByDefault: key, BucketKeyEnabled: true });
  const read = async (name: string) => {
    const answer = s3.send(new GetBucketEncryptionCommand({ Bucket: name }));
    const found = await orNull(answer, 'ServerSideEncryptionConfigurationNotFoundError');
    return found?.ServerSideEncryptionConfiguration ?? null;
  };
  return { Bucket, state: () => read(Bucket), neighbours: () => read(other) };
}

testOnSandbox(control, {
  'default encryption is deleted': async (account) => {
    const { Bucket, ...scene } = await bucketWith(account, 'plain', null);
    const names = { [NAME]: Bucket, '111122223333': account.accountId };
    return { ...scene, event: sampleEvent('s3/DeleteBucketEncryption', names) };
  },
  'an upgrade to KMS is left to a person': async (account) => {
    const { Bucket, ...scene } = await bucketWith(account, 'upgrade', AES256);
    const names = { [NAME]: Bucket, '111122223333': account.accountId };
    const event = sampleEvent('s3/PutBucketEncryption', names);
    return { ...scene, event, parameters: { sseAlgorithm: 'aws:kms' }, outcome: 'detected' };
  },
});
