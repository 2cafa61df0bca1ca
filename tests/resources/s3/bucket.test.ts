import { CloudTrailClient, CreateTrailCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateBucketCommand,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { stateDiff } from '../../../shared/engine/run/state-diff.ts';
import { everyListed } from '../../../shared/resource.ts';
import { bucket } from '../../../shared/resources/s3/bucket.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, idsFrom, testResource } from '../../support/test-resource.ts';

const NAME = 'reports-eu-west-1-111122223333';

testResource(bucket, {
  events: {
    's3/CreateBucket': [NAME],
    's3/CreateBucket.console': [NAME],
    's3/DeleteBucket': [NAME],
    's3/PutBucketTagging': [NAME],
    's3/DeleteBucketTagging': [NAME],
    's3/TagResource': [NAME],
    's3/UntagResource': [NAME],
    's3/PutBucketPublicAccessBlock': [NAME],
    's3/DeleteBucketPublicAccessBlock': [NAME],
    's3/DeleteBucketPublicAccessBlock.terraform': [NAME],
    's3/PutBucketWebsite': [NAME],
    's3/DeleteBucketWebsite': [NAME],
    's3/PutBucketEncryption': [NAME],
    's3/DeleteBucketEncryption': [NAME],
    's3/PutBucketPolicy': [NAME],
    's3/DeleteBucketPolicy': [NAME],
    's3/PutBucketAcl': [NAME],
    's3/PutBucketLogging': [NAME],
    's3/PutBucketOwnershipControls': [NAME],
    's3/DeleteBucketOwnershipControls': [NAME],
  },
  lookups: ['CreateTrail', 'UpdateTrail'],
});

test('reads a bucket and lists those of the region, with no more than the declared actions', async () => {
  const account = await testAccount();
  const s3 = account.aws()(S3Client);
  const afar = account.aws()(S3Client, 'eu-central-1');
  const here = `here-${account.accountId}`;
  const inRegion = (LocationConstraint: 'eu-west-1' | 'eu-central-1') => ({
    CreateBucketConfiguration: { LocationConstraint },
  });
  await s3.send(new CreateBucketCommand({ Bucket: here, ...inRegion('eu-west-1') }));
  await afar.send(new CreateBucketCommand({ Bucket: `there-${account.accountId}`, ...inRegion('eu-central-1') }));

  const listed = await Array.fromAsync(everyListed(bucket.list(account.aws(), account)));
  expect(listed).toEqual([{ resourceId: here, region: 'eu-west-1' }]);
  await expectDeclaredReads(bucket, here, account, ['cloudtrail:DescribeTrails']);

  const ref = { resourceType: bucket.type, resourceId: here, accountId: account.accountId, region: account.region };
  const read = async () => ({
    publicAccessBlock: await bucket.facets.publicAccessBlock.read(account.aws(), ref),
    website: await bucket.facets.website.read(account.aws(), ref),
    encryption: await bucket.facets.encryption.read(account.aws(), ref),
    policy: await bucket.facets.policy.read(account.aws(), ref),
  });
  expect(await read()).toEqual({ publicAccessBlock: null, website: null, encryption: null, policy: null });

  const block = {
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket: here, PublicAccessBlockConfiguration: block }));
  const site = { IndexDocument: { Suffix: 'index.html' } };
  await s3.send(new PutBucketWebsiteCommand({ Bucket: here, WebsiteConfiguration: site }));
  expect(await read()).toMatchObject({ publicAccessBlock: block, website: site });
});

test('reads the ACL as it is put, who owns objects, and what S3 says of the policy', async () => {
  const account = await testAccount();
  const s3 = account.aws()(S3Client);
  const name = `acl-${account.accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
  await s3.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }));
  const ref = { resourceType: bucket.type, resourceId: name, accountId: account.accountId, region: account.region };
  const { acl, ownershipControls, policyStatus, accountPublicAccessBlock } = bucket.facets;
  const owned = { Grantee: { Type: 'CanonicalUser', ID: expect.any(String) }, Permission: 'FULL_CONTROL' };
  expect(await acl.read(account.aws(), ref)).toEqual({ Owner: { ID: expect.any(String) }, Grants: [owned] });
  await s3.send(new PutBucketAclCommand({ Bucket: name, ACL: 'public-read' }));
  const URI = 'http://acs.amazonaws.com/groups/global/AllUsers';
  const { Grants } = await acl.read(account.aws(), ref);
  expect(Grants).toContainEqual({ Grantee: { Type: 'Group', URI }, Permission: 'READ' });

  expect(await ownershipControls.read(account.aws(), ref)).toBeNull();
  const Rules = [{ ObjectOwnership: 'BucketOwnerEnforced' as const }];
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket: name, OwnershipControls: { Rules } }));
  expect(await ownershipControls.read(account.aws(), ref)).toBe('BucketOwnerEnforced');

  expect(await accountPublicAccessBlock.read(account.aws(), ref)).toBeNull();
  expect(await policyStatus.read(account.aws(), ref)).toEqual({ isPublic: null });
  const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${name}/*` };
  await s3.send(new PutBucketPolicyCommand({ Bucket: name, Policy: JSON.stringify({ Statement: [statement] }) }));
  expect(await policyStatus.read(account.aws(), ref)).toEqual({ isPublic: true });
});

