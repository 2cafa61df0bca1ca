import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  IAMClient,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { iamAccount } from '../../../shared/resources/iam/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(iamAccount, {
  events: {
    'iam/UpdateAccountPasswordPolicy': [SAMPLE_ACCOUNT],
    'iam/DeleteAccountPasswordPolicy': [SAMPLE_ACCOUNT],
    'iam/CreateAccessKey.root': [SAMPLE_ACCOUNT],
    'iam/CreateAccessKey.own': [],
    'iam/CreateAccessKey': [],
    'iam/UpdateAccessKey.root': [SAMPLE_ACCOUNT],
    'iam/DeleteAccessKey.root': [SAMPLE_ACCOUNT],
    'iam/CreateLoginProfile.root': [SAMPLE_ACCOUNT],
    'iam/CreateLoginProfile': [],
    'iam/DeleteLoginProfile.root': [SAMPLE_ACCOUNT],
    'iam/EnableMFADevice.root': [SAMPLE_ACCOUNT],
    'iam/EnableMFADevice': [],
    'iam/DeactivateMFADevice.root': [SAMPLE_ACCOUNT],
    'iam/CreateVirtualMFADevice.root': [SAMPLE_ACCOUNT],
    'iam/CreateVirtualMFADevice': [],
    'iam/DeleteVirtualMFADevice.root': [SAMPLE_ACCOUNT],
    'iam/DeleteVirtualMFADevice': [],
  },
});

describe('IAM of the local account', () => {
  let account: TestAccount;
  beforeAll(async () => {
    account = await testAccount();
  });
  test('has a password policy whose unset limits are null, or none', async () => {
    const { read } = iamAccount.facets.passwordPolicy;
    expect(await read(account.aws())).toBeNull();
    await account
      .aws()(IAMClient)
      .send(new UpdateAccountPasswordPolicyCommand({ MinimumPasswordLength: 8 }));
    expect(await read(account.aws())).toEqual({
      MinimumPasswordLength: 8,
      RequireSymbols: false,
      RequireNumbers: false,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: false,
      MaxPasswordAge: null,
      PasswordReusePrevention: null,
      HardExpiry: false,
    });
  });

  test('has a root user with keys and devices, or without', async () => {
    const iam = account.aws()(IAMClient);
    const { rootUser, rootVirtualDevices } = iamAccount.facets;
    const { accountId, region } = account;
    const ref = { resourceType: iamAccount.type, resourceId: accountId, accountId, region };
    const none = { hasAccessKeys: false, hasMfa: false, hasPassword: null };
    expect(await rootUser.read(account.aws())).toEqual(none);
    expect(await rootVirtualDevices.read(account.aws(), ref)).toEqual([]);
    await iam.send(new CreateAccessKeyCommand({}));
    const serials: string[] = [];
    for (const VirtualMFADeviceName of ['root-account-mfa-device', 'phone', 'jo']) {
      const { VirtualMFADevice } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName }));
      serials.push(VirtualMFADevice?.SerialNumber ?? '');
    }
    await iam.send(new CreateUserCommand({ UserName: 'jo' }));
    const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '234567' };
    for (const [index, UserName] of ['AWS ROOT USER', 'AWS ROOT USER', 'jo'].entries())
      await iam.send(new EnableMFADeviceCommand({ UserName, SerialNumber: serials[index], ...codes }));
    expect(await rootUser.read(account.aws())).toEqual({ ...none, hasAccessKeys: true, hasMfa: true });
    expect(await rootVirtualDevices.read(account.aws(), ref)).toEqual(serials.slice(0, 2).toSorted());
  });

  test('is read with the actions that are declared', () => expectDeclaredReads(iamAccount, account.accountId, account));
});
