import { makeLocalWorld } from '../../scripts/sandbox/local-deployment.ts';
import { oneAtATime } from '../../scripts/sandbox/serial-proxy.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import { dynamoStore } from '../../shared/ledger/dynamodb.ts';
import type { Store } from '../../shared/ledger/store.ts';
import { type TestAccount, testAccount } from './sandbox.ts';

/** An account with the ledger's table in it, for several processes at once. */
export interface LedgerAccount extends TestAccount {
  readonly store: Store;
}

/** Makes an account whose ledger stands in DynamoDB, as resources/ledger.yml describes it. */
export async function ledgerAccount(): Promise<LedgerAccount> {
  const account = await testAccount();
  const endpoint = await oneAtATime(account.endpoint);
  process.env.AWS_ENDPOINT_URL = endpoint;
  const clients = awsClients();
  const aws = (region = account.region) => clients(region);
  const { table } = await makeLocalWorld(aws());
  const env = { ...account.env, AWS_ENDPOINT_URL: endpoint, EVENKEEL_TABLE: table };
  return { ...account, endpoint, env, aws, store: dynamoStore(aws(), table) };
}
