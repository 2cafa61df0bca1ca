import {
  CreateBucketCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import * as control from '@aws-sdk/client-s3-control';
import accountBlocked from '../../../shared/controls/s3/s3-account-public-access-blocked.ts';
import { orNull } from '../../../shared/resource.ts';
import { SAMPLE_ACCOUNT, sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const put = ['PutPublicAccessBlock', { AccountId: SAMPLE_ACCOUNT, PublicAccessBlockConfiguration: ALL }] as const;
const after = { publicAccessBlock: ALL };

testControl(accountBlocked, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'all four flags': after,
    'all four flags while buckets may be public': { ...after, parameters: { excludedPublicBuckets: ['www'] } },
  },
  nonCompliant: {
    'nothing configured': { given: { publicAccessBlock: null }, plan: [put], after, says: 'BlockPublicAcls' },
    'one flag off': {
      given: { publicAccessBlock: { ...ALL, IgnorePublicAcls: false } },
      plan: [put],
      after,
      says: /on: IgnorePublicAcls\.$/,
      elements: [['PublicAccessBlockConfiguration']],
      other: { 'another flag off': { publicAccessBlock: { ...ALL, BlockPublicPolicy: false } } },
    },
    'a bucket may be public': {
      given: { publicAccessBlock: null },
      parameters: { excludedPublicBuckets: ['www'] },
      plan: [],
      byHand: '1 bucket(s) that may be public',
    },
  },
});

/** The account with these flags, and a bucket with flags of its own. */
async function accountWith({ aws, accountId }: TestAccount, flags: object | null, name: string) {
  const client = aws()(control.S3ControlClient);
  const AccountId = accountId;
  if (flags === null) await client.send(new control.DeletePublicAccessBlockCommand({ AccountId }));
  else await client.send(new control.PutPublicAccessBlockCommand({ AccountId, PublicAccessBlockConfiguration: flags }));
  const s3 = aws()(S3Client);
  const Bucket = `${name}-${accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const own = { ...ALL, BlockPublicPolicy: false };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: own }));
  return {
    state: async () => {
      const answer = client.send(new control.GetPublicAccessBlockCommand({ AccountId }));
      return (await orNull(answer, 'NoSuchPublicAccessBlockConfiguration'))?.PublicAccessBlockConfiguration ?? null;
    },
    neighbours: async () => (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration,
  };
}

const about = (name: string, { accountId }: TestAccount) => sampleEvent(name, { [SAMPLE_ACCOUNT]: accountId });

testOnSandbox(accountBlocked, {
  'the block of the account is deleted': async (account) => ({
    ...(await accountWith(account, null, 'deleted')),
    event: about('s3/DeleteAccountPublicAccessBlock', account),
  }),
  'a flag of the account is switched off': async (account) => ({
    ...(await accountWith(account, { ...ALL, BlockPublicPolicy: false }, 'switched')),
    event: about('s3/PutAccountPublicAccessBlock', account),
  }),
  'an account with a public bucket is left to a person': async (account) => ({
    ...(await accountWith(account, null, 'told')),
    event: about('s3/DeleteAccountPublicAccessBlock', account),
    parameters: { excludedPublicBuckets: ['www.example.com'] },
    outcome: 'detected',
  }),
});
