import { expect, test } from '@jest/globals';
import { ACCESS_LOGS, grantsLogDelivery, letsDeliver } from '../../../shared/aws/s3/log-delivery.ts';

const delivery = { Effect: 'Allow', Principal: { Service: ACCESS_LOGS }, Action: 's3:PutObject', Resource: '*' };

test.each<[string, object, boolean]>([
  ['the service may put objects', delivery, true],
  ['among others', { ...delivery, Principal: { Service: ['redshift.amazonaws.com', ACCESS_LOGS] } }, true],
  ['by a pattern', { ...delivery, Action: ['s3:Get*', 's3:Put*'] }, true],
  ['it may not', { ...delivery, Effect: 'Deny' }, false],
  ['it may read only', { ...delivery, Action: 's3:GetObject' }, false],
  ['another service may', { ...delivery, Principal: { Service: 'redshift.amazonaws.com' } }, false],
  ['an account may', { ...delivery, Principal: { AWS: '111122223333' } }, false],
])('%s', (_name, statement, expected) => {
  expect(letsDeliver(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), ACCESS_LOGS)).toBe(expected);
});

test('without a policy nobody delivers', () => {
  expect(letsDeliver(null, ACCESS_LOGS)).toBe(false);
});

test('an ACL lets logs in by the group for their delivery, where it may write', () => {
  const group = { Type: 'Group' as const, URI: 'http://acs.amazonaws.com/groups/s3/LogDelivery' };
  const everybody = { Type: 'Group' as const, URI: 'http://acs.amazonaws.com/groups/global/AllUsers' };
  expect(grantsLogDelivery([{ Grantee: group, Permission: 'WRITE' }])).toBe(true);
  expect(grantsLogDelivery([{ Grantee: group, Permission: 'READ_ACP' }])).toBe(false);
  expect(grantsLogDelivery([{ Grantee: everybody, Permission: 'WRITE' }])).toBe(false);
});
