import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import type { AnyResource } from '../../shared/control.ts';
import type { Aws, ClientClass } from '../../shared/resource.ts';
import { cloudtrailAccount } from '../../shared/resources/cloudtrail/account.ts';
import { configAccount } from '../../shared/resources/config/account.ts';
import { ec2Account } from '../../shared/resources/ec2/account.ts';
import { instance } from '../../shared/resources/ec2/instance.ts';
import { securityGroup } from '../../shared/resources/ec2/security-group.ts';
import { snapshot } from '../../shared/resources/ec2/snapshot.ts';
import { volume } from '../../shared/resources/ec2/volume.ts';
import { s3Account } from '../../shared/resources/s3/account.ts';
import { bucket } from '../../shared/resources/s3/bucket.ts';
import { REGION, SAMPLE_ACCOUNT } from '../support/samples.ts';

interface Asked {
  readonly NextToken?: string;
  readonly ContinuationToken?: string;
  readonly RestorableByUserIds?: readonly string[];
}

/** Three pages of two, however large pages are asked for; the local account has all on one. */
const TOKENS = [undefined, 'second', 'third'];
const page = (asked: Asked) => TOKENS.indexOf(asked.NextToken ?? asked.ContinuationToken);
const idsOn = (asked: Asked) => [0, 1].map((n) => `r-${page(asked) * 2 + n}`);
const after = (asked: Asked) => TOKENS[page(asked) + 1];

const ANSWERS: Readonly<Record<string, (asked: Asked) => object>> = {
  DescribeVolumes: (asked) => ({ Volumes: idsOn(asked).map((VolumeId) => ({ VolumeId })), NextToken: after(asked) }),
  DescribeInstances: (asked) => ({
    Reservations: [{ Instances: idsOn(asked).map((InstanceId) => ({ InstanceId })) }],
    NextToken: after(asked),
  }),
  DescribeSnapshots: (asked) =>
    asked.RestorableByUserIds?.length
      ? { Snapshots: [{ SnapshotId: 'r-5' }], NextToken: '' }
      : { Snapshots: idsOn(asked).map((SnapshotId) => ({ SnapshotId })), NextToken: after(asked) },
  DescribeSecurityGroups: (asked) => ({
    SecurityGroups: idsOn(asked).map((GroupId) => ({ GroupId })),
    NextToken: after(asked),
  }),
  DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
  DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [] }),
  ListBuckets: (asked) => ({ Buckets: idsOn(asked).map((Name) => ({ Name })), ContinuationToken: after(asked) }),
};

/** The SDK's pagers insist on a client of their own class. */
const aws = ((type: ClientClass<object>) =>
  Object.assign(Object.create((type === (S3Client as never) ? S3Client : EC2Client).prototype), {
    send: async (command: { constructor: { name: string }; input: Asked }) =>
      ANSWERS[command.constructor.name.replace('Command', '')]?.(command.input),
  })) as unknown as Aws;

const pagesOf = async (resource: AnyResource, from?: string) =>
  (await Array.fromAsync(resource.list(aws, { accountId: SAMPLE_ACCOUNT, region: REGION }, from))).map(
    ({ items, next }) => [items.map(({ resourceId }) => resourceId), next],
  );

describe.each<[string, AnyResource]>([
  ['volumes', volume],
  ['instances', instance],
  ['snapshots', snapshot],
  ['security groups', securityGroup],
  ['buckets', bucket],
])('%s', (_name, resource) => {
  const second = [['r-2', 'r-3'], 'third'];
  const third = [['r-4', 'r-5'], null];

  test('come in pages, each with the token of the next', async () => {
    expect(await pagesOf(resource)).toEqual([[['r-0', 'r-1'], 'second'], second, third]);
  });

  test('go on from a token', async () => {
    expect(await pagesOf(resource, 'second')).toEqual([second, third]);
    expect(await pagesOf(resource, 'third')).toEqual([third]);
  });
});

test('a snapshot that is public is read by itself also where the listing goes on from a token', async () => {
  const [last] = await Array.fromAsync(snapshot.list(aws, { accountId: SAMPLE_ACCOUNT, region: REGION }, 'third'));
  expect(last?.items).toEqual([
    { resourceId: 'r-4', facets: { createVolumePermission: { public: false } } },
    { resourceId: 'r-5' },
  ]);
});

test.each<[string, AnyResource, true | undefined]>([
  ['S3', s3Account, true],
  ['CloudTrail', cloudtrailAccount, true],
  ['EC2', ec2Account, undefined],
  ['AWS Config', configAccount, undefined],
])('the settings of an account for %s are one, for the account or in each region', async (_name, resource, global) => {
  expect(await pagesOf(resource)).toEqual([[[SAMPLE_ACCOUNT], null]]);
  expect(resource.global).toBe(global);
});
