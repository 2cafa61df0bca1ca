import { test } from '@jest/globals';
import { s3Account } from '../../../shared/resources/s3/account.ts';
import { SAMPLE_ACCOUNT, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(s3Account, {
  events: {
    's3/PutAccountPublicAccessBlock': [SAMPLE_ACCOUNT],
    's3/DeleteAccountPublicAccessBlock': [SAMPLE_ACCOUNT],
  },
});

test('reads the account with no more than the declared actions', async () => {
  const account = await testAccount();
  await expectDeclaredReads(s3Account, account.accountId, account);
});
