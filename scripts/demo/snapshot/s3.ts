import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketWebsiteCommand,
  GetPublicAccessBlockCommand,
  paginateListBuckets,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand as GetAccountBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { orNull } from '../../../shared/resource.ts';
import type { Account, Snapshot } from '../scene.ts';

/** Every bucket's settings, each statement of its policy by itself, and the account's block. */
export async function s3Snapshot({ aws, accountId }: Account): Promise<Snapshot> {
  const client = aws(S3Client);
  const found: Record<string, unknown> = {};
  for await (const { Buckets = [] } of paginateListBuckets({ client }, {}))
    for (const { Name: Bucket = '' } of Buckets) Object.assign(found, await bucketSnapshot(client, Bucket));
  const account = aws(S3ControlClient).send(new GetAccountBlockCommand({ AccountId: accountId }));
  const block = await orNull(account, 'NoSuchPublicAccessBlockConfiguration');
  return { ...found, 'account public access block': block?.PublicAccessBlockConfiguration ?? null };
}

async function bucketSnapshot(client: S3Client, Bucket: string): Promise<Snapshot> {
  const [block, encryption, website, policy] = await Promise.all([
    orNull(client.send(new GetPublicAccessBlockCommand({ Bucket })), 'NoSuchPublicAccessBlockConfiguration'),
    orNull(client.send(new GetBucketEncryptionCommand({ Bucket })), 'ServerSideEncryptionConfigurationNotFoundError'),
    orNull(client.send(new GetBucketWebsiteCommand({ Bucket })), 'NoSuchWebsiteConfiguration'),
    orNull(client.send(new GetBucketPolicyCommand({ Bucket })), 'NoSuchBucketPolicy'),
  ]);
  const { Statement = [] }: { Statement?: { Sid?: string }[] } = JSON.parse(policy?.Policy ?? '{}');
  return {
    [`bucket ${Bucket} public access block`]: block?.PublicAccessBlockConfiguration ?? null,
    [`bucket ${Bucket} encryption`]: encryption?.ServerSideEncryptionConfiguration ?? null,
    [`bucket ${Bucket} website`]: website?.IndexDocument ?? null,
    ...Object.fromEntries(
      Statement.map((statement, index) => [`bucket ${Bucket} policy ${statement.Sid ?? index}`, statement]),
    ),
  };
}
