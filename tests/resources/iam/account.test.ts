import { IAMClient, UpdateAccountPasswordPolicyCommand } from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { iamAccount } from '../../../shared/resources/iam/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(iamAccount, {
  events: {
    'iam/UpdateAccountPasswordPolicy': [SAMPLE_ACCOUNT],
    'iam/DeleteAccountPasswordPolicy': [SAMPLE_ACCOUNT],
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

  test('is read with the actions that are declared', () => expectDeclaredReads(iamAccount, account.accountId, account));
});
