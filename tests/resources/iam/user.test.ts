import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  EnableMFADeviceCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { route } from '../../../shared/engine/intake/route.ts';
import { user } from '../../../shared/resources/iam/user.ts';
import { sampleEvent } from '../../support/samples.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { witness } from '../../support/witness.ts';

/** Percent signs stand in real policies too. */
const POLICY =
  '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::100%25/*"}]}';

testResource(user, {
  events: {
    'iam/CreateAccessKey': ['deploy'],
    'iam/CreateAccessKey.own': ['jo'],
    'iam/UpdateAccessKey': ['deploy'],
    'iam/UpdateAccessKey.own': ['jo'],
    'iam/UpdateAccessKey.root': [],
    'detections/RootCall': [],
    'iam/DeleteAccessKey': ['deploy'],
    'iam/AttachUserPolicy': ['deploy'],
    'iam/DetachUserPolicy': ['deploy'],
    'iam/PutUserPolicy': ['deploy'],
    'iam/DeleteUserPolicy': ['deploy'],
    'iam/CreateLoginProfile': ['jo'],
    'iam/CreateLoginProfile.root': [],
    'iam/UpdateLoginProfile': ['jo'],
    'iam/DeleteLoginProfile': ['jo'],
    'iam/DeleteLoginProfile.root': [],
    'iam/EnableMFADevice': ['jo'],
    'iam/EnableMFADevice.root': [],
    'iam/DeactivateMFADevice': ['jo'],
    'iam/DeactivateMFADevice.root': [],
    'iam/ConsoleLogin': ['jo'],
    'iam/ConsoleLogin.failed': [],
    'iam/ConsoleLogin.role': [],
    'iam/AddUserToGroup': ['jo'],
    'iam/RemoveUserFromGroup': ['jo'],
    'iam/CreateUser': ['deploy'],
    'iam/DeleteUser': ['deploy'],
    'iam/TagUser': ['deploy'],
    'iam/UntagUser': ['deploy'],
    'iam/UpdateUser.rename': ['deploy', 'release'],
  },
});

