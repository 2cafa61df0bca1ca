import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { wireTo } from './aws-proxy.ts';
import { openGroup } from './drift.ts';
import { REGION } from './samples.ts';
import { testAccount } from './sandbox.ts';

/** The region that is not home. */
export const AFAR = 'eu-central-1';

/** An account behind a wire, with a bucket and open security groups at home, and one of each in another region. */
export async function accountOfTwoRegions() {
  const account = await testAccount();
  const wire = await wireTo(account.endpoint);
  const elsewhere = { ...account, aws: (region = AFAR) => account.aws(region) };
  const Bucket = `evenkeel-${account.accountId}`;
  const afar = `${Bucket}-afar`;
  for (const [bucket, region] of [
    [Bucket, REGION],
    [afar, AFAR],
  ] as const) {
    const CreateBucketConfiguration = { LocationConstraint: region };
    await account
      .aws(region)(S3Client)
      .send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  }
  return {
    account,
    wire,
    /** For the command, whose calls then go over the wire. */
    env: { ...account.env, AWS_ENDPOINT_URL: wire.endpoint },
    Bucket,
    afar,
    groups: [await openGroup(account, 'one'), await openGroup(account, 'two')],
    groupAfar: await openGroup(elsewhere, 'three'),
  };
}
