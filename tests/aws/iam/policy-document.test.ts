import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  conditionsOf,
  decodedPolicy,
  isEveryone,
  isTrusting,
  matchesPattern,
  parsePolicy,
  statementsOf,
  stringsOf,
} from '../../../shared/aws/iam/policy-document.ts';

describe('a policy document', () => {
  test('has its statements in a list or bare, or none', () => {
    expect(statementsOf(parsePolicy('{"Statement":[{"Sid":"a"},{"Sid":"b"}]}'))).toEqual([{ Sid: 'a' }, { Sid: 'b' }]);
    expect(statementsOf(parsePolicy('{"Statement":{"Sid":"a"}}'))).toEqual([{ Sid: 'a' }]);
    expect(statementsOf(parsePolicy('{}'))).toEqual([]);
  });
  test.each(['', 'null', '[]', '"text"', '{'])('is never %j', (text) => {
    expect(() => parsePolicy(text)).toThrow();
  });
  test.each(['{"Resource":"100%25"}', ' { "Resource": "100%" }', '{}'])(
    'is decoded where it is encoded: %s',
    (text) => {
      expect(decodedPolicy(encodeURIComponent(text))).toBe(text);
      expect(decodedPolicy(text)).toBe(text);
    },
  );
  test('has one value or several', () => {
    expect(stringsOf('a')).toEqual(['a']);
    expect(stringsOf(['a', 'b'])).toEqual(['a', 'b']);
    expect(stringsOf(undefined)).toEqual([]);
  });
  test('has conditions by operator and key', () => {
    const condition = { Bool: { 'aws:SecureTransport': false }, StringLike: { 'aws:PrincipalArn': ['a', 'b'] } };
    expect(conditionsOf(condition)).toEqual([
      ['Bool', 'aws:securetransport', ['false']],
      ['StringLike', 'aws:principalarn', ['a', 'b']],
    ]);
    expect(conditionsOf(undefined)).toEqual([]);
  });
});

test.each([
  ['*', true],
  [{ AWS: '*' }, true],
  [{ AWS: ['arn:aws:iam::111122223333:root', '*'] }, true],
  [{ AWS: 'arn:aws:iam::111122223333:root' }, false],
  [{ Service: '*' }, false],
  [undefined, false],
  [null, false],
])('the principal %j is everybody: %j', (principal, expected) => {
  expect(isEveryone(principal)).toBe(expected);
});

describe('a pattern', () => {
  test.each([
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*', 'a', true],
    ['a*c', 'abcbc', true],
    ['a*c', 'abcb', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['**a**', 'bab', true],
    ['a.c', 'abc', false],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/x/y', true],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b', false],
  ])('%j matches %j: %j', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  test('matches what a regular expression would', () => {
    const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 });
    fc.assert(
      fc.property(letters('ab*?'), letters('ab'), (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesPattern(pattern, text)).toBe(expression.test(text));
      }),
    );
  });

  test('that is made to stall does not', () => {
    expect(matchesPattern(`${'*a'.repeat(200)}b`, 'a'.repeat(2000))).toBe(false);
  });
});

describe('a trust policy', () => {
  const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const isTrustingEc2 = (statement: object) =>
    isTrusting({ Statement: { ...trust, ...statement } }, 'ec2.amazonaws.com');

  test.each([
    ['as it is mostly written', {}],
    ['with other services', { Principal: { Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] } }],
    ['with wildcards and other capitals', { Action: ['STS:*'] }],
  ])('lets a service use the role: %s', (_name, statement) => expect(isTrustingEc2(statement)).toBe(true));

  test.each([
    ['it denies', { Effect: 'Deny' }],
    ['it names another service', { Principal: { Service: 'lambda.amazonaws.com' } }],
    ['it names an account', { Principal: { AWS: '111122223333' } }],
    ['it names no principal', { Principal: undefined }],
    ['it allows another action', { Action: 'sts:TagSession' }],
  ])('does not: %s', (_name, statement) => expect(isTrustingEc2(statement)).toBe(false));
});
