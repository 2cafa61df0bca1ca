import {
  CreateBucketCommand,
  GetPublicAccessBlockCommand,
  PutBucketWebsiteCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import control from '../../../shared/controls/s3/s3-bucket-public-access-blocked.ts';
import { orNull } from '../../../shared/resource.ts';
import { sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const NAME = 'reports-eu-west-1-111122223333';
const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const site = { IndexDocument: { Suffix: 'index.html' } };
const blocked = { publicAccessBlock: ALL };
const put = ['PutPublicAccessBlock', { Bucket: NAME, PublicAccessBlockConfiguration: ALL }] as const;
const excludedPublicBuckets = [NAME];

testControl(control, {
  resourceId: NAME,
  compliant: {
    'all four flags': blocked,
    'nothing configured on a bucket that may be public': {
      publicAccessBlock: null,
      parameters: { excludedPublicBuckets },
    },
  },
  nonCompliant: {
    'nothing configured': {
      given: { publicAccessBlock: null, website: null },
      plan: [put],
      after: blocked,
      says: 'BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets',
    },
    'one flag off': {
      given: { publicAccessBlock: { ...ALL, RestrictPublicBuckets: false }, website: null },
      plan: [put],
      after: blocked,
      says: /on: RestrictPublicBuckets\.$/,
    },
    'one flag not set': {
      given: {
        publicAccessBlock: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true },
        website: null,
      },
      plan: [put],
      after: blocked,
      says: /on: RestrictPublicBuckets\.$/,
    },
    'a website': { given: { publicAccessBlock: null, website: site }, plan: [], byHand: 'hosts a website' },
    'another bucket may be public': {
      given: { publicAccessBlock: null, website: null },
      parameters: { excludedPublicBuckets: ['www.example.com'] },
      plan: [put],
      after: blocked,
    },
  },
});

/** Two buckets with the same flags; the event speaks of the first. */
async function twoBuckets({ aws, accountId }: TestAccount, prefix: string, flags: object | null) {
  const s3 = aws()(S3Client);
  const [Bucket, other] = [`${prefix}-${accountId}`, `${prefix}-neighbour-${accountId}`] as const;
  for (const name of [Bucket, other]) {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await s3.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }));
    if (flags !== null)
      await s3.send(new PutPublicAccessBlockCommand({ Bucket: name, PublicAccessBlockConfiguration: flags }));
  }
  const read = async (name: string) => {
    const answer = s3.send(new GetPublicAccessBlockCommand({ Bucket: name }));
    return (await orNull(answer, 'NoSuchPublicAccessBlockConfiguration'))?.PublicAccessBlockConfiguration ?? null;
  };
  return { s3, Bucket, state: () => read(Bucket), neighbours: () => read(other) };
}

const about = (name: string, Bucket: string, { accountId }: TestAccount) =>
  sampleEvent(name, { [NAME]: Bucket, '111122223333': accountId });

testOnSandbox(control, {
  'the block of a bucket is deleted': async (account) => {
    const { Bucket, ...scene } = await twoBuckets(account, 'deleted', null);
    return { ...scene, event: about('s3/DeleteBucketPublicAccessBlock', Bucket, account) };
  },
  'two flags of a bucket are switched off': async (account) => {
    const flags = { ...ALL, BlockPublicPolicy: false, RestrictPublicBuckets: false };
    const { Bucket, ...scene } = await twoBuckets(account, 'switched', flags);
    return { ...scene, event: about('s3/PutBucketPublicAccessBlock', Bucket, account) };
  },
  'a website is left to a person': async (account) => {
    const { s3, Bucket, ...scene } = await twoBuckets(account, 'site', null);
    await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: site }));
    return { ...scene, event: about('s3/PutBucketWebsite', Bucket, account), outcome: 'detected' };
  },
});
