import type { SlackMessage } from './slack.ts';

/** Where a webhook's address comes from, and how long we may take. */
export interface Webhook {
  /** The address; `anew` where the one that was known is good no more. Its errors must not hold it. */
  address(anew: boolean): Promise<URL>;
  /** Milliseconds that are left. */
  remaining(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** How a message was taken. */
export interface Posted {
  readonly status: number;
  /** Slack refused the blocks, so that people got the plain text. */
  readonly plain: boolean;
}

/** A message that Slack did not take. The message says why and holds nothing of the webhook's address, which is a secret. */
export class NotPostedError extends Error {
  override readonly name = 'NotPostedError';
  /** The HTTP status; null where there was no answer. */
  readonly status: number | null;
  /** Seconds after which Slack wants to be asked again; null where it did not say. */
  readonly retryAfter: number | null;

  constructor(message: string, status: number | null = null, retryAfter: number | null = null) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Milliseconds for one request. */
const TIMEOUT = 10_000;
/** With less time left than this no request is begun. */
const LEAST_TIME = 500;
/** Waits before a request that failed on the way, or by Slack's own trouble, is made again. */
const WAITS = [500, 2_000];
/** So often a message waits where Slack says that we are too fast. */
const MOST_DELAYS = 5;
/** The wait, in seconds, where Slack does not say how long. */
const USUAL_DELAY = 1;
/** Slack's ways to say that a webhook is there no more. */
const REPLACED = [403, 404, 410];

/** What came back, or why nothing did. */
interface Answer {
  readonly status: number | null;
  /** Slack's own word, such as `invalid_blocks`; or ours where it said none. */
  readonly said: string;
  readonly retryAfter: number | null;
}

/** Posts a message: again after a while where Slack wants it so or is in trouble, to the new address where it was replaced, as plain text where it refuses the blocks. Throws NotPostedError, or the error of `webhook.address`. */
export async function post(message: SlackMessage, webhook: Webhook): Promise<Posted> {
  const waits = [...WAITS];
  let [delays, plain, renewed] = [0, false, false];
  let address = await webhook.address(false);
  for (;;) {
    const answer = await ask(address, plain ? { text: message.text } : message, webhook);
    const { status, said, retryAfter } = answer;
    if (status !== null && status >= 200 && status < 300) return { status, plain };
    if (said.startsWith('invalid_blocks') && !plain) {
      plain = true;
    } else if (status !== null && REPLACED.includes(status) && !renewed) {
      renewed = true;
      address = await webhook.address(true);
    } else {
      const wait = status === 429 ? (retryAfter ?? USUAL_DELAY) * 1000 : isPassing(status) ? waits.shift() : undefined;
      if (status === 429) delays += 1;
      if (wait === undefined || delays > MOST_DELAYS || wait + LEAST_TIME > webhook.remaining())
        throw notPosted(answer);
      await webhook.sleep(wait);
    }
  }
}

/** Trouble that may be over in a moment: no answer, or a failure of the other side. */
const isPassing = (status: number | null) => status === null || status >= 500;

const notPosted = ({ status, said, retryAfter }: Answer) =>
  new NotPostedError(
    status === null ? `Slack could not be reached: ${said}` : `Slack answered ${status}: ${said}`,
    status,
    status === 429 ? (retryAfter ?? USUAL_DELAY) : null,
  );

/** One request. Never throws: the errors of `fetch` hold the address. */
async function ask(address: URL, body: Partial<SlackMessage>, webhook: Webhook): Promise<Answer> {
  const time = Math.min(TIMEOUT, webhook.remaining());
  if (time < LEAST_TIME) return { status: null, said: 'no time was left', retryAfter: null };
  try {
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual', // wherever it leads, the message is not meant for there
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ ...body, link_names: false, unfurl_links: false, unfurl_media: false }),
      signal: AbortSignal.timeout(time),
    });
    const said = spoken(await response.text(), address);
    return { status: response.status, said, retryAfter: secondsOf(response.headers.get('retry-after')) };
  } catch (error) {
    return { status: null, said: codeOf(error), retryAfter: null };
  }
}

/** Slack's own words are single words in small letters; anything else may repeat the address to us. */
function spoken(text: string, { href }: URL): string {
  const word = text.trim();
  return /^[a-z][a-z_]{1,60}$/.test(word) && !href.includes(word) ? word : 'it gave no reason that we know';
}

const secondsOf = (header: string | null): number | null =>
  header !== null && /^\d{1,6}$/.test(header.trim()) ? Math.max(Number(header), 1) : null;

/** The code of a network error (`ECONNREFUSED`), or its name (`TimeoutError`); never its message. */
function codeOf(error: unknown): string {
  const { name, code, cause }: { name?: unknown; code?: unknown; cause?: unknown } = Object(error);
  const { code: deeper }: { code?: unknown } = Object(cause);
  const isWord = (word: unknown) => typeof word === 'string' && /^[A-Za-z_]{3,40}$/.test(word);
  return String([deeper, code, name].find(isWord) ?? 'an error');
}
