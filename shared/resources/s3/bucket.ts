import {
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetBucketWebsiteCommand,
  type GetBucketWebsiteCommandOutput,
  GetPublicAccessBlockCommand,
  type Grantee,
  paginateListBuckets,
  S3Client,
} from '@aws-sdk/client-s3';
import { carried, IncompleteAnswerError } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { bucketCreatedAt, ownBucket, readOfOwn } from '../../aws/s3/bucket-owner.ts';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { ACCESS_LOGS, grantsLogDelivery, letsDeliver } from '../../aws/s3/log-delivery.ts';
import { publicAccessBlockIn } from '../../aws/s3/public-access-block.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  type NamedId,
  onEverything,
  onResources,
  orNull,
  orUnreadable,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import s3 from './service.ts';

const GONE = ['NoSuchBucket'];

const ids = ({ request }: CallRecord) => strings(request, 'bucketName');

/** The global endpoint takes buckets for every region: the request says which, not the record. */
const idsCreated = ({ request }: CallRecord) => {
  const [constraint] = strings(request, 'CreateBucketConfiguration.LocationConstraint');
  const region = constraint === 'EU' ? 'eu-west-1' : constraint;
  return strings(request, 'bucketName').map((resourceId) =>
    region === undefined ? resourceId : { resourceId, region },
  );
};

/** `TagResource` takes access points and others too. The ARN stands beside the body, which is all that is left of a request that is unwrapped. */
const idsTagged = ({ raw }: CallRecord) =>
  strings(raw, 'requestParameters.resourceArn').flatMap((arn) => /^arn:[^:]+:s3:::([^/]+)$/.exec(arn)?.[1] ?? []);

/** What everything about a bucket can depend on. */
const EVERY_FACET = [
  'publicAccessBlock',
  'website',
  'encryption',
  'policy',
  'policyStatus',
  'acl',
  'ownershipControls',
  'logging',
] as const;

/** The bucket of a trail, in its own region, which the trail's need not be; none where another account owns it. */
async function findLogBucket(aws: Aws, { request, response }: CallRecord): Promise<readonly NamedId[]> {
  const [name] = [...strings(response, 's3BucketName'), ...strings(request, 's3BucketName')];
  const found = name === undefined ? null : await ownBucket(aws, name);
  if (name === undefined || found === null) return [];
  return [found.BucketRegion ? { resourceId: name, region: found.BucketRegion } : name];
}

/** A bucket's ARN does not say whose it is. */
const onOwnBuckets = (action: string) =>
  onResources(
    {
      resources: 'arn:${AWS::Partition}:s3:::*',
      condition: { StringEquals: { 'aws:ResourceAccount': '${AWS::AccountId}' } },
    },
    action,
  );

async function readPublicAccessBlock(aws: Aws, ref: ResourceRef) {
  const read = aws(S3Client).send(new GetPublicAccessBlockCommand(bucketTarget(ref)));
  const answer = await orNull(readOfOwn(aws, ref, read), 'NoSuchPublicAccessBlockConfiguration');
  return answer === null ? null : publicAccessBlockIn(answer);
}

async function readWebsite(aws: Aws, ref: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketWebsiteCommand(bucketTarget(ref)));
  const website = await orNull(readOfOwn(aws, ref, read), 'NoSuchWebsiteConfiguration');
  return website === null ? null : withoutMetadata(website);
}

function withoutMetadata({ $metadata: _, ...website }: GetBucketWebsiteCommandOutput) {
  if (Object.values(website).every((part) => part === undefined))
    throw new IncompleteAnswerError('GetBucketWebsite answered without a website');
  return website;
}

async function readEncryption(aws: Aws, ref: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketEncryptionCommand(bucketTarget(ref)));
  const answer = await orNull(readOfOwn(aws, ref, read), 'ServerSideEncryptionConfigurationNotFoundError');
  if (answer === null) return null;
  const { ServerSideEncryptionConfiguration: encryption } = answer;
  carried('GetBucketEncryption', 'rules', encryption?.Rules?.[0]);
  return encryption ?? null;
}

