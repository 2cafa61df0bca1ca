import { expect, test } from '@jest/globals';
import { s3Account } from '../../../shared/resources/s3/account.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, idsFrom, testResource } from '../../support/test-resource.ts';

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

test('is named by S3 Control as event source too', async () => {
  const account = await testAccount();
  const event = sampleEvent('s3/DeleteAccountPublicAccessBlock', { 's3.amazonaws.com': 's3-control.amazonaws.com' });
  expect(await idsFrom(s3Account, event, account)).toEqual([SAMPLE_ACCOUNT]);
});
