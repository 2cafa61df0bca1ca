import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { expect, test } from '@jest/globals';
import { lambdaFunction } from '../../../shared/resources/lambda/function.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, idsFrom, testResource } from '../../support/test-resource.ts';

const NAME = 'resize-images';

testResource(lambdaFunction, {
  events: {
    'lambda/AddPermission20150331v2': [NAME],
    'lambda/AddPermission20150331': [NAME],
    'lambda/AddPermission': [NAME],
    'lambda/RemovePermission20150331v2': [NAME],
    'lambda/RemovePermission20150331': [NAME],
    'lambda/RemovePermission': [NAME],
    'lambda/CreateFunctionUrlConfig': [NAME],
    'lambda/CreateFunctionUrlConfig20211031': [NAME],
    'lambda/UpdateFunctionUrlConfig': [NAME],
    'lambda/UpdateFunctionUrlConfig20211031': [NAME],
    'lambda/DeleteFunctionUrlConfig': [NAME],
    'lambda/DeleteFunctionUrlConfig20211031': [NAME],
    'lambda/DeleteFunction20150331': [NAME],
    'lambda/DeleteFunction': [NAME],
    'lambda/TagResource20170331v2': [NAME],
    'lambda/TagResource20170331': [NAME],
    'lambda/TagResource': [NAME],
    'lambda/UntagResource20170331v2': [NAME],
    'lambda/UntagResource20170331': [NAME],
    'lambda/UntagResource': [NAME],
  },
});

test('a function is read with no more than the declared actions, its policy as text', async () => {
  const account = await testAccount();
  const lambda = account.aws()(LambdaClient);
  const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}';
  const { Role } = await account
    .aws()(IAMClient)
    .send(new CreateRoleCommand({ RoleName: 'x', AssumeRolePolicyDocument }));
  const create = {
    FunctionName: NAME,
    Role: Role?.Arn,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Tags: { team: 'images' },
  } as const;
  await lambda.send(new CreateFunctionCommand({ ...create, Code: { ZipFile: Buffer.from('x') } }));
  const { accountId, region } = account;
  const ref = { resourceType: lambdaFunction.type, resourceId: NAME, accountId, region };
  const { policies, urls } = lambdaFunction.facets;
  expect(await policies.read(account.aws(), ref)).toEqual([]);
  expect(await urls.read(account.aws(), ref)).toEqual([]);

  const permission = { FunctionName: NAME, StatementId: 'Open', Action: 'lambda:InvokeFunction', Principal: '*' };
  await lambda.send(new AddPermissionCommand(permission));
  await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: NAME, AuthType: 'NONE' }));
  await expectDeclaredReads(lambdaFunction, NAME, account);
  expect(await policies.read(account.aws(), ref)).toEqual([
    { qualifier: null, text: expect.stringContaining('"Open"') },
  ]);
  expect(await urls.read(account.aws(), ref)).toEqual([{ qualifier: null, AuthType: 'NONE' }]);
  expect(await lambdaFunction.ownership?.read(account.aws(), ref)).toEqual({ tags: { team: 'images' }, service: null });
  const gone = { ...ref, resourceId: 'gone' };
  for (const facet of [policies, urls])
    await expect(facet.read(account.aws(), gone)).rejects.toMatchObject({ name: lambdaFunction.gone[0] });
});

test('tags of what is no function concern none', async () => {
  const account = await testAccount();
  const tagged = sampleEvent('lambda/TagResource20170331v2', { [`function:${NAME}`]: 'event-source-mapping:a1b2' });
  expect(await idsFrom(lambdaFunction, tagged, account)).toEqual([]);
});
