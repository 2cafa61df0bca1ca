import { describe, expect, test } from '@jest/globals';
import { grantName, isBlocked, publicGrants, publicPolicy, whyNotBlock } from '../../../shared/aws/s3/public-bucket.ts';
import { Unreadable } from '../../../shared/resource.ts';

const OWN = '111122223333';
const open = { Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const partner = { ...open, Sid: 'Partner', Principal: { AWS: 'arn:aws:iam::444455556666:root' } };
const text = (...Statement: object[]) => JSON.stringify({ Statement });
const unknown = new Unreadable("S3's word on the policy", new Error('AccessDenied'));

describe('a bucket policy is public', () => {
  test.each<[string, string | null, boolean | null | Unreadable, string | null]>([
    ['by the word of S3 and its text', text(open), true, 'statement "Open"'],
    ['by the word of S3 alone', text(partner), true, 'S3 reports'],
    ['by its text where S3 does not say', text(open), unknown, 'statement "Open"'],
    ['not, by the word of S3', text(open), false, null],
    ['not, by its text where S3 does not say', text(partner), unknown, null],
    ['not where there is none', null, null, null],
  ])('%s', (_, policy, policyStatus, says) => {
    const found = publicPolicy({ policy, policyStatus: { isPublic: policyStatus } });
    if (says === null) expect(found).toBeNull();
    else expect(found?.says).toContain(says);
  });
});

test('a flag holds where it is on for the bucket or for its account', () => {
  const on = { RestrictPublicBuckets: true };
  const blocks = (own: object | null, account: object | null) => ({
    publicAccessBlock: own,
    accountPublicAccessBlock: account,
  });
  expect(isBlocked(blocks(on, null), 'RestrictPublicBuckets')).toBe(true);
  expect(isBlocked(blocks({}, on), 'RestrictPublicBuckets')).toBe(true);
  expect(isBlocked(blocks(on, on), 'IgnorePublicAcls')).toBe(false);
});

test('grants to everybody are those to the two groups of the world', () => {
  const to = (URI: string) => ({ Grantee: { Type: 'Group' as const, URI }, Permission: 'READ' as const });
  const everybody = to('http://acs.amazonaws.com/groups/global/AllUsers');
  const signedIn = to('http://acs.amazonaws.com/groups/global/AuthenticatedUsers');
  const logs = to('http://acs.amazonaws.com/groups/s3/LogDelivery');
  const found = publicGrants({ Owner: { ID: 'x' }, Grants: [everybody, logs, signedIn] });
  expect(found).toEqual([everybody, signedIn]);
  expect(found.map(grantName)).toEqual(['READ to AllUsers', 'READ to AuthenticatedUsers']);
});

describe('the block would harm', () => {
  const state = { policy: text(open), policyStatus: { isPublic: unknown }, website: null };
  test.each<[string, object, string | null]>([
    ['nobody where only the public is let in', {}, null],
    ['a website', { website: {} }, 'website'],
    ['accounts that a public policy lets in too', { policy: text(open, partner) }, '444455556666'],
    ['nobody where the policy is not public', { policy: text(partner) }, null],
    ['nobody of the own account', { policy: text(open, { ...partner, Principal: { AWS: OWN } }) }, null],
    ['no service', { policy: text(open, { ...partner, Principal: { Service: 'cloudtrail.amazonaws.com' } }) }, null],
    [
      'accounts where S3 alone calls it public',
      { policy: text(partner), policyStatus: { isPublic: true } },
      '444455556666',
    ],
  ])('%s', (_, change, says) => {
    const reason = whyNotBlock({ ...state, ...change }, OWN);
    if (says === null) expect(reason).toBeNull();
    else expect(reason).toContain(says);
  });
});
