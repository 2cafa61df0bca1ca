import { CreateRoleCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { role } from '../../../shared/resources/iam/role.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';

testResource(role, {
  events: {
    'iam/CreateRole': ['reports'],
    'iam/UpdateAssumeRolePolicy': ['reports'],
    'iam/AttachRolePolicy': ['Deployer'],
    'iam/DetachRolePolicy': ['Deployer'],
    'iam/PutRolePolicy': ['Deployer'],
    'iam/DeleteRolePolicy': ['Deployer'],
    'iam/DeleteRole': ['reports'],
    'iam/TagRole': ['reports'],
    'iam/UntagRole': ['reports'],
  },
});

test('a role is read by its name, whatever its path', async () => {
  const account = await testAccount();
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const AssumeRolePolicyDocument = JSON.stringify(trust);
  const Tags = [{ Key: 'team', Value: 'web' }];
  const created = { RoleName: 'web', Path: '/apps/', AssumeRolePolicyDocument, Tags };
  await account.aws()(IAMClient).send(new CreateRoleCommand(created));
  const PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}';
  const own = { PolicyName: 'reading', PolicyDocument };
  await account
    .aws()(IAMClient)
    .send(new PutRolePolicyCommand({ RoleName: 'web', ...own }));
  await expectDeclaredReads(role, 'web', account);
  expect(await expectListedAsRead(role, account)).toEqual(['path', 'trustPolicy']);
  const { accountId, region } = account;
  const ref = { resourceType: role.type, resourceId: 'web', accountId, region };
  expect(JSON.parse(await role.facets.trustPolicy.read(account.aws(), ref))).toEqual(trust);
  expect(await role.facets.path.read(account.aws(), ref)).toBe('/apps/');
  expect(await role.facets.inlinePolicies.read(account.aws(), ref)).toEqual([own]);
  expect(await role.facets.attachedPolicies.read(account.aws(), ref)).toEqual([]);
  expect(await role.ownership?.read(account.aws(), ref)).toEqual({ tags: { team: 'web' }, service: null });
  const none = { ...ref, resourceId: 'none' };
  await expect(role.facets.trustPolicy.read(account.aws(), none)).rejects.toMatchObject({ name: role.gone[0] });
});

test('AWS Config names a role by its unique id, and mostly by its name too', async () => {
  const account = await testAccount();
  const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}';
  const iam = account.aws()(IAMClient);
  await iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'web' }));
  const { accountId, region } = account;
  const ref = { resourceType: role.type, resourceId: 'web', accountId, region };
  const resourceId = Role?.RoleId ?? '';
  expect(await role.configIdOf?.(account.aws(), ref)).toBe(resourceId);
  const item = { ...ref, resourceId, arn: null };
  expect(await role.identify?.(account.aws(), { ...item, resourceName: null })).toBe('web');
  expect(await role.identify?.(account.aws(), { ...item, resourceName: 'other' })).toBe('other');
  expect(await role.identify?.(account.aws(), { ...item, resourceId: 'AROAUNKNOWN', resourceName: null })).toBeNull();
});
