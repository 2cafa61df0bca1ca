import { randomInt } from 'node:crypto';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { awsClients } from '../../shared/aws/clients.ts';
import type { Aws } from '../../shared/resource.ts';
import { REGION } from './samples.ts';

/** An account of its own on the local server, reached through the real SDK over HTTP. */
export interface TestAccount {
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: string;
  /** What a child process needs in its environment to work on this account. */
  readonly env: Readonly<Record<string, string>>;
  aws(region?: string): Aws;
}

/** Makes this test file's own account the one that the SDK talks to, and gives it. */
export async function testAccount(): Promise<TestAccount> {
  const endpoint = process.env.EVENKEEL_TEST_ENDPOINT;
  if (endpoint === undefined) throw new Error('tests/support/jest/global-setup.mjs has not run');
  const accountId = String(randomInt(200_000_000_000, 999_999_999_999));
  const sts = new STSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const role = { RoleArn: `arn:aws:iam::${accountId}:role/test`, RoleSessionName: 'test' };
  const { Credentials } = await sts.send(new AssumeRoleCommand(role));
  sts.destroy();
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? '',
    AWS_REGION: REGION,
    AWS_MAX_ATTEMPTS: '1',
  };
  Object.assign(process.env, env);
  const clients = awsClients();
  return { accountId, region: REGION, endpoint, env, aws: (region = REGION) => clients(region) };
}
