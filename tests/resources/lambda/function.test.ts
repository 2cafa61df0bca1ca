import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import { everyListed } from '../../../shared/resource.ts';
import { lambdaFunction } from '../../../shared/resources/lambda/function.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const NAME = 'resize-images';

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');

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
    'lambda/CreateFunction': [NAME],
    'lambda/CreateFunction20150331': [NAME],
    'lambda/UpdateFunctionConfiguration': [NAME],
    'lambda/UpdateFunctionConfiguration20150331': [NAME],
    'lambda/UpdateFunctionConfiguration20150331v2': [NAME],
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

test('the secrets in the environment are read without their values; one that cannot be decrypted is not read', async () => {
  const account = await testAccount();
  const lambda = account.aws()(LambdaClient);
  const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}';
  const iam = account.aws()(IAMClient);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'x', AssumeRolePolicyDocument }));
  const create = new CreateFunctionCommand({
    FunctionName: NAME,
    Role: Role?.Arn,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: Buffer.from('x') },
    Environment: { Variables: { STAGE: 'prod', DB_PASSWORD: 'hunter2', DB: 'postgres://app:hunter2@db/app' } },
  });
  await lambda.send(create);
  const { accountId, region } = account;
  const ref = { resourceType: lambdaFunction.type, resourceId: NAME, accountId, region };
  const { read } = lambdaFunction.facets.environmentSecrets;
  expect(await read(account.aws(), ref)).toEqual([
    { name: 'DB', what: 'a URL with a password' },
    { name: 'DB_PASSWORD', what: 'a secret by its name' },
  ]);
  expect(await expectListedAsRead(lambdaFunction, account)).toEqual(['environmentSecrets']);

  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  const refused = { ErrorCode: 'AccessDeniedException', Message: 'KMS access was denied.' };
  const change = (body: string) => JSON.stringify({ ...JSON.parse(body), Environment: { Error: refused } });
  wire.alter([{ call: `GET /2015-03-31/functions/${NAME}/configuration`, change }]);
  const unreadable = read(awsClients()(region), ref);
  await expect(unreadable).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('cannot be decrypted: KMS'),
  });
  const changeAll = (body: string) => {
    const { Functions } = JSON.parse(body);
    return JSON.stringify({ Functions: Functions.map((one: object) => ({ ...one, Environment: { Error: refused } })) });
  };
  wire.alter([{ call: 'GET /2015-03-31/functions', change: changeAll }]);
  const listed = await Array.fromAsync(everyListed(lambdaFunction.list(awsClients()(region), account)));
  expect(listed).toEqual([{ resourceId: NAME }]);
});
