import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withoutSecrets } from '../../../shared/engine/reconcile/redact.ts';

const HIDDEN = '[not kept]';

describe('a record is without', () => {
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
    'apiKey',
    'api-key',
    'SessionToken',
    'AuthToken',
    'auth_token',
    'UserData',
    'Credentials',
  ])('what stands in %s, however deep', (name) => {
    expect(withoutSecrets({ [name]: 'hush' })).toEqual({ [name]: HIDDEN });
    expect(withoutSecrets([{ a: { [name]: 'hush', b: 'said' } }])).toEqual([{ a: { [name]: HIDDEN, b: 'said' } }]);
    expect(withoutSecrets({ [name]: ['hush', ['hush']] })).toEqual({ [name]: [HIDDEN, [HIDDEN]] });
    expect(withoutSecrets({ [name]: { Value: 'hush' } })).toEqual({ [name]: { Value: HIDDEN } });
  });

  test.each(['Key', 'key', 'Name', 'name'])('the value of a pair whose %s says that it is a secret', (key) => {
    expect(withoutSecrets([{ [key]: 'DB_PASSWORD', Value: 'hush' }])).toEqual([
      { [key]: 'DB_PASSWORD', Value: HIDDEN },
    ]);
    expect(withoutSecrets([{ [key]: 'Owner', Value: 'web' }])).toEqual([{ [key]: 'Owner', Value: 'web' }]);
  });
});

describe('a record keeps', () => {
  test.each<[string, unknown]>([
    ['where a secret is kept', { SecretArn: 'arn:aws:secretsmanager:…', SecretsManagerArn: 'arn' }],
    ['what is no text', { PasswordResetRequired: true, secretAge: 4, credentials: null }],
    ['what only sounds like it', { PublicAccessBlockConfiguration: { BlockPublicAcls: true }, KmsKeyId: 'key/1' }],
    ['who opened what', { IpPermissions: [{ CidrIp: '0.0.0.0/0', Description: 'the password desk' }] }],
  ])('%s', (_what, state) => {
    expect(withoutSecrets(state)).toEqual(state);
  });

  test('nothing where there is nothing, and dates as texts', () => {
    expect(withoutSecrets(undefined)).toBeNull();
    expect(withoutSecrets(null)).toBeNull();
    expect(withoutSecrets({ at: new Date(0) })).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  });

  test('whatever it was given as it was', () => {
    const state = Object.freeze({ Password: 'hush', list: Object.freeze(['a']) });
    withoutSecrets(state);
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
      const kept = withoutSecrets(state);
      expect(count(kept, 'hush')).toBe(0);
      expect(count(kept, 'said')).toBe(count(state, 'said'));
      expect(withoutSecrets(kept)).toEqual(kept);
    }),
  );
});
