import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  DeletePublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DeletePublicAccessBlockCommand as DeleteAccountBlockCommand,
  PutPublicAccessBlockCommand as PutAccountBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { told } from '../sample.ts';
import type { Account, Scene } from '../scene.ts';

const BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const ENCRYPTED = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }] };

const requireTls = (bucket: string) => ({
  Sid: 'RequireTls',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
const letReportsRead = (bucket: string, accountId: string) => ({
  Sid: 'LetReportsRead',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${accountId}:role/reports` },
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${bucket}/*`,
});

const putPolicy = ({ aws }: Account, Bucket: string, ...Statement: object[]) =>
  aws(S3Client).send(
    new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  );

/** A bucket with all that is asked of one. */
export async function bucketOf(account: Account, name: string): Promise<string> {
  const s3 = account.aws(S3Client);
  const Bucket = `${name}-${account.accountId}`;
  const LocationConstraint = account.region as BucketLocationConstraint;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: BLOCKED }));
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: ENCRYPTED }));
  await putPolicy(account, Bucket, letReportsRead(Bucket, account.accountId), requireTls(Bucket));
  return Bucket;
}

const aboutBucket = (sample: string, account: Account, bucket: string) =>
  told(`s3/${sample}`, account, { 'requestParameters.bucketName': bucket });

const unblocked: Scene = {
  title: "A bucket's public access block is removed",
  expects: { 's3-bucket-public-access-blocked': 'remediated' },
  async prepare(account) {
    const Bucket = await bucketOf(account, 'invoices');
    return {
      async happen() {
        await account.aws(S3Client).send(new DeletePublicAccessBlockCommand({ Bucket }));
        return { event: aboutBucket('DeleteBucketPublicAccessBlock', account, Bucket) };
      },
    };
  },
};

const website: Scene = {
  title: 'The public access block of a bucket that serves a website is removed',
  expects: { 's3-bucket-public-access-blocked': 'detected' },
  async prepare(account) {
    const Bucket = await bucketOf(account, 'www');
    const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' } };
    await account.aws(S3Client).send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
    return {
      async happen() {
        await account.aws(S3Client).send(new DeletePublicAccessBlockCommand({ Bucket }));
        return {
          event: aboutBucket('DeleteBucketPublicAccessBlock', account, Bucket),
          leaves: [`bucket ${Bucket} public access block`],
        };
      },
    };
  },
};

const accountUnblocked: Scene = {
  title: "The account's public access block is removed",
  expects: { 's3-account-public-access-blocked': 'remediated' },
  async prepare(account) {
    const AccountId = account.accountId;
    const client = account.aws(S3ControlClient);
    await client.send(new PutAccountBlockCommand({ AccountId, PublicAccessBlockConfiguration: BLOCKED }));
    return {
      async happen() {
        await client.send(new DeleteAccountBlockCommand({ AccountId }));
        return { event: told('s3/DeleteAccountPublicAccessBlock', account) };
      },
    };
  },
};

const unencrypted: Scene = {
  title: "A bucket's default encryption is removed",
  expects: { 's3-bucket-encrypted': 'remediated' },
  async prepare(account) {
    const Bucket = await bucketOf(account, 'exports');
    return {
      async happen() {
        await account.aws(S3Client).send(new DeleteBucketEncryptionCommand({ Bucket }));
        return { event: aboutBucket('DeleteBucketEncryption', account, Bucket) };
      },
    };
  },
};

const withoutTls: Scene = {
  title: 'The statement that requires TLS is taken out of a bucket policy; the other statement stays',
  expects: { 's3-bucket-tls-required': 'remediated' },
  async prepare(account) {
    const Bucket = await bucketOf(account, 'reports');
    return {
      async happen() {
        await putPolicy(account, Bucket, letReportsRead(Bucket, account.accountId));
        return {
          event: aboutBucket('PutBucketPolicy', account, Bucket),
          leaves: [`bucket ${Bucket} policy RequireTls`, `bucket ${Bucket} policy EvenkeelDenyInsecureTransport`],
        };
      },
    };
  },
};

export const s3Scenes: readonly Scene[] = [unblocked, website, accountUnblocked, unencrypted, withoutTls];
