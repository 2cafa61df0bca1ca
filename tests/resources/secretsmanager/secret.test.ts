import { CreateSecretCommand, RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, test } from '@jest/globals';
import { secret } from '../../../shared/resources/secretsmanager/secret.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, idsFrom, testResource } from '../../support/test-resource.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-A1b2C3';

testResource(secret, {
  events: {
    'secretsmanager/CreateSecret': [ARN],
    'secretsmanager/UpdateSecret': [ARN],
    'secretsmanager/RotateSecret': [ARN],
    'secretsmanager/CancelRotateSecret': [ARN],
    'secretsmanager/DeleteSecret': [ARN],
    'secretsmanager/RestoreSecret': [ARN],
    'secretsmanager/RotationFailed': [ARN],
    'secretsmanager/RotationSucceeded': [ARN],
    'secretsmanager/RotationSucceeded.managed': [ARN],
    'secretsmanager/TagResource': [ARN],
    'secretsmanager/UntagResource': [ARN],
  },
});

test('a secret is read without its value, and found by its name', async () => {
  const account = await testAccount();
  const client = account.aws()(SecretsManagerClient);
  const Tags = [{ Key: 'team', Value: 'web' }];
  const created = new CreateSecretCommand({ Name: 'prod/db', SecretString: 'correct horse', Tags });
  const resourceId = (await client.send(created)).ARN ?? '';
  await expectDeclaredReads(secret, resourceId, account);
  const ref = { resourceType: secret.type, resourceId, accountId: account.accountId, region: account.region };
  const { read } = secret.facets.rotation;
  const fresh = await read(account.aws(), ref);
  expect(fresh).toMatchObject({
    RotationEnabled: false,
    LastRotatedDate: null,
    DeletedDate: null,
    OwningService: null,
  });
  await client.send(new RotateSecretCommand({ SecretId: resourceId, RotationRules: { AutomaticallyAfterDays: 30 } }));
  const rotating = await read(account.aws(), ref);
  expect(rotating).toMatchObject({ RotationEnabled: true, NextRotationDate: expect.stringMatching(/^\d{4}-/) });
  expect(JSON.stringify([fresh, rotating])).not.toContain('horse');
  expect(await secret.ownership?.read(account.aws(), ref)).toEqual({ tags: { team: 'web' }, service: null });

  const named = sampleEvent('secretsmanager/UpdateSecret.by-name', { '111122223333': account.accountId });
  expect(await idsFrom(secret, named, account)).toEqual([resourceId]);
  const unknown = JSON.parse(JSON.stringify(named).replaceAll('prod/db', 'prod/none'));
  expect(await idsFrom(secret, unknown, account)).toEqual([]);
});
