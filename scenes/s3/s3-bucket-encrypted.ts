import { PutBucketEncryptionCommand, S3Client, type ServerSideEncryptionConfiguration } from '@aws-sdk/client-s3';
import type { Scene } from '../scene.ts';
import { bucketEvent, driftingBucket } from './bucket.ts';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-4a6b-8c7d-0a1b2c3d4e5f';

const WITH_KEY: ServerSideEncryptionConfiguration = {
  Rules: [
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
      BucketKeyEnabled: true,
    },
  ],
};
const WITH_SSE_S3: ServerSideEncryptionConfiguration = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
};

export default {
  title: "A bucket's default encryption is lowered from a KMS key to SSE-S3",
  expects: { 's3-bucket-encrypted': 'remediated' },
  parameters: () => ({ kmsKeyArn: KEY }),
  async prepare(account) {
    const { bucket, other, watched } = await driftingBucket(account, 'exports', 'encryption');
    const encrypt = (Bucket: string, ServerSideEncryptionConfiguration: ServerSideEncryptionConfiguration) =>
      account.aws(S3Client).send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    for (const one of [bucket, other]) await encrypt(one, WITH_KEY);
    return {
      ...watched,
      async happen() {
        await encrypt(bucket, WITH_SSE_S3);
        return { event: bucketEvent('PutBucketEncryption', account, bucket) };
      },
    };
  },
} satisfies Scene;
