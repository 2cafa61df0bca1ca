import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from '@jest/globals';
import { parameter } from '../../../shared/resources/ssm/parameter.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const NAME = '/prod/db/password';

testResource(parameter, {
  events: {
    'ssm/PutParameter': [NAME],
    'ssm/DeleteParameter': [NAME],
    'ssm/DeleteParameters': [NAME, '/prod/db/host'],
    'ssm/AddTagsToResource.parameter': [NAME],
    'ssm/AddTagsToResource': [],
    'ssm/RemoveTagsFromResource.parameter': [NAME],
  },
});

test('a parameter is read without its value', async () => {
  const account = await testAccount();
  const ssm = account.aws()(SSMClient);
  const Value = 'correct horse battery';
  const Tags = [{ Key: 'team', Value: 'web' }];
  await ssm.send(new PutParameterCommand({ Name: NAME, Type: 'String', Value, Tags }));
  await ssm.send(new PutParameterCommand({ Name: 'encrypted-password', Type: 'SecureString', Value }));
  await ssm.send(new PutParameterCommand({ Name: 'greeting', Type: 'String', Value }));
  await expectDeclaredReads(parameter, NAME, account);
  // Of a SecureString alone, the list says all.
  expect(await expectListedAsRead(parameter, account)).toEqual(['content']);
  const refTo = (resourceId: string) => ({ ...account, resourceType: parameter.type, resourceId });
  const { read } = parameter.facets.content;
  expect(await read(account.aws(), refTo(NAME))).toEqual({ Type: 'String', secret: 'a secret by its name' });
  expect(await read(account.aws(), refTo('encrypted-password'))).toEqual({ Type: 'SecureString', secret: null });
  expect(await read(account.aws(), refTo('greeting'))).toEqual({ Type: 'String', secret: null });
  await expect(read(account.aws(), refTo('none'))).rejects.toMatchObject({ name: parameter.gone[0] });
  expect(await parameter.ownership?.read(account.aws(), refTo(NAME))).toEqual({ tags: { team: 'web' }, service: null });
});

test('a parameter is named by its ARN, too, with a path or without', async () => {
  const account = await testAccount();
  const told = (name: string) => {
    const event = sampleEvent('ssm/DeleteParameter', { '111122223333': account.accountId });
    const arn = `arn:aws:ssm:${account.region}:${account.accountId}:parameter/${name}`;
    return JSON.parse(JSON.stringify(event).replaceAll(NAME, arn));
  };
  expect(await idsFrom(parameter, told('prod/db/password'), account)).toEqual([NAME]);
  expect(await idsFrom(parameter, told('password'), account)).toEqual(['password']);
});
