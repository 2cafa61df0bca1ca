import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { role } from '../../../shared/resources/iam/role.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(role, { events: {} });

test('a role is read by its name, whatever its path', async () => {
  const account = await testAccount();
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const AssumeRolePolicyDocument = JSON.stringify(trust);
  const created = { RoleName: 'web', Path: '/apps/', AssumeRolePolicyDocument };
  await account.aws()(IAMClient).send(new CreateRoleCommand(created));
  await expectDeclaredReads(role, 'web', account);
  const { accountId, region } = account;
  const ref = { resourceType: role.type, resourceId: 'web', accountId, region };
  expect(await role.facets.trustPolicy.read(account.aws(), ref)).toEqual(trust);
  const none = { ...ref, resourceId: 'none' };
  await expect(role.facets.trustPolicy.read(account.aws(), none)).rejects.toMatchObject({ name: role.gone[0] });
});
