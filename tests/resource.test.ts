import { describe, expect, test } from '@jest/globals';
import {
  type Aws,
  FOREIGN,
  Foreign,
  Gone,
  orNull,
  partitionOf,
  type ResourceRef,
  related,
} from '../shared/resource.ts';

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
  const { resourceType: _, ...key } = { ...instance, resourceId: 'a-key', region: 'eu-central-1' };
  const grants = { 'box:ReadLid': '*' };
  const read = async (aws: Aws, { resourceType, resourceId }: ResourceRef) =>
    `${resourceType} ${resourceId} in ${aws(Object as never)}`;
  const boxWith = (lid: typeof read) => ({
    type: 'AWS::Box::Box',
    gone: ['NoSuchBox'],
    facets: { lid: { grants, read: lid } },
  });
  /** A client that is the name of its region. */
  const aws = ((_: unknown, region = 'eu-west-1') => region) as unknown as Aws;

  test('is read of the resource that the parameters name, in its region', async () => {
    const named = related(boxWith(read), 'lid', (_ref, { name }: { name: string }) => ({ ...key, resourceId: name }));
    expect(await named.read(aws, instance, { name: 'a-box' })).toBe('AWS::Box::Box a-box in eu-central-1');
    expect(named.grants).toBe(grants);
  });

  test.each([
    ['Gone', new Gone('no box')],
    ["the resource's own error", Object.assign(new Error('no box'), { name: 'NoSuchBox' })],
  ])('is null where there is none: %s', async (_name, error) => {
    const missing = boxWith(() => Promise.reject(error));
    expect(await related(missing, 'lid', () => key).read(aws, instance, {})).toBeNull();
    expect(await related(missing, 'lid', () => null).read(aws, instance, {})).toBeNull();
  });

  test('is foreign where the read says that another account owns it', async () => {
    const theirs = boxWith(async () => {
      throw new Foreign('It is theirs.');
    });
    expect(await related(theirs, 'lid', () => key).read(aws, instance, {})).toBe(FOREIGN);
  });

  test('is foreign where another account owns it, and is not read', async () => {
    const unread = boxWith(() => Promise.reject(new Error('it was read')));
    const foreign = related(unread, 'lid', () => ({ ...key, accountId: '444455556666' }));
    expect(await foreign.read(aws, instance, {})).toBe(FOREIGN);
    await expect(related(unread, 'lid', () => key).read(aws, instance, {})).rejects.toThrow('it was read');
  });
});
