import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyPrefix, refOfKey, resourceKey } from '../../shared/ledger/keys.ts';
import { REF } from '../support/ledger-fixtures.ts';

test('no two resources share a key, and a key names its resource', () => {
  const refs = [
    REF,
    { ...REF, resourceId: 'sg-2' },
    { ...REF, resourceId: 'a|b' },
    { ...REF, region: 'us-east-1' },
    { ...REF, accountId: '444455556666' },
    { ...REF, resourceType: 'AWS::EC2::VPC' },
  ];
  const keys = [...refs.map((ref) => resourceKey('ec2', ref)), resourceKey('s3', REF)];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.map(refOfKey)).toEqual([...refs, REF]);
});

test('the keys of a service in a region begin with its prefix, and no others do', () => {
  const scope = { accountId: REF.accountId, region: REF.region, service: 'ec2' };
  expect(resourceKey('ec2', REF).startsWith(keyPrefix(scope))).toBe(true);
  for (const other of [
    { ...scope, service: 'ec' },
    { ...scope, service: 'ec2s' },
    { ...scope, region: 'eu-west-11' },
    { ...scope, accountId: '444455556666' },
  ])
    expect(resourceKey('ec2', REF).startsWith(keyPrefix(other))).toBe(false);
});

test('whatever a resource is called, its key names it', () => {
  fc.assert(
    fc.property(fc.string(), (resourceId) => {
      expect(refOfKey(resourceKey('ec2', { ...REF, resourceId }))).toEqual({ ...REF, resourceId });
    }),
  );
});
