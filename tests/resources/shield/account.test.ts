import { CreateSubscriptionCommand, ShieldClient } from '@aws-sdk/client-shield';
import { expect, test } from '@jest/globals';
import { shieldAccount } from '../../../shared/resources/shield/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(shieldAccount, {
  events: {
    'shield/CreateSubscription': [SAMPLE_ACCOUNT],
    'shield/UpdateSubscription': [SAMPLE_ACCOUNT],
    'shield/DeleteSubscription': [SAMPLE_ACCOUNT],
    'shield/DeleteProtection': [SAMPLE_ACCOUNT],
  },
});

test('the subscription of the account is read with the actions that are declared, and none is none', async () => {
  const account = await testAccount();
  const { accountId } = account;
  const read = () => shieldAccount.facets.subscription.read(account.aws());
  expect(await read()).toEqual({ isActive: false, isRenewed: false });
  await account.aws()(ShieldClient).send(new CreateSubscriptionCommand({}));
  expect(await read()).toEqual({ isActive: true, isRenewed: true });
  await expectDeclaredReads(shieldAccount, accountId, account);
});
