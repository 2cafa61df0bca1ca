import {
  type ChatPostMessageArguments,
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import type { SlackMessage } from './slack.ts';
import { codeOf, errorCodeIn, notPosted, type Posted, requestTimeout, retried, type Time } from './webhook.ts';

/** A bot of a Slack app: where its token comes from, and how long we may take. */
export interface Bot extends Time {
  /** The token, and where the API is; `refresh` reads it again, past the cache. Its errors must not contain it. */
  token(refresh: boolean): Promise<{ readonly token: string; readonly api: URL }>;
  /** The id of the channel that it posts to. */
  readonly channel: string;
}

/** How a bot's message was taken. */
export interface BotPosted extends Posted {
  /** What an answer in its thread names; null where it stands in a thread itself. */
  readonly ts: string | null;
}

/** Slack's codes for a token that was revoked or replaced. */
const REPLACED = ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive'];
/** Slack's codes for a message that was deleted, or that cannot be answered. */
const NO_THREAD = ['thread_not_found', 'message_not_found', 'invalid_thread_ts', 'cannot_reply_to_message'];
/** Slack's codes for its own trouble, which it answers with status 200. */
const OWN_TROUBLE = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'];

/** Its own log would repeat what is posted, and a Lambda's log is JSON. */
const SILENT: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => LogLevel.ERROR,
};

/** Posts a message by `chat.postMessage`, as an answer in a thread where one is named and still there. Retries as `post` does; reads the token again where it was replaced; posts plain text where Slack refuses the blocks. Throws NotPostedError, or the error of `bot.token`. */
export async function postAsBot(message: SlackMessage, bot: Bot, threadTs: string | null): Promise<BotPosted> {
  let [plain, refreshed, thread] = [false, false, threadTs];
  let access = await bot.token(false);
  const attempt = async (): Promise<BotPosted> => {
    const code = await refusalOf(async (client) => {
      const { ts } = await client.chat.postMessage(bodyOf(message, bot.channel, plain, thread));
      return { status: 200, plain, ts: thread === null ? (ts ?? null) : null };
    });
    if (typeof code !== 'string') return code;
    if (code.startsWith('invalid_blocks') && !plain) plain = true;
    else if (NO_THREAD.includes(code) && thread !== null) thread = null;
    else if (REPLACED.includes(code) && !refreshed) {
      refreshed = true;
      access = await bot.token(true);
    } else throw notPosted({ status: OWN_TROUBLE.includes(code) ? 503 : 200, reason: code, retryAfter: null });
    return attempt();
  };

  /** The answer, or Slack's code for why it takes no message. Throws NotPostedError where it gives none. */
  async function refusalOf<T>(call: (client: WebClient) => Promise<T>): Promise<T | string> {
    const client = clientOf(access, requestTimeout(bot));
    try {
      return await call(client);
    } catch (error) {
      if (error instanceof WebAPIPlatformError) return errorCodeIn(String(error.data.error), access.api);
      throw notPosted(answerOf(error));
    }
  }
  return retried(attempt, bot);
}

/** Retries and rate limits are ours: they end where the time of the function does. */
const clientOf = ({ token, api }: { readonly token: string; readonly api: URL }, timeout: number): WebClient =>
  new WebClient(token, {
    slackApiUrl: api.href,
    timeout,
    logger: SILENT,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  });

const bodyOf = ({ text, blocks }: SlackMessage, channel: string, plain: boolean, thread: string | null) =>
  ({
    channel,
    text,
    ...(plain ? {} : { blocks }),
    ...(thread === null ? {} : { thread_ts: thread }),
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  }) as unknown as ChatPostMessageArguments;

/** What came back where it was no answer of the method; the package's own messages may repeat the address. */
function answerOf(error: unknown) {
  if (error instanceof WebAPIRateLimitedError)
    return { status: 429, reason: 'ratelimited', retryAfter: Math.max(error.retryAfter, 1) };
  if (error instanceof WebAPIHTTPError)
    return { status: error.statusCode, reason: 'no error code that is known', retryAfter: null };
  if (error instanceof WebAPIRequestError) return { status: null, reason: codeOf(error.original), retryAfter: null };
  // A rate limit whose header says no time.
  if (error instanceof Error && error.message.startsWith('Retry header'))
    return { status: 429, reason: 'ratelimited', retryAfter: null };
  return { status: null, reason: codeOf(error), retryAfter: null };
}
