import { describe, expect, test } from '@jest/globals';
import { type Aws, FOREIGN, orNull, partitionOf, type ResourceRef, related } from '../shared/resource.ts';

test.each([
  ['aws', 'eu-west-1'],
  ['aws', 'us-east-1'],
  ['aws', 'ca-central-1'],
  ['aws', ''],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('the partition is %s for "%s"', (partition, region) => {
  expect(partitionOf(region)).toBe(partition);
});

describe('orNull', () => {
  const refused = (name: string) => Promise.reject(Object.assign(new Error('no'), { name }));

  test('gives what was read, be it nothing', async () => {
    expect(await orNull(Promise.resolve({ a: 1 }), 'NoSuchBucketPolicy')).toEqual({ a: 1 });
    expect(await orNull(Promise.resolve(undefined), 'NoSuchBucketPolicy')).toBeUndefined();
  });

  test('takes only the errors it is told of for "not configured"', async () => {
    expect(await orNull(refused('NoSuchBucketPolicy'), 'Other', 'NoSuchBucketPolicy')).toBeNull();
    await expect(orNull(refused('AccessDenied'), 'NoSuchBucketPolicy')).rejects.toThrow('no');
    await expect(orNull(refused('AccessDenied'))).rejects.toThrow('no');
    await expect(orNull(Promise.reject('NoSuchBucketPolicy'), 'NoSuchBucketPolicy')).rejects.toBe('NoSuchBucketPolicy');
  });
});

describe('a related facet', () => {
  const instance: ResourceRef = {
    resourceType: 'AWS::EC2::Instance',
    resourceId: 'i-0aa11bb22cc33dd44',
    accountId: '111122223333',
    region: 'eu-west-1',
  };
  const key: ResourceRef = { ...instance, resourceType: 'AWS::KMS::Key', resourceId: 'a-key', region: 'eu-central-1' };
  const rotation = {
    grants: { 'kms:GetKeyRotationStatus': { resources: [], conditions: null } },
    read: async (aws: Aws, { resourceId }: ResourceRef) => `${resourceId} in ${aws(Object as never)}`,
  };
  /** A client that is the name of its region. */
  const aws = ((_: unknown, region = 'eu-west-1') => region) as unknown as Aws;
  const about = (other: ResourceRef | null) => related(rotation as never, async () => other);

  test('is read of the other resource, in its region', async () => {
    expect(await about(key).read(aws, instance)).toBe('a-key in eu-central-1');
  });

  test('is null where there is no other, and foreign where another account owns it: that is not read', async () => {
    expect(await about(null).read(aws, instance)).toBeNull();
    expect(await about({ ...key, accountId: '444455556666' }).read(aws, instance)).toBe(FOREIGN);
  });

  test('is allowed what the other facet reads, and what finds it', () => {
    const finding = { 'ec2:DescribeInstances': rotation.grants['kms:GetKeyRotationStatus'] };
    const { grants } = related(rotation as never, async () => key, finding as never);
    expect(grants).toEqual({ ...finding, ...rotation.grants });
  });
});
