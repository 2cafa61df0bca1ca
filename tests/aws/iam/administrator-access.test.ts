import { describe, expect, test } from '@jest/globals';
import { administratorAccess } from '../../../shared/aws/iam/administrator-access.ts';

const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (rest: object) => ({ Effect: 'Allow', ...rest });

describe('a policy allows everything', () => {
  test.each<[string, string]>([
    ['a star on a star', policy(allow({ Action: '*', Resource: '*' }))],
    ['a bare statement', JSON.stringify({ Statement: allow({ Action: '*', Resource: '*' }) })],
    ['lists', policy(allow({ Action: ['s3:Get*', '*:*'], Resource: ['arn:aws:s3:::b', '*'] }))],
    ['more stars than needed', policy(allow({ Action: '**', Resource: '**' }))],
    ['a resource of only stars', policy(allow({ Action: '*', Resource: 'arn:aws:*:*:*:*' }))],
    ['any partition', policy(allow({ Action: '*', Resource: 'arn:*' }))],
    ['other capitals', '{"statement":[{"effect":"allow","action":"*","resource":"*"}]}'],
    ['a second statement', policy(allow({ Action: 's3:*', Resource: '*' }), allow({ Action: '*', Resource: '*' }))],
    [
      'a condition',
      policy(allow({ Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } })),
    ],
    [
      'an exception in another statement',
      policy(allow({ NotAction: 'iam:*', Resource: '*' }), allow({ Action: '*', Resource: '*' })),
    ],
  ])('%s', (_, text) => expect(administratorAccess(text)).toBe('full'));
});

describe('a policy allows all but what it names', () => {
  test.each<[string, object]>([
    ['actions', { NotAction: ['iam:*', 'organizations:*'], Resource: '*' }],
    ['resources', { Action: '*', NotResource: 'arn:aws:s3:::payroll/*' }],
  ])('%s', (_, statement) => expect(administratorAccess(policy(allow(statement)))).toBe('by exception'));
});

describe('a policy does not allow everything', () => {
  test.each<[string, string]>([
    ['no statements', policy()],
    ['every action of a service', policy(allow({ Action: 's3:*', Resource: '*' }))],
    ['every action on one bucket', policy(allow({ Action: '*', Resource: 'arn:aws:s3:::b/*' }))],
    ['every action on every bucket', policy(allow({ Action: '*', Resource: 'arn:aws:s3:::*' }))],
    ['all but some actions on one bucket', policy(allow({ NotAction: 's3:Put*', Resource: 'arn:aws:s3:::b' }))],
    ['a deny', policy({ Effect: 'Deny', Action: '*', Resource: '*' })],
    [
      'a star in one statement, a star in another',
      policy(allow({ Action: '*', Resource: 'arn:aws:s3:::b' }), allow({ Action: 's3:*', Resource: '*' })),
    ],
  ])('%s', (_, text) => expect(administratorAccess(text)).toBeNull());
});

test('what is no policy is not judged', () => expect(() => administratorAccess('[]')).toThrow('not a JSON object'));