/** The text as it stands, not parsed: what is put back must be what was there. */
async function readPolicy(aws: Aws, ref: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketPolicyCommand(bucketTarget(ref)));
  const answer = await orNull(readOfOwn(aws, ref, read), 'NoSuchBucketPolicy');
  if (answer === null) return null;
  const { Policy } = answer;
  return carried('GetBucketPolicy', 'a policy', Policy?.includes('"Statement"') ? Policy : null);
}

/** S3's own word on whether the policy is public; what it does not say is a value, since the policy's text says it too. */
async function readPolicyStatus(aws: Aws, ref: ResourceRef) {
  const ask = async () => {
    const read = aws(S3Client).send(new GetBucketPolicyStatusCommand(bucketTarget(ref)));
    const answer = await orNull(readOfOwn(aws, ref, read), 'NoSuchBucketPolicy');
    return answer === null ? null : carried('GetBucketPolicyStatus', 'IsPublic', answer.PolicyStatus?.IsPublic);
  };
  return { isPublic: await orUnreadable("S3's word on the policy", ask(), ...GONE) };
}

/** Owner and grants by their ids; S3 names nobody by a display name any more. */
async function readAcl(aws: Aws, ref: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketAclCommand(bucketTarget(ref)));
  const { Owner, Grants = [] } = await readOfOwn(aws, ref, read);
  return {
    Owner: { ID: carried('GetBucketAcl', 'Owner', Owner?.ID) },
    Grants: Grants.map(({ Grantee, Permission }) => ({ Grantee: withoutName(Grantee), Permission })),
  };
}

const withoutName = ({ DisplayName: _, ...grantee }: Grantee = { Type: undefined }) =>
  Object.fromEntries(Object.entries(grantee).filter(([, value]) => value !== undefined)) as unknown as Grantee;

/** Where access logs go; where they go nowhere, whether the bucket is itself one that takes them. That an empty answer was one, the ACL shows, which every bucket has. */
async function readLogging(aws: Aws, ref: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketLoggingCommand(bucketTarget(ref)));
  const { LoggingEnabled } = await readOfOwn(aws, ref, read);
  if (LoggingEnabled?.TargetBucket !== undefined) return { LoggingEnabled, takesAccessLogs: false };
  const [{ Grants }, policy] = await Promise.all([readAcl(aws, ref), readPolicy(aws, ref)]);
  return { LoggingEnabled: null, takesAccessLogs: grantsLogDelivery(Grants) || letsDeliver(policy, ACCESS_LOGS) };
}

async function readOwnershipControls(aws: Aws, ref: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketOwnershipControlsCommand(bucketTarget(ref)));
  const answer = await orNull(readOfOwn(aws, ref, read), 'OwnershipControlsNotFoundError');
  if (answer === null) return null;
  const [rule] = answer.OwnershipControls?.Rules ?? [];
  return carried('GetBucketOwnershipControls', 'ObjectOwnership', rule?.ObjectOwnership);
}

// Loaded here, since few events of a bucket, and none of what is delivered into one, get as far as these questions.
async function readAccountPublicAccessBlock(aws: Aws, ref: ResourceRef) {
  const { s3Account } = await import('./account.ts');
  return s3Account.facets.publicAccessBlock.read(aws, ref);
}

async function readTrails(aws: Aws, ref: ResourceRef) {
  const { trailsInto } = await import('../../aws/cloudtrail/log-buckets.ts');
  return trailsInto(aws, ref);
}

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const read = aws(S3Client).send(new GetBucketTaggingCommand(bucketTarget(ref)));
  const answer = await orNull(readOfOwn(aws, ref, read), 'NoSuchTagSet');
  const found = answer === null ? [] : carried('GetBucketTagging', 'TagSet', answer.TagSet);
  const tags = tagsByKey(found);
  return { tags, service: serviceOfTags(tags) };
}

