import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import type { Scene } from '../scene.ts';
import { allowReports, bucketEvent, bucketSettings, driftingBucket } from './bucket.ts';

/** The statements of a policy by their ids, but for the one that requires TLS, by whichever name. */
function otherStatements(bucket: string, policy: string | null): Readonly<Record<string, unknown>> {
  const { Statement = [] }: { Statement?: { Sid: string; Effect: string }[] } = JSON.parse(policy ?? '{}');
  const others = Statement.filter(({ Effect }) => Effect !== 'Deny');
  return Object.fromEntries(others.map((statement) => [`statement ${statement.Sid} of bucket ${bucket}`, statement]));
}

export default {
  title: 'The statement that requires TLS is taken out of a bucket policy; the other statement stays',
  expects: { 's3-bucket-tls-required': 'remediated' },
  leaves: 'the statement that requires TLS comes back under a name of our own',
  async prepare(account) {
    const { bucket: Bucket, watched } = await driftingBucket(account, 'reports', 'policy');
    return {
      state: watched.state,
      async neighbours() {
        const { policy } = await bucketSettings(account, Bucket);
        return { ...(await watched.neighbours()), ...otherStatements(Bucket, policy) };
      },
      async happen() {
        // With an id, and in lines: the undo brings back the text as it was.
        const document = { Version: '2012-10-17', Id: 'reports', Statement: [allowReports(Bucket, account.accountId)] };
        const Policy = JSON.stringify(document, null, 2);
        await account.aws(S3Client).send(new PutBucketPolicyCommand({ Bucket, Policy }));
        return { event: bucketEvent('PutBucketPolicy', account, Bucket) };
      },
    };
  },
} satisfies Scene;
