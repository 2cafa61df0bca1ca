import type { Scene } from '../scene.ts';
import { allowReports, bucketEvent, driftingBucket, putPolicy, requireTls } from './bucket.ts';

/** An account that nobody here knows. */
const STRANGER = '444455556666';

export default {
  title: 'The policy of a bucket lets another account read',
  expects: { 's3-bucket-policy-external-access-restricted': 'detected' },
  async prepare(account) {
    const { bucket, watched } = await driftingBucket(account, 'exports', 'policy');
    return {
      ...watched,
      async happen() {
        await putPolicy(account, bucket, allowReports(bucket, STRANGER), requireTls(bucket));
        return { event: bucketEvent('PutBucketPolicy', account, bucket) };
      },
    };
  },
} satisfies Scene;
