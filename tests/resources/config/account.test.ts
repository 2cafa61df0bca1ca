import { test } from '@jest/globals';
import { configAccount } from '../../../shared/resources/config/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(configAccount, {
  events: {
    'config/PutConfigurationRecorder': [SAMPLE_ACCOUNT],
    'config/DeleteConfigurationRecorder': [SAMPLE_ACCOUNT],
    'config/StartConfigurationRecorder': [SAMPLE_ACCOUNT],
    'config/StopConfigurationRecorder': [SAMPLE_ACCOUNT],
    'config/PutDeliveryChannel': [SAMPLE_ACCOUNT],
    'config/DeleteDeliveryChannel': [SAMPLE_ACCOUNT],
    'config/PutServiceLinkedConfigurationRecorder': [SAMPLE_ACCOUNT],
    'config/DeleteServiceLinkedConfigurationRecorder': [SAMPLE_ACCOUNT],
  },
});

test('reads the account with no more than the declared actions', async () => {
  const account = await testAccount();
  // Asked only of a recorder that Security Hub has made, which the local account does not.
  await expectDeclaredReads(configAccount, account.accountId, account, ['config:DescribeConfigurationRecorderStatus']);
});
