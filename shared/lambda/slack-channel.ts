import type { Logger } from '@aws-lambda-powertools/logger';
import { messageOf } from '../aws/error-message.ts';
import type { SlackMessage } from '../notify/slack.ts';
import { type Bot, postAsBot } from '../notify/slack-bot.ts';
import { threadOf } from '../notify/threads.ts';
import type { TopicMessage } from '../notify/topic-message.ts';
import type { Posted } from '../notify/webhook.ts';
import type { Aws } from '../resource.ts';
import { type Threads, threadsIn } from './slack-threads.ts';

/** Where a bot posts. */
export interface Channel {
  readonly aws: Aws;
  readonly logger: Logger;
}

/** Posts as a bot: what ends a finding answers in the thread of the message that began it. A table that does not answer keeps no message back. Throws NotPostedError. */
export async function postToChannel(
  message: TopicMessage,
  body: SlackMessage,
  bot: Bot,
  { aws, logger }: Channel,
): Promise<Posted> {
  const table = process.env.EVENKEEL_TABLE;
  const threads = table ? threadsIn(aws, table, bot.channel) : NO_THREADS;
  const { keys, answers } = threadOf(message);
  const warn = (error: unknown) => {
    logger.warn('the thread could not be read or kept', { reason: messageOf(error) });
    return null;
  };
  const thread = answers ? await threads.find(keys).catch(warn) : null;
  const { ts, ...posted } = await postAsBot(body, bot, thread);
  if (ts !== null) await threads.keep(keys, ts).catch(warn);
  return posted;
}

const NO_THREADS: Threads = { find: async () => null, keep: async () => {} };