describe('users of the local account', () => {
  let account: TestAccount;
  let iam: IAMClient;
  let configId = '';
  beforeAll(async () => {
    account = await testAccount();
    iam = account.aws()(IAMClient);
    const { User } = await iam.send(
      new CreateUserCommand({ UserName: 'deploy', Path: '/machines/', Tags: [{ Key: 'team', Value: 'web' }] }),
    );
    configId = User?.UserId ?? '';
    await iam.send(new CreateUserCommand({ UserName: 'jo' }));
  });
  const refTo = (resourceId: string) => {
    const { accountId, region } = account;
    return { resourceType: user.type, resourceId, accountId, region };
  };

  test('are read with the actions that are declared, and without a secret', async () => {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'deploy' }));
    await iam.send(new CreateAccessKeyCommand({ UserName: 'deploy' }));
    await iam.send(
      new UpdateAccessKeyCommand({ UserName: 'deploy', AccessKeyId: AccessKey?.AccessKeyId, Status: 'Inactive' }),
    );
    const keys = await user.facets.accessKeys.read(account.aws(), refTo('deploy'));
    expect(keys).toHaveLength(2);
    expect(keys.map(({ AccessKeyId }) => AccessKeyId)).toEqual(keys.map(({ AccessKeyId }) => AccessKeyId).toSorted());
    expect(keys.find(({ AccessKeyId }) => AccessKeyId === AccessKey?.AccessKeyId)).toEqual({
      AccessKeyId: AccessKey?.AccessKeyId,
      Status: 'Inactive',
      CreateDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(JSON.stringify(keys)).not.toContain(AccessKey?.SecretAccessKey);
    const used = await user.facets.accessKeyUse.read(account.aws(), refTo('deploy'));
    expect(used).toEqual(keys.map((key) => ({ ...key, LastUsedDate: null })));
    expect(await user.facets.passwordLastUsed.read(account.aws(), refTo('deploy'))).toBeNull();
    expect(await user.facets.accessKeys.read(account.aws(), refTo('jo'))).toEqual([]);
    await iam.send(new PutUserPolicyCommand({ UserName: 'deploy', PolicyName: 'own', PolicyDocument: POLICY }));
    await iam.send(new CreateGroupCommand({ GroupName: 'writers' }));
    await iam.send(new PutGroupPolicyCommand({ GroupName: 'writers', PolicyName: 'own', PolicyDocument: POLICY }));
    await iam.send(new AddUserToGroupCommand({ UserName: 'deploy', GroupName: 'writers' }));
    await expectDeclaredReads(user, 'deploy', account);
    expect(await user.facets.groups.read(account.aws(), refTo('deploy'))).toEqual([
      { GroupName: 'writers', attachedPolicies: [], inlinePolicies: [{ PolicyName: 'own', PolicyDocument: POLICY }] },
    ]);
    expect(await expectListedAsRead(user, account)).toEqual(['passwordLastUsed']);
  });

  test('have a password and MFA devices, or none', async () => {
    const { loginProfile, mfaDevices } = user.facets;
    expect(await loginProfile.read(account.aws(), refTo('jo'))).toBeNull();
    expect(await mfaDevices.read(account.aws(), refTo('jo'))).toEqual([]);
    await iam.send(new CreateLoginProfileCommand({ UserName: 'jo', Password: 'correct horse battery' }));
    const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '234567' };
    const SerialNumber = `arn:aws:iam::${account.accountId}:u2f/user/jo/key`;
    await iam.send(new EnableMFADeviceCommand({ UserName: 'jo', SerialNumber, ...codes }));
    expect(await loginProfile.read(account.aws(), refTo('jo'))).toEqual({
      CreateDate: expect.stringMatching(/^\d{4}-/),
    });
    expect(await mfaDevices.read(account.aws(), refTo('jo'))).toEqual([SerialNumber]);
    await expect(mfaDevices.read(account.aws(), refTo('gone'))).rejects.toMatchObject({ name: user.gone[0] });
  });

  test('have the policies that are attached to them, and the text of those that are their own', async () => {
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'shared', PolicyDocument: POLICY }));
    await iam.send(new PutUserPolicyCommand({ UserName: 'jo', PolicyName: 'second', PolicyDocument: POLICY }));
    await iam.send(new PutUserPolicyCommand({ UserName: 'jo', PolicyName: 'first', PolicyDocument: POLICY }));
    await iam.send(new AttachUserPolicyCommand({ UserName: 'jo', PolicyArn: Policy?.Arn }));
    const { attachedPolicies, inlinePolicies } = user.facets;
    expect(await attachedPolicies.read(account.aws(), refTo('jo'))).toEqual([
      { PolicyName: 'shared', PolicyArn: Policy?.Arn },
    ]);
    expect(await inlinePolicies.read(account.aws(), refTo('jo'))).toEqual([
      { PolicyName: 'first', PolicyDocument: POLICY },
      { PolicyName: 'second', PolicyDocument: POLICY },
    ]);
  });

  test('belong to those whom their tags name', async () => {
    expect(await user.ownership?.read(account.aws(), refTo('deploy'))).toEqual({
      tags: { team: 'web' },
      service: null,
    });
  });

  test('one that is gone says so', async () => {
    await expect(user.facets.accessKeys.read(account.aws(), refTo('gone'))).rejects.toMatchObject({
      name: expect.stringMatching(new RegExp(user.gone.join('|'))),
    });
  });

  test('are found by what AWS Config calls them, with the name beside it or without', async () => {
    const named = (resourceId: string, resourceName: string | null = null) =>
      user.identify?.(account.aws(), { ...refTo(resourceId), resourceName, arn: null });
    expect(await named(configId, 'deploy')).toBe('deploy');
    expect(await named(configId)).toBe('deploy');
    expect(await named('AIDAEXAMPLEEXAMPLE009')).toBeNull();
    expect(await user.configIdOf?.(account.aws(), refTo('deploy'))).toBe(configId);
  });

  test.each(['call', 'item', 'recheck'])('are looked at in the home region, whoever names them: %s', async (kind) => {
    const item = {
      resourceType: user.type,
      resourceId: configId,
      awsRegion: 'global',
      awsAccountId: account.accountId,
    };
    const recheck = {
      resourceType: user.type,
      resourceId: 'deploy',
      region: 'ap-south-1',
      accountId: account.accountId,
    };
    const events: Record<string, unknown> = {
      call: sampleEvent('iam/CreateAccessKey', { '111122223333': account.accountId }),
      item: { messageType: 'ConfigurationItemChangeNotification', configurationItem: item },
      recheck: { 'detail-type': 'Evenkeel Recheck', source: 'evenkeel', detail: recheck },
    };
    const [change] = changesIn(events[kind]);
    if (change === undefined) throw new Error('no change');
    const context = { controls: [witness(user)], aws: account.aws, fallback: account, home: 'eu-central-1' };
    const { subjects } = await route(change, context);
    expect(subjects.map(({ ref }) => ref)).toEqual([{ ...refTo('deploy'), region: 'eu-central-1' }]);
  });
});
