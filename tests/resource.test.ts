import { describe, expect, test } from '@jest/globals';
import { orNull, partitionOf } from '../shared/resource.ts';

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
