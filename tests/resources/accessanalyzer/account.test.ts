import { AccessAnalyzerClient, CreateAnalyzerCommand, DeleteAnalyzerCommand } from '@aws-sdk/client-accessanalyzer';
import { expect, test } from '@jest/globals';
import { accessAnalyzerAccount } from '../../../shared/resources/accessanalyzer/account.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(accessAnalyzerAccount, {
  events: {
    'accessanalyzer/CreateAnalyzer': [SAMPLE_ACCOUNT],
    'accessanalyzer/DeleteAnalyzer': [SAMPLE_ACCOUNT],
  },
});

test('the analyzers of external access are read, of each region, and no others', async () => {
  const account = await testAccount();
  await expectDeclaredReads(accessAnalyzerAccount, account.accountId, account);
  const { read } = accessAnalyzerAccount.facets.analyzers;
  expect(await read(account.aws())).toEqual([]);
  const client = account.aws()(AccessAnalyzerClient);
  await client.send(new CreateAnalyzerCommand({ analyzerName: 'outside', type: 'ACCOUNT' }));
  await client.send(new CreateAnalyzerCommand({ analyzerName: 'unused', type: 'ACCOUNT_UNUSED_ACCESS' }));
  expect(await read(account.aws())).toEqual([{ name: 'outside', type: 'ACCOUNT', status: 'ACTIVE' }]);
  expect(await read(account.aws('eu-central-1'))).toEqual([]);
  const second = client.send(new CreateAnalyzerCommand({ analyzerName: 'second', type: 'ACCOUNT' }));
  await expect(second).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' });
  await client.send(new DeleteAnalyzerCommand({ analyzerName: 'outside' }));
  expect(await read(account.aws())).toEqual([]);
});
