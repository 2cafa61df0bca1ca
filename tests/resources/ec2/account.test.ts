import { test } from '@jest/globals';
import { ec2Account } from '../../../shared/resources/ec2/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(ec2Account, {
  events: {
    'ec2/DisableEbsEncryptionByDefault': [SAMPLE_ACCOUNT],
    'ec2/DisableEbsEncryptionByDefault.no-parameters': [SAMPLE_ACCOUNT],
    'ec2/EnableEbsEncryptionByDefault': [SAMPLE_ACCOUNT],
    'ec2/EnableSnapshotBlockPublicAccess': [SAMPLE_ACCOUNT],
    'ec2/DisableSnapshotBlockPublicAccess': [SAMPLE_ACCOUNT],
  },
});

test('the account is read with the actions that are declared', async () => {
  const account = await testAccount();
  await expectDeclaredReads(ec2Account, account.accountId, account);
});
