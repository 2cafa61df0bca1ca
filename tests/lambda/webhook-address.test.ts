import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, test } from '@jest/globals';
import { awsClients } from '../../shared/aws/clients.ts';
import { webhookAddress } from '../../shared/lambda/webhook-address.ts';
import { testAccount } from '../support/sandbox.ts';

const { aws, region } = await testAccount();
const secrets = aws()(SecretsManagerClient);
const lay = (SecretString: string) => secrets.send(new PutSecretValueCommand({ SecretId: 'slack', SecretString }));

test('is kept for five minutes, and read again after them or where it is asked for anew', async () => {
  await secrets.send(new CreateSecretCommand({ Name: 'slack', SecretString: 'https://one.example/' }));
  let now = 0;
  const address = webhookAddress('secretsmanager:slack', aws(), () => now);
  const host = async (anew = false) => (await address(anew)).host;
  expect(await host()).toBe('one.example');
  await lay('https://two.example/');
  now = 299_000;
  expect(await host()).toBe('one.example');
  now = 300_000;
  expect(await host()).toBe('two.example');
  await lay('https://three.example/');
  expect(await host()).toBe('two.example');
  expect(await host(true)).toBe('three.example');
});

test('an answer of the store that cannot be read is not repeated', async () => {
  const server = createServer((_, outgoing) => outgoing.end('{"SecretString":"https://SecretToken'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const { AWS_ENDPOINT_URL } = process.env;
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const error = await webhookAddress(
    'secretsmanager:slack',
    awsClients()(region),
  )(false).catch((cause: unknown) => cause);
  process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
  server.closeAllConnections();
  server.close();
  expect(String(error)).toMatch(/could not be read from secretsmanager:slack: SyntaxError$/);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('SecretToken');
});
