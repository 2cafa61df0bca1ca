import { EnableCommand, Inspector2Client } from '@aws-sdk/client-inspector2';
import { expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import { inspectorAccount } from '../../../shared/resources/inspector2/account.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, testResource } from '../../support/test-resource.ts';

testResource(inspectorAccount, {
  events: {
    'inspector2/Enable': [SAMPLE_ACCOUNT],
    'inspector2/Enable.other-account': [],
    'inspector2/Disable': [SAMPLE_ACCOUNT],
  },
});

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const account = await testAccount();
const { accountId, region } = account;
const ref = { resourceType: inspectorAccount.type, resourceId: accountId, accountId, region };
const { read } = inspectorAccount.facets.scanning;

test('what Inspector scans is read, of an account that never enabled it, too', async () => {
  await expectDeclaredReads(inspectorAccount, accountId, account);
  const off = { EC2: 'DISABLED', ECR: 'DISABLED', LAMBDA: 'DISABLED', LAMBDA_CODE: 'DISABLED' };
  expect(await read(account.aws(), ref)).toEqual(off);
  const enable = new EnableCommand({ accountIds: [accountId], resourceTypes: ['EC2', 'LAMBDA'] });
  await account.aws()(Inspector2Client).send(enable);
  expect(await read(account.aws(), ref)).toEqual({ ...off, EC2: 'ENABLED', LAMBDA: 'ENABLED' });
});

test('an answer that says that it failed is no state', async () => {
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  const failedAccounts = [{ accountId, errorCode: 'ACCESS_DENIED', errorMessage: 'Not you.' }];
  wire.alter([{ call: 'POST /status/batch/get', change: () => JSON.stringify({ accounts: [], failedAccounts }) }]);
  await expect(read(awsClients()(region), ref)).rejects.toThrow('ACCESS_DENIED: Not you.');
});
