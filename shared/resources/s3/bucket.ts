import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketWebsiteCommand,
  type GetBucketWebsiteCommandOutput,
  GetPublicAccessBlockCommand,
  paginateListBuckets,
  S3Client,
} from '@aws-sdk/client-s3';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, defineResource, orNull, partitionOf, type ResourceRef } from '../../resource.ts';

const ids = ({ request }: CallRecord) => strings(request, 'bucketName');

const lives = { ids, facets: ['publicAccessBlock', 'website', 'encryption', 'policy'] } as const;
const publicAccessBlockPut = { ids, facets: ['publicAccessBlock'] } as const;
const websitePut = { ids, facets: ['website'] } as const;
const encryptionPut = { ids, facets: ['encryption'] } as const;
const policyPut = { ids, facets: ['policy'] } as const;

async function readPublicAccessBlock(aws: Aws, { resourceId: Bucket }: ResourceRef) {
  const read = aws(S3Client).send(new GetPublicAccessBlockCommand({ Bucket }));
  return (await orNull(read, 'NoSuchPublicAccessBlockConfiguration'))?.PublicAccessBlockConfiguration ?? null;
}

async function readWebsite(aws: Aws, { resourceId: Bucket }: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketWebsiteCommand({ Bucket }));
  const website = await orNull(read, 'NoSuchWebsiteConfiguration');
  return website === null ? null : withoutMetadata(website);
}

const withoutMetadata = ({ $metadata: _, ...website }: GetBucketWebsiteCommandOutput) => website;

async function readEncryption(aws: Aws, { resourceId: Bucket }: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketEncryptionCommand({ Bucket }));
  const answer = await orNull(read, 'ServerSideEncryptionConfigurationNotFoundError');
  return answer?.ServerSideEncryptionConfiguration ?? null;
}

/** The text as it stands, not parsed: what is put back must be what was there. */
async function readPolicy(aws: Aws, { resourceId: Bucket }: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketPolicyCommand({ Bucket }));
  return (await orNull(read, 'NoSuchBucketPolicy'))?.Policy ?? null;
}

async function readOwnership(aws: Aws, { resourceId: Bucket }: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketTaggingCommand({ Bucket }));
  const { TagSet = [] } = (await orNull(read, 'NoSuchTagSet')) ?? {};
  const tags = Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
  return { tags, service: serviceOfTags(tags) };
}

/** A general purpose bucket: Block Public Access, website hosting, default encryption, and its policy's text. */
export const bucket = defineResource({
  service: 's3',
  type: 'AWS::S3::Bucket',
  eventSource: 's3.amazonaws.com',
  gone: ['NoSuchBucket'],
  events: {
    CreateBucket: lives,
    DeleteBucket: lives,
    PutBucketPublicAccessBlock: publicAccessBlockPut,
    DeleteBucketPublicAccessBlock: publicAccessBlockPut,
    PutBucketWebsite: websitePut,
    DeleteBucketWebsite: websitePut,
    PutBucketEncryption: encryptionPut,
    DeleteBucketEncryption: encryptionPut,
    PutBucketPolicy: policyPut,
    DeleteBucketPolicy: policyPut,
  },
  actions: ['s3:ListAllMyBuckets'],
  facets: {
    publicAccessBlock: { actions: ['s3:GetBucketPublicAccessBlock'], read: readPublicAccessBlock },
    website: { actions: ['s3:GetBucketWebsite'], read: readWebsite },
    encryption: { actions: ['s3:GetEncryptionConfiguration'], read: readEncryption },
    policy: { actions: ['s3:GetBucketPolicy'], read: readPolicy },
  },
  ownership: { actions: ['s3:GetBucketTagging'], read: readOwnership },
  arn: ({ resourceId, region }) => `arn:${partitionOf(region)}:s3:::${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    `https://${region}.console.aws.amazon.com/s3/buckets/${encodeURIComponent(resourceId)}?region=${region}`,
  list: (aws, { region }, from) =>
    pagesOf(
      paginateListBuckets({ client: aws(S3Client), pageSize: 1000, startingToken: from }, { BucketRegion: region }),
      ({ ContinuationToken }) => ContinuationToken,
      ({ Buckets = [] }) =>
        Buckets.flatMap(({ Name, BucketRegion = region }) =>
          Name === undefined ? [] : [{ resourceId: Name, region: BucketRegion }],
        ),
    ),
});
