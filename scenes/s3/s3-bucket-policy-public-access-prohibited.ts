import type { Scene } from '../scene.ts';
import { allowReports, bucketEvent, bucketSettings, putPolicy, requireTls, unblockedBucket } from './bucket.ts';

export default {
  title: 'The policy of a bucket without Block Public Access lets everybody read',
  expects: { 's3-bucket-policy-public-access-prohibited': 'remediated' },
  alone: true,
  leaves: 'the policy stays as it is, and Block Public Access restricts it',
  async prepare(account) {
    const { bucket, neighbours } = await unblockedBucket(account, 'reports');
    return {
      state: () => bucketSettings(account, bucket),
      neighbours,
      async happen() {
        const open = { ...allowReports(bucket, account.accountId), Sid: 'Open', Principal: '*' };
        await putPolicy(account, bucket, open, requireTls(bucket));
        return { event: bucketEvent('PutBucketPolicy', account, bucket) };
      },
    };
  },
} satisfies Scene;
