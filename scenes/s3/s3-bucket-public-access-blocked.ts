import { DeletePublicAccessBlockCommand, PutBucketWebsiteCommand, S3Client } from '@aws-sdk/client-s3';
import type { Scene, SceneAccount } from '../scene.ts';
import { bucketEvent, driftingBucket } from './bucket.ts';

async function unblock(account: SceneAccount, Bucket: string) {
  await account.aws(S3Client).send(new DeletePublicAccessBlockCommand({ Bucket }));
  return { event: bucketEvent('DeleteBucketPublicAccessBlock', account, Bucket) };
}

export default {
  title: "A bucket's public access block is removed",
  expects: { 's3-bucket-public-access-blocked': 'remediated' },
  async prepare(account) {
    const { bucket, watched } = await driftingBucket(account, 'invoices', 'public access block');
    return { ...watched, happen: () => unblock(account, bucket) };
  },
} satisfies Scene;

const website: Scene = {
  title: 'The public access block of a bucket that serves a website is removed',
  expects: { 's3-bucket-public-access-blocked': 'detected' },
  async prepare(account) {
    const { bucket: Bucket, watched } = await driftingBucket(account, 'www', 'public access block');
    const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' } };
    await account.aws(S3Client).send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
    return { ...watched, happen: () => unblock(account, Bucket) };
  },
};

export const more: readonly Scene[] = [website];