/** A general purpose bucket: Block Public Access, website hosting, default encryption, its policy's text, its ACL, its access logging, and the trails that deliver into it. */
export const bucket = defineResource({
  service: s3,
  type: 'AWS::S3::Bucket',
  triggers: [
    call('s3.amazonaws.com', 'CreateBucket', { ids: idsCreated, facets: EVERY_FACET }),
    call('s3.amazonaws.com', ['DeleteBucket', 'PutBucketTagging', 'DeleteBucketTagging'], { ids, facets: EVERY_FACET }),
    call(['s3.amazonaws.com', 's3-control.amazonaws.com'], ['TagResource', 'UntagResource'], {
      ids: idsTagged,
      find: async () => [],
      facets: EVERY_FACET,
    }),
    call('s3.amazonaws.com', ['PutBucketPublicAccessBlock', 'DeleteBucketPublicAccessBlock'], {
      ids,
      facets: ['publicAccessBlock'],
    }),
    call('s3.amazonaws.com', ['PutBucketWebsite', 'DeleteBucketWebsite'], { ids, facets: ['website'] }),
    call('s3.amazonaws.com', ['PutBucketEncryption', 'DeleteBucketEncryption'], { ids, facets: ['encryption'] }),
    call('s3.amazonaws.com', ['PutBucketPolicy', 'DeleteBucketPolicy'], { ids, facets: ['policy', 'policyStatus'] }),
    call('s3.amazonaws.com', 'PutBucketAcl', { ids, facets: ['acl'] }),
    call('s3.amazonaws.com', 'PutBucketLogging', { ids, facets: ['logging'] }),
    call('s3.amazonaws.com', ['PutBucketOwnershipControls', 'DeleteBucketOwnershipControls'], {
      ids,
      facets: ['ownershipControls'],
    }),
    call('cloudtrail.amazonaws.com', ['CreateTrail', 'UpdateTrail'], {
      find: findLogBucket,
      grants: onEverything('s3:ListAllMyBuckets'),
      facets: ['trails'],
    }),
  ],
  gone: GONE,
  // Other trails that come and go are no change of the bucket.
  volatile: ['trails'],
  facets: {
    publicAccessBlock: { grants: onOwnBuckets('s3:GetBucketPublicAccessBlock'), read: readPublicAccessBlock },
    website: { grants: onOwnBuckets('s3:GetBucketWebsite'), read: readWebsite },
    encryption: { grants: onOwnBuckets('s3:GetEncryptionConfiguration'), read: readEncryption },
    policy: { grants: onOwnBuckets('s3:GetBucketPolicy'), read: readPolicy },
    policyStatus: { grants: onOwnBuckets('s3:GetBucketPolicyStatus'), read: readPolicyStatus },
    acl: { grants: onOwnBuckets('s3:GetBucketAcl'), read: readAcl },
    ownershipControls: { grants: onOwnBuckets('s3:GetBucketOwnershipControls'), read: readOwnershipControls },
    logging: {
      grants: {
        ...onOwnBuckets('s3:GetBucketLogging'),
        ...onOwnBuckets('s3:GetBucketAcl'),
        ...onOwnBuckets('s3:GetBucketPolicy'),
      },
      read: readLogging,
    },
    // What holds for all buckets of the account holds for this one.
    accountPublicAccessBlock: {
      grants: onEverything('s3:GetAccountPublicAccessBlock'),
      read: readAccountPublicAccessBlock,
    },
    trails: { grants: onEverything('cloudtrail:ListTrails', 'cloudtrail:DescribeTrails'), read: readTrails },
  },
  grants: onEverything('s3:ListAllMyBuckets'),
  ownership: { grants: onOwnBuckets('s3:GetBucketTagging'), read: readOwnership },
  createdAt: bucketCreatedAt,
  arn: ({ resourceId, region }) => `arn:${partitionOf(region)}:s3:::${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `s3/buckets/${encodeURIComponent(resourceId)}`),
  list: (aws, { region }, from) =>
    pagesOf(
      paginateListBuckets({ client: aws(S3Client), pageSize: 1000, startingToken: from }, { BucketRegion: region }),
      ({ ContinuationToken }) => ContinuationToken,
      ({ Buckets }) =>
        carried('ListBuckets', 'Buckets', Buckets).flatMap(({ Name, BucketRegion = region }) =>
          Name === undefined ? [] : [{ resourceId: Name, region: BucketRegion }],
        ),
    ),
});
