import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact, redactedCall, redactTags } from '../../../shared/engine/run/redact.ts';

const REDACTED = '[REDACTED]';

describe('redacted is', () => {
  test.each([
    'Password',
    'MasterUserPassword',
    'db_password',
    'Passphrase',
    'SecretAccessKey',
    'SecretString',
    'secret',
    'privateKey',
    'PRIVATE_KEY',
    'AccessKey',
    'access_key',
    'AccessKeys',
    'apiKey',
    'api-key',
    'SessionToken',
    'AuthToken',
    'auth_token',
    'UserData',
    'Credentials',
  ])('what stands in %s, however deep', (name) => {
    expect(redact({ [name]: 'hush' })).toEqual({ [name]: REDACTED });
    expect(redact([{ a: { [name]: 'hush', b: 'said' } }])).toEqual([{ a: { [name]: REDACTED, b: 'said' } }]);
    expect(redact({ [name]: ['hush', ['hush']] })).toEqual({ [name]: [REDACTED, [REDACTED]] });
    expect(redact({ [name]: { Value: 'hush' } })).toEqual({ [name]: { Value: REDACTED } });
  });

  test.each(['Key', 'key', 'Name', 'name'])('the value of a pair whose %s says that it is a secret', (key) => {
    expect(redact([{ [key]: 'DB_PASSWORD', Value: 'hush' }])).toEqual([{ [key]: 'DB_PASSWORD', Value: REDACTED }]);
    expect(redact([{ [key]: 'Owner', Value: 'web' }])).toEqual([{ [key]: 'Owner', Value: 'web' }]);
  });
});

describe('kept is', () => {
  test.each<[string, unknown]>([
    ['where a secret is stored', { SecretArn: 'arn:aws:secretsmanager:…', SecretsManagerArn: 'arn' }],
    ['what is no text', { PasswordResetRequired: true, secretAge: 4, credentials: null }],
    ['the id of an access key', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', access_key_ids: ['AKIA'], ApiKeyId: 'k-1' }],
    ['what only sounds like it', { PublicAccessBlockConfiguration: { BlockPublicAcls: true }, KmsKeyId: 'key/1' }],
    ['who opened what', { IpPermissions: [{ CidrIp: '0.0.0.0/0', Description: 'the password desk' }] }],
  ])('%s', (_what, state) => {
    expect(redact(state)).toEqual(state);
  });

  test('nothing where there is nothing, and dates as texts', () => {
    expect(redact(undefined)).toBeNull();
    expect(redact(null)).toBeNull();
    expect(redact({ at: new Date(0) })).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  });

  test('whatever it was given as it was', () => {
    const state = Object.freeze({ Password: 'hush', list: Object.freeze(['a']) });
    redact(state);
    expect(state).toEqual({ Password: 'hush', list: ['a'] });
  });
});

test('no secret gets through, and nothing else is lost, wherever they stand', () => {
  const secret = fc.constantFrom('Password', 'SecretKey', 'userData');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constant('said'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.tuple(fc.constantFrom('a', 'Tags', 'Value'), tie('tree')).map(([name, member]) => ({ [name]: member })),
      secret.map((name) => ({ [name]: ['hush', { Value: 'hush' }] })),
      secret.map((name) => ({ Key: name, Value: 'hush', Name: 'said' })),
    ),
  }));
  const count = (value: unknown, word: string) => JSON.stringify(value).split(`"${word}"`).length - 1;
  fc.assert(
    fc.property(tree, (state) => {
      const kept = redact(state);
      expect(count(kept, 'hush')).toBe(0);
      expect(count(kept, 'said')).toBe(count(state, 'said'));
      expect(redact(kept)).toEqual(kept);
    }),
  );
});

describe('a policy in a text', () => {
  const policy = (referer: string) =>
    JSON.stringify({ Statement: [{ Effect: 'Allow', Condition: { StringEquals: { 'aws:Referer': [referer] } } }] });

  test('is kept without what a condition compares with a secret', () => {
    expect(redact({ Policy: policy('hunter2') })).toEqual({ Policy: policy('[REDACTED]') });
    expect(
      JSON.stringify(
        redactedCall({ service: 's3', operation: 'PutBucketPolicy', input: { Policy: policy('hunter2') } }),
      ),
    ).not.toContain('hunter2');
  });

  test('without secrets stays as it is written', () => {
    const text = '{ "Statement": [ { "Effect":"Deny", "Resource": "password-store" } ] }';
    expect(redact({ Policy: text })).toEqual({ Policy: text });
    expect(redact({ Policy: '{ "password": broken' })).toEqual({ Policy: '{ "password": broken' });
  });
});

test('an undo call keeps everything but secret values of tags', () => {
  const input = {
    GroupId: 'sg-1',
    IpPermissions: [{ FromPort: 22 }],
    TagSpecifications: [
      {
        Tags: [
          { Key: 'db-password', Value: 'hunter2' },
          { Key: 'env', Value: 'prod' },
        ],
      },
    ],
  };
  expect(redactTags(input)).toEqual({
    ...input,
    TagSpecifications: [
      {
        Tags: [
          { Key: 'db-password', Value: '[REDACTED]' },
          { Key: 'env', Value: 'prod' },
        ],
      },
    ],
  });
});
