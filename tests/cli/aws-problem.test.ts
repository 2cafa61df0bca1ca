import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { awsProblem, inOneLine } from '../../shared/cli/aws-problem.ts';
import { named } from '../support/fake-resource.ts';

afterEach(() => {
  delete process.env.AWS_PROFILE;
  delete process.env.EVENKEEL_TABLE;
});

test.each([
  ['ExpiredTokenException', '', /^the AWS credentials have expired: sign in again \(aws sso login\), then /],
  ['CredentialsProviderError', 'The SSO session has expired', /^the AWS credentials have expired: /],
  [
    'CredentialsProviderError',
    'Could not load credentials from any providers',
    /^there are no AWS credentials: sign in /,
  ],
  ['UnrecognizedClientException', 'x', /^AWS does not know these credentials: check /],
  ['RequestTimeTooSkewed', 'x', /^this machine's clock is wrong: /],
])('%s %s', (name, message, says) => {
  expect(inOneLine(named(name, message))).toMatch(says);
  expect(inOneLine(new Error('cannot tell', { cause: named(name, message) }))).toMatch(says);
  expect(awsProblem(named(name, message))?.isOfCredentials).toBe(true);
});

test('a network that does not answer is no problem of credentials', () => {
  const refused = Object.assign(new Error('getaddrinfo ENOTFOUND sts.eu-west-9.amazonaws.com'), { code: 'ENOTFOUND' });
  expect(awsProblem(refused)).toMatchObject({ isOfCredentials: false });
  expect(inOneLine(refused)).toMatch(/^AWS does not answer \(getaddrinfo ENOTFOUND sts[^)]+\): check the network/);
});

test('a ledger that is named and not there is, by its name', () => {
  const absent = named('ResourceNotFoundException', 'there is no table nope in this region');
  expect(inOneLine(absent)).toBe('there is no table nope in this region');
  process.env.EVENKEEL_TABLE = 'nope';
  expect(inOneLine(absent)).toBe('there is no table nope in this region: check EVENKEEL_TABLE and the region');
  expect(awsProblem(named('ResourceNotFoundException', 'Function not found'))).toBeNull();
});

test('the profile that has to sign in is named, as one argument of a shell', () => {
  process.env.AWS_PROFILE = 'work; rm';
  expect(inOneLine(named('ExpiredToken'))).toContain("(aws sso login --profile 'work; rm')");
});

test('any other error is itself, in one line, without the names of classes', () => {
  const error = new Error('could not list buckets', { cause: named('AccessDeniedException', 'not\nallowed') });
  expect(inOneLine(error)).toBe('could not list buckets (not allowed)');
  expect(awsProblem(error)).toBeNull();
  expect(inOneLine('text')).toBe('text');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => !inOneLine(named('SomeException', text)).includes('\n')),
  );
});
