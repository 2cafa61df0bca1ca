import { expect, test } from '@jest/globals';
import { accountArn, globalRegionOf } from '../../shared/aws/partitions.ts';

test.each([
  ['eu-west-1', 'us-east-1'],
  ['us-east-1', 'us-east-1'],
  ['cn-northwest-1', 'cn-north-1'],
  ['us-gov-east-1', 'us-gov-west-1'],
  ['eusc-de-east-1', 'eusc-de-east-1'],
  ['us-iso-west-1', 'us-iso-east-1'],
])('what belongs to no region and is named in %s stands in %s', (region, global) => {
  expect(globalRegionOf(region)).toBe(global);
});

test('an account has an ARN in the partition of the region', () => {
  const accountId = '111122223333';
  expect(accountArn({ accountId, region: 'eu-west-1' })).toBe(`arn:aws:iam::${accountId}:root`);
  expect(accountArn({ accountId, region: 'cn-north-1' })).toBe(`arn:aws-cn:iam::${accountId}:root`);
  expect(accountArn({ accountId, region: 'us-gov-east-1' })).toBe(`arn:aws-us-gov:iam::${accountId}:root`);
  expect(accountArn({ accountId, region: 'eusc-de-east-1' })).toBe(`arn:aws-eusc:iam::${accountId}:root`);
  expect(accountArn({ accountId, region: 'us-iso-east-1' })).toBe(`arn:aws-iso:iam::${accountId}:root`);
  expect(accountArn({ accountId, region: 'us-isob-east-1' })).toBe(`arn:aws-iso-b:iam::${accountId}:root`);
  expect(accountArn({ accountId, region: 'eu-isoe-west-1' })).toBe(`arn:aws-iso-e:iam::${accountId}:root`);
});
