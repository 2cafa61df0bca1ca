import { type LoggingEnabled, PutBucketLoggingCommand, S3Client } from '@aws-sdk/client-s3';
import type { Scene, SceneAccount } from '../scene.ts';
import { bucketEvent, createBucket, driftingBucket, putPolicy, requireTls } from './bucket.ts';

/** Creates a bucket to which S3 may write access logs. */
async function createAccessLogs(account: SceneAccount): Promise<string> {
  const bucket = await createBucket(account, 'access-logs');
  const delivery = {
    Effect: 'Allow',
    Principal: { Service: 'logging.s3.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
  };
  await putPolicy(account, bucket, delivery, requireTls(bucket));
  return bucket;
}

export default {
  title: 'Access to a bucket is not logged any more',
  expects: { 's3-bucket-access-logging-enabled': 'remediated' },
  async prepare(account) {
    const TargetBucket = await createAccessLogs(account);
    const { bucket, other, watched } = await driftingBucket(account, 'statements', 'access logging');
    const log = (Bucket: string, logging?: LoggingEnabled) =>
      account.aws(S3Client).send(
        new PutBucketLoggingCommand({
          Bucket,
          BucketLoggingStatus: logging === undefined ? {} : { LoggingEnabled: logging },
        }),
      );
    for (const one of [bucket, other]) await log(one, { TargetBucket, TargetPrefix: 'statements/' });
    return {
      ...watched,
      earlier: [bucketEvent('PutBucketLogging', account, bucket)],
      async happen() {
        await log(bucket);
        return { event: bucketEvent('PutBucketLogging', account, bucket) };
      },
    };
  },
} satisfies Scene;
