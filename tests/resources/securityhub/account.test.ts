import { EnableSecurityHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { expect, test } from '@jest/globals';
import { securityHubAccount } from '../../../shared/resources/securityhub/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(securityHubAccount, {
  events: {
    'securityhub/EnableSecurityHub': [SAMPLE_ACCOUNT],
    'securityhub/DisableSecurityHub': [SAMPLE_ACCOUNT],
    'securityhub/BatchDisableStandards': [SAMPLE_ACCOUNT],
  },
});

test('the hub of a region is read, or none', async () => {
  const account = await testAccount();
  await expectDeclaredReads(securityHubAccount, account.accountId, account);
  const { read } = securityHubAccount.facets.hub;
  expect(await read(account.aws())).toBeNull();
  await account.aws()(SecurityHubClient).send(new EnableSecurityHubCommand({}));
  const HubArn = `arn:aws:securityhub:${account.region}:${account.accountId}:hub/default`;
  expect(await read(account.aws())).toEqual({ HubArn });
  expect(await read(account.aws('eu-central-1'))).toBeNull();
});
