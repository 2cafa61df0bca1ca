import {
  AttachGroupPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  GetGroupCommand,
  IAMClient,
  PutGroupPolicyCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { group } from '../../../shared/resources/iam/group.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(group, {
  events: {
    'iam/AttachGroupPolicy': ['developers'],
    'iam/DetachGroupPolicy': ['developers'],
    'iam/PutGroupPolicy': ['developers'],
    'iam/DeleteGroupPolicy': ['developers'],
    'iam/CreateGroup': ['developers'],
    'iam/DeleteGroup': ['developers'],
    'iam/UpdateGroup.rename': ['developers', 'engineers'],
  },
});

const PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}';

test('a group is read by its name, and found by what AWS Config calls it', async () => {
  const account = await testAccount();
  const iam = account.aws()(IAMClient);
  const GroupName = 'developers';
  await iam.send(new CreateGroupCommand({ GroupName, Path: '/web/' }));
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'shared', PolicyDocument }));
  await iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn: Policy?.Arn }));
  await iam.send(new PutGroupPolicyCommand({ GroupName, PolicyName: 'own', PolicyDocument }));
  await expectDeclaredReads(group, GroupName, account);
  const { accountId, region } = account;
  const ref = { resourceType: group.type, resourceId: GroupName, accountId, region };
  const { attachedPolicies, inlinePolicies } = group.facets;
  expect(await attachedPolicies.read(account.aws(), ref)).toEqual([{ PolicyName: 'shared', PolicyArn: Policy?.Arn }]);
  expect(await inlinePolicies.read(account.aws(), ref)).toEqual([{ PolicyName: 'own', PolicyDocument }]);
  const none = { ...ref, resourceId: 'none' };
  await expect(inlinePolicies.read(account.aws(), none)).rejects.toMatchObject({ name: group.gone[0] });

  const resourceId = (await iam.send(new GetGroupCommand({ GroupName }))).Group?.GroupId ?? '';
  expect(await group.configIdOf?.(account.aws(), ref)).toBe(resourceId);
  const item = { ...ref, resourceId, arn: null };
  expect(await group.identify?.(account.aws(), { ...item, resourceName: null })).toBe(GroupName);
  expect(await group.identify?.(account.aws(), { ...item, resourceName: 'other' })).toBe('other');
  expect(await group.identify?.(account.aws(), { ...item, resourceId: 'AGPAUNKNOWN', resourceName: null })).toBeNull();
});
