import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { parseArn } from '../aws/arn.ts';
import { objectOrNull, stringOrNull } from '../event.ts';
import type { Aws } from '../resource.ts';

/** Keeps an address in memory; `anew` reads it again. Throws AddressError. */
export type WebhookAddress = (anew: boolean) => Promise<URL>;

/** Why there is no address. It says where the address was looked for, and nothing of what lies there. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** So long an address is taken to be right, in milliseconds. */
const KEPT = 300_000;

const ALLOWED =
  'EVENKEEL_SLACK_SECRET must be secretsmanager:NAME or secretsmanager:ARN of a secret, or ssm:NAME of a SecureString parameter';
/** What the two services take as names; an address is none, so that one which was put here by mistake is not repeated. */
const REFERENCE = /^(secretsmanager|ssm):(arn:[\w-]+:(?:secretsmanager|ssm):[\w:/+=.@-]+|[\w/+=.@-]+)$/;

/** Machines that may be talked to without encryption: this one. */
const HERE = ['127.0.0.1', 'localhost', '[::1]'];

/** The address of an incoming webhook that lies in Secrets Manager or in a SecureString parameter (`secretsmanager:NAME`, `ssm:/NAME`), as it stands there or as JSON `{"url": "…"}`. */
export function webhookAddress(reference: string | undefined, aws: Aws, now: () => number = Date.now): WebhookAddress {
  let kept: { readonly url: URL; readonly until: number } | undefined;
  return async (anew) => {
    if (!anew && kept !== undefined && now() < kept.until) return kept.url;
    kept = undefined;
    const url = await read(reference, aws);
    kept = { url, until: now() + KEPT };
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
      `what lies in ${where} is not the address of a Slack webhook: it must be https://…, or JSON {"url": "https://…"}`,
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

/** What a service said, which never holds the secret; of any other error only its name, since an answer that could not be read stands in its message. */
function reasonOf(error: unknown): string {
  if (error instanceof NotSecretError) return error.message;
  if (error instanceof SecretsManagerServiceException || error instanceof SSMServiceException)
    return `${error.name}: ${error.message}`;
  return error instanceof Error ? error.name : 'an error';
}

function addressIn(text: string): URL | null {
  const url = URL.parse(bare(text.trim()));
  if (url === null || url.username !== '' || url.password !== '') return null;
  return url.protocol === 'https:' || (url.protocol === 'http:' && HERE.includes(url.hostname)) ? url : null;
}

/** The errors of these parsers repeat what they were given. */
function bare(text: string): string {
  try {
    return stringOrNull(objectOrNull(JSON.parse(text))?.url)?.trim() ?? '';
  } catch {
    return text;
  }
}
