import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSecretName, secretIn } from '../../shared/aws/secrets.ts';

describe('a name is that of a secret', () => {
  test.each([
    'DB_PASSWORD',
    'dbPassword',
    'PASSWORD',
    'MYSQL_PWD',
    'db-pass',
    '/prod/db/password',
    'STRIPE_SECRET',
    'ClientSecret',
    'GITHUB_TOKEN',
    'API_KEY',
    'apiKey',
    'apikey',
    'APIKey',
    'PRIVATE_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'GOOGLE_CREDENTIALS',
    'PASSWORD2',
  ])('%s', (name) => expect(isSecretName(name)).toBe(true));
});

describe('a name is not that of a secret', () => {
  test.each([
    'DB_HOST',
    'COMPASS_URL',
    'BYPASS_CACHE',
    'PASSENGER',
    'SECRET_ARN',
    'DB_SECRET_NAME',
    'TOKEN_URL',
    'MAX_TOKENS',
    'PASSWORD_MIN_LENGTH',
    'API_KEY_ID',
    'TOKEN_TTL_SECONDS',
    'PARTITION_KEY',
    'KEY',
    'TOKENIZER',
    '',
  ])('%s', (name) => expect(isSecretName(name)).toBe(false));
});

// Put together here, so that no scanner takes this file for a leak.
const pem = (kind: string) => ['-----BEGIN ', kind, 'PRIVATE KEY-----\nMIIE'].join('');
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'c2lnbmF0dXJlLW9mLXRoZS10b2tlbg'].join('.');

describe('a value is a secret by its form, whatever it is called', () => {
  test.each<[string, string]>([
    [`AKIA${'IOSFODNN7EXAMPLE'.replace(/[018 9]/g, '2')}`, 'an AWS access key'],
    [pem(''), 'a private key'],
    [pem('RSA '), 'a private key'],
    [pem('OPENSSH '), 'a private key'],
    [jwt, 'a JSON Web Token'],
    [`Bearer ${jwt}`, 'a JSON Web Token'],
    [`ghp_${'a1'.repeat(18)}`, 'a token of GitHub'],
    [`glpat-${'a1'.repeat(10)}`, 'a token of GitLab'],
    [`xoxb-${'1'.repeat(12)}`, 'a token of Slack'],
    [`sk_live_${'a1'.repeat(10)}`, 'a key of Stripe'],
    [`AIza${'aB'.repeat(17)}c`, 'a key of Google'],
    ['postgres://app:hunter2@db.example.com:5432/app', 'a URL with a password'],
    ['redis://:hunter2@cache.example.com', 'a URL with a password'],
    ['Server=db;User Id=app;Password=hunter2;', 'a connection string with a password'],
    ['wJalrXUtnFEMI/K7MDENG+bPxRfiCYzx3m9QpLs0', 'a random text like a key'],
  ])('%# %s', (value, what) => expect(secretIn('CONFIG', value)).toBe(what));
});

describe('a value is no secret', () => {
  test.each<[string, string]>([
    ['DB_PASSWORD', ''],
    ['DB_PASSWORD', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-A1b2C3'],
    ['DB_PASSWORD', '{{resolve:secretsmanager:prod/db}}'],
    ['DB_PASSWORD', '${SECRET}'],
    ['DB_PASSWORD', '/prod/db/password'],
    ['DB_PASSWORD', 'ssm:/prod/db/password'],
    ['USE_TOKEN', 'true'],
    ['TOKEN', 'https://login.example.com/oauth2/token'],
    ['TOKEN', '3600'],
    ['URL', 'https://user@example.com/path'],
    ['URL', 'postgres://app:${DB_PASSWORD}@db.example.com/app'],
    ['COMMIT', '4b825dc642cb6eb9a060e54bf8d69288fbee4904'],
    ['DIGEST', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['ID', '3f0c6a53-2c0e-4a39-9a0e-1f6f0a6d2b11'],
    ['CLASS', 'com.example.reports.MonthlyReportHandlerFactory2'],
    ['TABLE', 'my-application-production-Orders-2026-table'],
    ['TEXT', 'the quick brown fox jumps over the lazy dog'],
  ])('%s %s', (name, value) => expect(secretIn(name, value)).toBeNull());
});

test('a value that is called like a secret is one', () => {
  expect(secretIn('DB_PASSWORD', 'hunter2')).toBe('a secret by its name');
  expect(secretIn('DB_PASSWORD', ' hunter2\n')).toBe('a secret by its name');
  expect(secretIn('GREETING', 'hunter2')).toBeNull();
});

/** As random as a key of 40 characters, and the same in every run. */
const randomKey = (seed: number) => createHash('sha256').update(`${seed}`).digest().subarray(0, 30).toString('base64');

test('random keys are found', () => {
  const keys = Array.from({ length: 500 }, (_, seed) => randomKey(seed)).filter(
    (key) => /\d/.test(key) && /[a-z]/.test(key) && /[A-Z]/.test(key) && !key.startsWith('/'),
  );
  expect(keys.length).toBeGreaterThan(480);
  expect(keys.filter((key) => secretIn('X', key) === null)).toEqual([]);
});

test('what is said of a value never holds a part of it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 4 }), (name, value) => {
      const what = secretIn(name, value);
      if (what !== null && !/^[a-z ]+$/i.test(value)) expect(what).not.toContain(value);
    }),
  );
});

test('no value takes long', () => {
  const started = process.cpuUsage();
  for (const text of [
    'a:'.repeat(200_000),
    'password = '.repeat(50_000),
    'eyJ'.repeat(100_000),
    '-----BEGIN A '.repeat(50_000),
  ])
    secretIn('X', text);
  const { user } = process.cpuUsage(started);
  expect(user).toBeLessThan(1_000_000);
});
