import { GetBucketAclCommand, PutBucketAclCommand, S3Client } from '@aws-sdk/client-s3';
import type { Scene } from '../scene.ts';
import { bucketEvent, unblockedBucket } from './bucket.ts';

export default {
  title: 'The ACL of a bucket lets everybody list it',
  expects: { 's3-bucket-acl-public-access-prohibited': 'remediated' },
  alone: true,
  async prepare(account) {
    const s3 = account.aws(S3Client);
    const { bucket: Bucket, neighbours } = await unblockedBucket(account, 'reports');
    return {
      neighbours,
      async state() {
        const { Owner, Grants } = await s3.send(new GetBucketAclCommand({ Bucket }));
        return { Owner: Owner?.ID, Grants };
      },
      async happen() {
        await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
        return { event: bucketEvent('PutBucketAcl', account, Bucket) };
      },
    };
  },
} satisfies Scene;
