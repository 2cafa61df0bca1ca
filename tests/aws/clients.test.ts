import {
  CreateBucketCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { awsClients } from '../../shared/aws/clients.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const AFAR = 'eu-central-1';
const account = await testAccount();
const wire = await wireTo(account.endpoint);

test('a client is made once for each class and region', () => {
  const aws = awsClients();
  expect(aws(REGION)(S3Client)).toBe(aws(AFAR)(S3Client, REGION));
  expect(aws(REGION)(S3Client)).not.toBe(aws(AFAR)(S3Client));
});

test('a bucket that an event names in another region than its own is found where S3 says that it is', async () => {
  const Bucket = `elsewhere-${account.accountId}`;
  const PublicAccessBlockConfiguration = { BlockPublicAcls: true };
  const there = account.aws(AFAR)(S3Client);
  await there.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: AFAR } }));
  await there.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  // The local account serves every bucket in every region; S3 sends the caller on.
  wire.alter([
    {
      call: `GET /${Bucket}`,
      region: REGION,
      isWithheld: true,
      status: 301,
      headers: { 'x-amz-bucket-region': AFAR },
      change: () =>
        `<Error><Code>PermanentRedirect</Code><Message>Elsewhere.</Message><Bucket>${Bucket}</Bucket></Error>`,
    },
  ]);
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  try {
    const read = await awsClients()(REGION)(S3Client).send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(read).toMatchObject({ PublicAccessBlockConfiguration });
    expect(wire.take()).toHaveLength(2);
  } finally {
    process.env.AWS_ENDPOINT_URL = account.endpoint;
  }
});
