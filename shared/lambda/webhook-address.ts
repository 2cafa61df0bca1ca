import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { isAccessDenied } from '../aws/access-denied.ts';
import { parseArn } from '../aws/arn.ts';
import { isObject, objectOrNull, stringOrNull } from '../event.ts';
import type { Aws } from '../resource.ts';
import { MINUTE_MS } from '../time.ts';

/** Gives a secret, cached; `refresh` reads it again. Throws AddressError. */
export type KeptSecret<T> = (refresh: boolean) => Promise<T>;
/** Gives the address. */
export type WebhookAddress = KeptSecret<URL>;

/** The token of a Slack app's bot, and where Slack's API is. */
export interface BotToken {
  readonly token: string;
  readonly api: URL;
}

/** The routing key of PagerDuty, and where its Events API is. */
export interface PagerDutyKey {
  readonly routingKey: string;
  readonly api: URL;
}

/** The address could not be read. The error names its source and contains nothing of its value. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
  /** The caller may not read it. */
  readonly isDenied: boolean;

  constructor(message: string, isDenied = false) {
    super(message);
    this.isDenied = isDenied;
  }
}

/** How long an address is cached. A value that is not an address is not cached, so that a repaired one is used at once. */
const CACHE_MS = 5 * MINUTE_MS;

const allowedFor = (variable: string) =>
  `${variable} must be secretsmanager:NAME or secretsmanager:ARN of a secret, or ssm:NAME of a SecureString parameter`;
/** The names that the two services accept; a URL is not one, so that an address which was put here by mistake is not repeated in an error. */
const REFERENCE = /^(secretsmanager|ssm):(arn:[\w-]+:(?:secretsmanager|ssm):[\w:/+=.@-]+|[\w/+=.@-]+)$/;

/** Hosts that may be called without encryption. */
const LOCAL_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/** What is kept in a secret, and how its value is read. */
interface Kind<T> {
  /** The environment variable that says where it is. */
  readonly variable: string;
  readonly what: string;
  /** Completes "it must be". */
  readonly form: string;
  /** Null for a value that is none. Never throws. */
  of(text: string): T | null;
}

const ADDRESS: Kind<URL> = {
  variable: 'EVENKEEL_SLACK_SECRET',
  what: 'the address of a Slack webhook',
  form: 'https://… or JSON {"url": "https://…"}',
  of: addressIn,
};

const ACCESS: Kind<URL | BotToken> = {
  ...ADDRESS,
  what: 'the address of a Slack webhook or the token of a bot',
  form: 'https://…, xoxb-…, or JSON {"url": "https://…"} or {"token": "xoxb-…"}',
  of: (text) => botTokenIn(text) ?? addressIn(text),
};

const SIGNING: Kind<string> = {
  variable: 'EVENKEEL_SLACK_SIGNING_SECRET',
  what: 'the signing secret of a Slack app',
  form: '32 hexadecimal digits',
  of: (text) => (/^[0-9a-f]{32}$/.test(text.trim()) ? text.trim() : null),
};

const TEAMS: Kind<URL> = {
  ...ADDRESS,
  variable: 'EVENKEEL_TEAMS_SECRET',
  what: 'the address of a workflow of Microsoft Teams',
};

const PAGERDUTY: Kind<PagerDutyKey> = {
  variable: 'EVENKEEL_PAGERDUTY_SECRET',
  what: 'the integration key of a PagerDuty service',
  form: '32 letters and digits, or JSON {"routingKey": "…", "url": "https://events.eu.pagerduty.com/v2/enqueue"}',
  of: pagerDutyKeyIn,
};

/** A secret from Secrets Manager or a SecureString parameter: `secretsmanager:NAME`, `ssm:/NAME`. */
const kept =
  <T>(kind: Kind<T>) =>
  (reference: string | undefined, aws: Aws, now: () => number = Date.now): KeptSecret<T> => {
    let cached: { readonly value: T; readonly until: number } | undefined;
    return async (refresh) => {
      if (!refresh && cached !== undefined && now() < cached.until) return cached.value;
      cached = undefined;
      const value = await read(reference, aws, kind);
      cached = { value, until: now() + CACHE_MS };
      return value;
    };
  };

/** The address of an incoming webhook, stored as it is or as JSON `{"url": "…"}`. */
export const webhookAddress = kept(ADDRESS);
/** The same, or the token of a bot: as it is, or as JSON `{"token": "…"}`, with the `url` of the API where that is not slack.com. */
export const slackAccess = kept(ACCESS);
/** The address of a workflow of Microsoft Teams, stored like a webhook's. */
export const teamsAddress = kept(TEAMS);
/** The integration key of PagerDuty's Events API v2: as it is, or as JSON `{"routingKey": "…"}`, with the `url` of the API where that is not the one of the United States. */
export const pagerDutyKey = kept(PAGERDUTY);
/** What Slack signs its requests with. */
export const signingSecret = kept(SIGNING);

async function read<T>(reference: string | undefined, aws: Aws, { variable, what, form, of }: Kind<T>): Promise<T> {
  const [, store, name = ''] = REFERENCE.exec(reference ?? '') ?? [];
  if (store === undefined) throw new AddressError(allowedFor(variable));
  const where = `${store}:${name}`;
  const region = parseArn(name)?.region;
  let text: string | null;
  try {
    text = store === 'ssm' ? await parameter(aws, name, region) : await secret(aws, name, region);
  } catch (error) {
    throw new AddressError(`${what} could not be read from ${where}: ${reasonOf(error)}`, isAccessDenied(error));
  }
  const value = of(text ?? '');
  if (value === null) throw new AddressError(`the value of ${where} is not ${what}: it must be ${form}`);
  return value;
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
  const url = URL.parse(jsonIn(text) === null ? text.trim() : memberOf(text, 'url'));
  if (url === null || url.username !== '' || url.password !== '') return null;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOCAL_HOSTS.includes(url.hostname)) ? url : null;
}

const SLACK_API = 'https://slack.com/api/';

function botTokenIn(text: string): BotToken | null {
  const isBare = jsonIn(text) === null;
  const token = isBare ? text.trim() : memberOf(text, 'token');
  const api = addressIn(isBare ? SLACK_API : memberOf(text, 'url') || SLACK_API);
  return /^xoxb-[\w-]{1,250}$/.test(token) && api !== null ? { token, api } : null;
}

const PAGERDUTY_API = 'https://events.pagerduty.com/v2/enqueue';

function pagerDutyKeyIn(text: string): PagerDutyKey | null {
  const isBare = !isObject(jsonIn(text)?.value);
  const routingKey = isBare ? text.trim() : memberOf(text, 'routingKey');
  const api = addressIn(isBare ? PAGERDUTY_API : memberOf(text, 'url') || PAGERDUTY_API);
  return /^[A-Za-z0-9]{32}$/.test(routingKey) && api !== null ? { routingKey, api } : null;
}

/** Null where it is no JSON. Never throws: the parser's error would quote the secret. */
function jsonIn(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

const memberOf = (text: string, name: string): string =>
  stringOrNull(objectOrNull(jsonIn(text)?.value)?.[name])?.trim() ?? '';
