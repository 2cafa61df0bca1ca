import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { parseArn } from '../aws/arn.ts';
import { objectOrNull, stringOrNull } from '../event.ts';
import type { Aws } from '../resource.ts';
import { MINUTE_MS } from '../time.ts';

/** Gives the address, cached; `refresh` reads it again. Throws AddressError. */
export type WebhookAddress = (refresh: boolean) => Promise<URL>;

/** The address could not be read. The error names its source and contains nothing of its value. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** How long an address is cached. A value that is not an address is not cached, so that a repaired one is used at once. */
const CACHE_MS = 5 * MINUTE_MS;

const ALLOWED =
  'EVENKEEL_SLACK_SECRET must be secretsmanager:NAME or secretsmanager:ARN of a secret, or ssm:NAME of a SecureString parameter';
/** The names that the two services accept; a URL is not one, so that an address which was put here by mistake is not repeated in an error. */
const REFERENCE = /^(secretsmanager|ssm):(arn:[\w-]+:(?:secretsmanager|ssm):[\w:/+=.@-]+|[\w/+=.@-]+)$/;

/** Hosts that may be called without encryption. */
const LOCAL_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/** The address of an incoming webhook from Secrets Manager or a SecureString parameter (`secretsmanager:NAME`, `ssm:/NAME`), stored as it is or as JSON `{"url": "…"}`. */
export function webhookAddress(reference: string | undefined, aws: Aws, now: () => number = Date.now): WebhookAddress {
  let cached: { readonly url: URL; readonly until: number } | undefined;
  return async (refresh) => {
    if (!refresh && cached !== undefined && now() < cached.until) return cached.url;
    cached = undefined;
    const url = await read(reference, aws);
    cached = { url, until: now() + CACHE_MS };
    return url;
  };
}

async function read(reference: string | undefined, aws: Aws): Promise<URL> {
  const [, store, name = ''] = REFERENCE.exec(reference ?? '') ?? [];
  if (store === undefined) throw new AddressError(ALLOWED);
  const where = `${store}:${name}`;
  const region = parseArn(name)?.region;
  let text: string | null;
  try {
    text = store === 'ssm' ? await parameter(aws, name, region) : await secret(aws, name, region);
  } catch (error) {
    throw new AddressError(`the address of the Slack webhook could not be read from ${where}: ${reasonOf(error)}`);
  }
  const url = addressIn(text ?? '');
  if (url === null)
    throw new AddressError(
      `the value of ${where} is not the address of a Slack webhook: it must be https://… or JSON {"url": "https://…"}`,
    );
  return url;
}

async function secret(aws: Aws, SecretId: string, region: string | undefined): Promise<string | null> {
  const { SecretString } = await aws(SecretsManagerClient, region).send(new GetSecretValueCommand({ SecretId }));
  return SecretString ?? null;
}

async function parameter(aws: Aws, Name: string, region: string | undefined): Promise<string | null> {
  const { Parameter } = await aws(SSMClient, region).send(new GetParameterCommand({ Name, WithDecryption: true }));
  if (Parameter?.Type !== 'SecureString') throw new NotSecretError('it is not a SecureString');
  return Parameter.Value ?? null;
}

class NotSecretError extends Error {}

/** A service's own message, which never contains the secret; of any other error only its name, since its message may quote a response that could not be parsed. */
function reasonOf(error: unknown): string {
  if (error instanceof NotSecretError) return error.message;
  if (error instanceof SecretsManagerServiceException || error instanceof SSMServiceException)
    return `${error.name}: ${error.message}`;
  return error instanceof Error ? error.name : 'an error';
}

function addressIn(text: string): URL | null {
  const url = URL.parse(plainAddress(text.trim()));
  if (url === null || url.username !== '' || url.password !== '') return null;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOCAL_HOSTS.includes(url.hostname)) ? url : null;
}

/** The text, or the `url` of its JSON. Never throws: the parser's error would quote the secret. */
function plainAddress(text: string): string {
  try {
    return stringOrNull(objectOrNull(JSON.parse(text))?.url)?.trim() ?? '';
  } catch {
    return text;
  }
}
