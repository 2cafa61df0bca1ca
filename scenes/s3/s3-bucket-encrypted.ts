import { DeleteBucketEncryptionCommand, S3Client } from '@aws-sdk/client-s3';
import type { Scene } from '../scene.ts';
import { bucketEvent, driftingBucket } from './bucket.ts';

export default {
  title: "A bucket's default encryption is removed",
  expects: { 's3-bucket-encrypted': 'remediated' },
  async prepare(account) {
    const { bucket, watched } = await driftingBucket(account, 'exports', 'encryption');
    return {
      ...watched,
      async happen() {
        await account.aws(S3Client).send(new DeleteBucketEncryptionCommand({ Bucket: bucket }));
        return { event: bucketEvent('DeleteBucketEncryption', account, bucket) };
      },
    };
  },
} satisfies Scene;
