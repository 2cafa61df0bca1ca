import { type Backoff, retry } from '../retry.ts';
import { SECOND_MS } from '../time.ts';
import type { SlackMessage } from './slack.ts';

/** Where a webhook's address comes from, and how long we may take. */
export interface Webhook {
  /** The address; `refresh` reads it again, past the cache. Its errors must not contain it. */
  address(refresh: boolean): Promise<URL>;
  /** Milliseconds that are left. */
  remaining(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** How a message was taken. */
export interface Posted {
  readonly status: number;
  /** Slack refused the blocks, and the plain text was posted instead. */
  readonly plain: boolean;
}

/** Slack did not accept the message. The error says why and contains nothing of the webhook's address, which is a secret. */
export class NotPostedError extends Error {
  override readonly name = 'NotPostedError';
  /** The HTTP status; null where there was no answer. */
  readonly status: number | null;
  /** Seconds after which Slack accepts requests again, where it is a rate limit; else null. */
  readonly retryAfter: number | null;

  constructor(message: string, status: number | null = null, retryAfter: number | null = null) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const REQUEST_TIMEOUT_MS = 10_000;
/** With less time left than this no request is begun. */
const MIN_REQUEST_MS = 500;
/** Waits after a network error or a server error. */
const RETRY_DELAYS_MS = [500, 2_000];
/** How often a message waits for the end of a rate limit. */
const MAX_RATE_LIMIT_WAITS = 5;
/** Statuses of a webhook that was revoked or replaced. */
const REPLACED = [403, 404, 410];

/** What came back, or why nothing did. */
export interface Answer {
  readonly status: number | null;
  /** Slack's own error code, such as `invalid_blocks`; ours where it gave none. */
  readonly reason: string;
  readonly retryAfter: number | null;
}

/** Posts a message. Retries rate limits, network and server errors while there is time; reads the address again where the webhook was replaced; posts plain text where Slack refuses the blocks. Throws NotPostedError, or the error of `webhook.address`. */
export async function post(message: SlackMessage, webhook: Webhook): Promise<Posted> {
  let [plain, refreshed] = [false, false];
  let address = await webhook.address(false);
  const attempt = async (): Promise<Posted> => {
    const answer = await request(address, { ...(plain ? { text: message.text } : message), ...LINKS }, webhook);
    const { status, reason } = answer;
    if (status !== null && status >= 200 && status < 300) return { status, plain };
    if (reason.startsWith('invalid_blocks') && !plain) {
      plain = true;
      return attempt();
    }
    if (status !== null && REPLACED.includes(status) && !refreshed) {
      refreshed = true;
      address = await webhook.address(true);
      return attempt();
    }
    throw notPosted(answer);
  };
  return retried(attempt, webhook);
}

/** A link that a name holds mentions no user and shows no preview. */
const LINKS = { link_names: false, unfurl_links: false, unfurl_media: false };

/** Posts a body as JSON, with the retries of `post`. Throws NotPostedError, or the error of `webhook.address`. */
export async function postJson(body: object, webhook: Webhook, service: Service): Promise<{ readonly status: number }> {
  let refreshed = false;
  let address = await webhook.address(false);
  const attempt = async (): Promise<{ readonly status: number }> => {
    const answer = await request(address, body, webhook);
    const { status } = answer;
    if (status !== null && status >= 200 && status < 300) return { status };
    if (status !== null && REPLACED.includes(status) && !refreshed) {
      refreshed = true;
      address = await webhook.address(true);
      return attempt();
    }
    throw notPosted(answer, service);
  };
  return retried(attempt, webhook);
}

/** Who is posted to, as errors name it, and how long a rate limit lasts where it does not say. */
export interface Service {
  readonly name: string;
  readonly retryAfterS: number;
}
const SLACK: Service = { name: 'Slack', retryAfterS: 1 };

/** How long a post may take. */
export type Time = Pick<Webhook, 'remaining' | 'sleep'>;

/** Retries rate limits, network and server errors while there is time. */
export const retried = <T>(attempt: () => Promise<T>, time: Time): Promise<T> =>
  retry(attempt, { clock: time, backoff: backoffFor(time), when: isTransient });

/** How long a request that is begun now may take. Throws NotPostedError where no time is left. */
export function requestTimeout({ remaining }: Time): number {
  const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, remaining());
  if (timeoutMs < MIN_REQUEST_MS) throw notPosted({ status: null, reason: 'no time was left', retryAfter: null });
  return timeoutMs;
}

const isTransient = (error: unknown) =>
  error instanceof NotPostedError && (error.status === null || error.status === 429 || error.status >= 500);

/** As long as Slack says where it limits the rate, else our own delays; no wait after which there is no time for a request. */
function backoffFor(time: Time): Backoff {
  const delaysMs = [...RETRY_DELAYS_MS];
  let rateLimitWaits = 0;
  return (_tries, error) => {
    const { retryAfter } = error as NotPostedError;
    if (retryAfter !== null) rateLimitWaits += 1;
    const waitMs = retryAfter === null ? delaysMs.shift() : retryAfter * SECOND_MS;
    const isLast = waitMs === undefined || rateLimitWaits > MAX_RATE_LIMIT_WAITS;
    return isLast || waitMs + MIN_REQUEST_MS > time.remaining() ? null : waitMs;
  };
}

/** The error of an answer. */
export const notPosted = ({ status, reason, retryAfter }: Answer, { name, retryAfterS }: Service = SLACK) =>
  new NotPostedError(
    status === null ? `${name} could not be reached: ${reason}` : `${name} answered ${status}: ${reason}`,
    status,
    status === 429 ? (retryAfter ?? retryAfterS) : null,
  );

/** One request. Never throws: the errors of `fetch` hold the address. */
async function request(address: URL, body: object, webhook: Webhook): Promise<Answer> {
  const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, webhook.remaining());
  if (timeoutMs < MIN_REQUEST_MS) return { status: null, reason: 'no time was left', retryAfter: null };
  try {
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual', // the message is meant for this host and for no other
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const reason = errorCodeIn(await response.text(), address);
    return { status: response.status, reason, retryAfter: secondsOf(response.headers.get('retry-after')) };
  } catch (error) {
    return { status: null, reason: codeOf(error), retryAfter: null };
  }
}

/** Slack's error codes are single words in lower case; any other text may repeat the address. */
export function errorCodeIn(text: string, { href }: URL): string {
  const code = text.trim();
  return /^[a-z][a-z_]{1,60}$/.test(code) && !href.includes(code) ? code : 'no error code that is known';
}

const secondsOf = (header: string | null): number | null =>
  header !== null && /^\d{1,6}$/.test(header.trim()) ? Math.max(Number(header), 1) : null;

/** The code of a network error (`ECONNREFUSED`), or its name (`TimeoutError`); never its message. */
export function codeOf(error: unknown): string {
  const { name, code, cause }: { name?: unknown; code?: unknown; cause?: unknown } = Object(error);
  const { code: deeper }: { code?: unknown } = Object(cause);
  const isWord = (word: unknown) => typeof word === 'string' && /^[A-Za-z_]{3,40}$/.test(word);
  return String([deeper, code, name].find(isWord) ?? 'an error');
}
