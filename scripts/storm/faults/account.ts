import { awsClients } from '../../../shared/aws/clients.ts';
import { makeLocalWorld } from '../../sandbox/local-deployment.ts';
import { oneAtATime } from '../../sandbox/serial-proxy.ts';
import type { FaultsAccount } from './run.ts';

/** The account that this process's credentials lead to, with a ledger and a topic in it. `AWS_ENDPOINT_URL` is set to the endpoint that serves one call after the other. */
export async function faultsAccount(
  target: string,
  { accountId, region, env }: Pick<FaultsAccount, 'accountId' | 'region' | 'env'>,
): Promise<FaultsAccount> {
  const endpoint = await oneAtATime(target);
  process.env.AWS_ENDPOINT_URL = endpoint;
  // The local account is slow in a storm.
  const clients = awsClients({ requestTimeout: 120_000 });
  const { table, topicArn } = await makeLocalWorld(clients(region));
  return { accountId, region, endpoint, env, table, topicArn, aws: (other = region) => clients(other) };
}
