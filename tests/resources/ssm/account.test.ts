import { test } from '@jest/globals';
import { ssmAccount } from '../../../shared/resources/ssm/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(ssmAccount, {
  events: {
    'ssm/UpdateServiceSetting': [SAMPLE_ACCOUNT],
    'ssm/UpdateServiceSetting.by-arn': [SAMPLE_ACCOUNT],
    'ssm/UpdateServiceSetting.other': [],
    'ssm/ResetServiceSetting': [SAMPLE_ACCOUNT],
  },
});

test('the account is read with the actions that are declared', async () => {
  const account = await testAccount();
  await expectDeclaredReads(ssmAccount, account.accountId, account);
});
