import { CloudTrailClient, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import { freshEvent } from '../fresh-event.ts';
import { allowReports, bucketSettings, logBucket, putPolicy, requireTls, unblockedBucket } from '../s3/bucket.ts';
import type { Scene } from '../scene.ts';
import { createTrail } from './trail.ts';

export default {
  title: 'A trail is made to deliver into a bucket that everybody can read',
  expects: { 'cloudtrail-bucket-public-access-prohibited': 'remediated' },
  alone: true,
  leaves: 'the policy stays as it is, and Block Public Access restricts it',
  async prepare(account) {
    const { bucket, neighbours } = await unblockedBucket(account, 'shared-logs');
    const open = { ...allowReports(bucket, account.accountId), Sid: 'Open', Principal: '*' };
    await putPolicy(account, bucket, open, requireTls(bucket));
    const Name = await createTrail(account, 'audit');
    // It goes on delivering into the bucket that nobody else reads.
    await createTrail(account, 'research');
    const logs = await logBucket(account);
    return {
      state: () => bucketSettings(account, bucket),
      neighbours: async () => ({ ...(await neighbours()), [`bucket ${logs}`]: await bucketSettings(account, logs) }),
      async happen() {
        await account.aws(CloudTrailClient).send(new UpdateTrailCommand({ Name, S3BucketName: bucket }));
        const names = { 'requestParameters.name': Name, 'responseElements.s3BucketName': bucket };
        return { event: freshEvent('s3/UpdateTrail', account, names) };
      },
    };
  },
} satisfies Scene;
