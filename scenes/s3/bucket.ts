import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketPolicyCommand,
  GetBucketWebsiteCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DeletePublicAccessBlockCommand as DeleteAccountBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import type { JsonObject } from '../../shared/event.ts';
import { orNull } from '../../shared/resource.ts';
import { freshEvent } from '../fresh-event.ts';
import type { SceneAccount } from '../scene.ts';

/** A public access block that lets nothing through. */
export const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** Denies whatever comes without TLS. */
export const requireTls = (bucket: string) => ({
  Sid: 'RequireTls',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

/** Lets a role of the account read the objects. */
export const allowReports = (bucket: string, accountId: string) => ({
  Sid: 'AllowReports',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${accountId}:role/reports` },
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${bucket}/*`,
});

export const putPolicy = ({ aws }: SceneAccount, Bucket: string, ...Statement: object[]) =>
  aws(S3Client).send(
    new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  );

/** Creates a bucket that every control is content with, and gives its name. */
export const createBucket = (account: SceneAccount, base: string): Promise<string> =>
  bucketNamed(`${account.name(base)}-${account.accountId}`, account);

/** The bucket of the account that takes all logs; created where there is none. */
export const logBucket = (account: SceneAccount): Promise<string> => bucketNamed(`logs-${account.accountId}`, account);

async function bucketNamed(Bucket: string, account: SceneAccount): Promise<string> {
  const s3 = account.aws(S3Client);
  const LocationConstraint = account.region as BucketLocationConstraint;
  const creation = s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
  if ((await orNull(creation, 'BucketAlreadyOwnedByYou')) === null) return Bucket;
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: ALL_BLOCKED }));
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  await putPolicy(account, Bucket, allowReports(Bucket, account.accountId), requireTls(Bucket));
  return Bucket;
}

/** A sample event of S3 about this bucket. */
export const bucketEvent = (sample: string, account: SceneAccount, bucket: string): JsonObject =>
  freshEvent(`s3/${sample}`, account, { 'requestParameters.bucketName': bucket });

/** All settings of a bucket that a control could touch; null where nothing is configured. */
export async function bucketSettings({ aws }: SceneAccount, Bucket: string) {
  const s3 = aws(S3Client);
  const [block, encryption, website, policy, logging] = await Promise.all([
    orNull(s3.send(new GetPublicAccessBlockCommand({ Bucket })), 'NoSuchPublicAccessBlockConfiguration'),
    orNull(s3.send(new GetBucketEncryptionCommand({ Bucket })), 'ServerSideEncryptionConfigurationNotFoundError'),
    orNull(s3.send(new GetBucketWebsiteCommand({ Bucket })), 'NoSuchWebsiteConfiguration'),
    orNull(s3.send(new GetBucketPolicyCommand({ Bucket })), 'NoSuchBucketPolicy'),
    s3.send(new GetBucketLoggingCommand({ Bucket })),
  ]);
  return {
    'public access block': block?.PublicAccessBlockConfiguration ?? null,
    encryption: encryption?.ServerSideEncryptionConfiguration ?? null,
    website: website?.IndexDocument ?? null,
    policy: policy?.Policy ?? null,
    'access logging': logging.LoggingEnabled ?? null,
  };
}

/** A bucket of which one setting drifts: its state, and its other settings and a second bucket as the neighbours. */
export async function driftingBucket(
  account: SceneAccount,
  base: string,
  drifting: keyof Awaited<ReturnType<typeof bucketSettings>>,
) {
  const bucket = await createBucket(account, base);
  const other = await createBucket(account, base);
  return {
    bucket,
    other,
    watched: {
      state: () => bucketSettings(account, bucket),
      async neighbours() {
        const { [drifting]: _, ...rest } = await bucketSettings(account, bucket);
        return { ...named(bucket, rest), ...named(other, await bucketSettings(account, other)) };
      },
    },
  };
}

const named = (bucket: string, settings: object) =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${name} of bucket ${bucket}`, value]));

/** A bucket that Block Public Access does not guard, nor for the whole account, and a guarded one beside it as the neighbour. */
export async function unblockedBucket(account: SceneAccount, base: string) {
  const bucket = await createBucket(account, base);
  const other = await createBucket(account, base);
  const unguarded = new DeleteAccountBlockCommand({ AccountId: account.accountId });
  await orNull(account.aws(S3ControlClient).send(unguarded), 'NoSuchPublicAccessBlockConfiguration');
  await account.aws(S3Client).send(new DeletePublicAccessBlockCommand({ Bucket: bucket }));
  return { bucket, neighbours: async () => named(other, await bucketSettings(account, other)) };
}