describe('the bucket of a trail', () => {
  const LOGS = 'audit-logs-111122223333';
  const named = (sample: string, name: string) => sampleEvent(sample, { [LOGS]: name });

  test('is found in its own region, and not where it is another account’s', async () => {
    const account = await testAccount();
    const name = `logs-${account.accountId}`;
    const afar = account.aws()(S3Client, 'eu-central-1');
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' as const };
    await afar.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }));
    for (const sample of ['s3/CreateTrail', 's3/UpdateTrail']) {
      expect(await idsFrom(bucket, named(sample, name), account)).toEqual([name]);
      expect(await idsFrom(bucket, named(sample, `${name}-2`), account)).toEqual([]);
    }
  });

  test('knows the trails of every region that deliver into it', async () => {
    const account = await testAccount();
    const name = `logs-${account.accountId}`;
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
    for (const Bucket of [name, `${name}-2`])
      await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    // The local account shows elsewhere only what records every region.
    const create = (region: string, Name: string, S3BucketName: string) =>
      account
        .aws()(CloudTrailClient, region)
        .send(new CreateTrailCommand({ Name, S3BucketName, IsMultiRegionTrail: true }));
    await create('eu-central-1', 'far', name);
    await create(account.region, 'near', name);
    await create(account.region, 'other', `${name}-2`);
    const ref = { resourceType: bucket.type, resourceId: name, accountId: account.accountId, region: account.region };
    expect(await bucket.facets.trails.read(account.aws(), ref)).toEqual(['far', 'near']);
  });
});

test('a bucket that is gone says so by a name that the resource knows', async () => {
  const account = await testAccount();
  const ref = { resourceType: bucket.type, resourceId: 'gone', accountId: account.accountId, region: account.region };
  const { accountPublicAccessBlock: _, trails: __, ...own } = bucket.facets;
  for (const facet of Object.values(own))
    await expect(facet.read(account.aws(), ref)).rejects.toMatchObject({ name: bucket.gone[0] });
});

test('a bucket that the global endpoint created for another region is looked at there', () => {
  const named = (change = {}) => {
    const [created] = changesIn(sampleEvent('s3/CreateBucket.us-east-1', change));
    const trigger = bucket.triggers.find((one) => one.kind === 'call' && one.eventNames.includes('CreateBucket'));
    return created?.kind === 'call' && trigger?.kind === 'call' ? trigger.ids?.(created.record) : undefined;
  };
  expect(named()).toEqual([{ resourceId: NAME, region: 'eu-west-1' }]);
  expect(named({ 'LocationConstraint": "eu-west-1': 'LocationConstraint": "EU' })).toEqual([
    { resourceId: NAME, region: 'eu-west-1' },
  ]);
  expect(named({ LocationConstraint: 'NoConstraint' })).toEqual([NAME]);
});

test('tags of what is no bucket concern none', async () => {
  const account = await testAccount();
  const tagged = (arn: string) => sampleEvent('s3/TagResource', { [`arn:aws:s3:::${NAME}`]: arn });
  const accessPoint = tagged('arn:aws:s3:eu-west-1:111122223333:accesspoint/reports');
  expect(await idsFrom(bucket, accessPoint, account)).toEqual([]);
  expect(await idsFrom(bucket, tagged('arn:aws-cn:s3:::reports'), account)).toEqual(['reports']);
});

test('a trail that comes or goes is no change of the bucket, so that it keeps no undo from being made', () => {
  const state = (trails: readonly string[], policy: string | null = null) => ({ trails, policy });
  expect(stateDiff(state(['a']), state(['b', 'c']), bucket.volatile)).toEqual([]);
  expect(stateDiff(state(['a']), state([], '{}'), bucket.volatile)).toHaveLength(1);
});
