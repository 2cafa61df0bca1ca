import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { awsClients } from '../aws/clients.ts';
import { messageOf } from '../aws/error-message.ts';
import { slackMessage, subjectOf, type TopicMessage } from '../notify/slack.ts';
import { NotPostedError, type Posted, post, type Time } from '../notify/webhook.ts';
import { emitter } from './metrics.ts';
import { shortenVisibility } from './shorten-visibility.ts';
import { deliveriesIn, messageIn } from './sns-deliveries.ts';
import { partialResponse, warnOfDelay } from './sqs-batch.ts';
import { AddressError, type BotToken, type KeptSecret, slackAccess } from './webhook-address.ts';

/** Time that is reserved for logging and the response. */
const MARGIN_MS = 2_000;

/** How Slack is reached, and how long that may take. */
interface Slack extends Time {
  readonly access: KeptSecret<URL | BotToken>;
}

/** The Lambda handler that posts the messages of the topic, in order, by the Slack webhook or the bot token of `EVENKEEL_SLACK_SECRET`. Of a batch from a queue only what was not posted is retried; invoked by SNS or by hand, it throws. */
export function createSlackHandler() {
  const logger = new Logger();
  const emit = emitter(new Metrics());
  const aws = awsClients()(process.env.AWS_REGION ?? '');
  const access = slackAccess(process.env.EVENKEEL_SLACK_SECRET, aws);
  const channel = process.env.EVENKEEL_SLACK_CHANNEL ?? '';
  const buttons = process.env.EVENKEEL_SLACK_BUTTONS === 'true';

  async function deliver(message: TopicMessage, slack: Slack): Promise<Posted> {
    const isWebhook = (await slack.access(false)) instanceof URL;
    const body = slackMessage(message, { buttons: buttons && !isWebhook });
    if (isWebhook) {
      const address = async (refresh: boolean) => addressOf(await slack.access(refresh));
      return post(body, { ...slack, address });
    }
    if (channel === '') throw new AddressError(WITHOUT_CHANNEL);
    const { postToChannel } = await import('./slack-channel.ts');
    const token = async (refresh: boolean) => tokenOf(await slack.access(refresh));
    return postToChannel(message, body, { ...slack, token, channel }, { aws, logger });
  }

  async function postMessage(message: TopicMessage, slack: Slack): Promise<void> {
    const subject = subjectOf(message);
    try {
      const posted = await deliver(message, slack);
      logger.info(`posted: ${subject}`, { subject, ...posted });
      emit('SlackPosted', 1);
    } catch (error) {
      const status = error instanceof NotPostedError ? error.status : null;
      logger.error(`not posted: ${subject}`, { subject, status, reason: messageOf(error) });
      emit('SlackFailed', 1);
      throw error;
    }
  }

  /** Once Slack limits the rate for longer than there is time, the rest is not posted either: Slack would refuse it as well. */
  function postRecords(records: readonly SQSRecord[], slack: Slack): Promise<SQSBatchResponse> {
    let limited: NotPostedError | null = null;
    const limitedSlack: Slack = {
      ...slack,
      access: async (refresh) => {
        if (limited !== null) throw limited;
        return slack.access(refresh);
      },
    };
    const postRecord = async (record: SQSRecord) => {
      try {
        await postMessage(messageIn(record), limitedSlack);
      } catch (error) {
        if (error instanceof NotPostedError && error.retryAfter !== null) {
          limited = error;
          await shortenVisibility(aws, record, error.retryAfter).catch(warnOfDelay(logger, record));
        }
        throw error;
      }
    };
    return partialResponse(records, postRecord, { inOrder: true });
  }

  async function postAll(event: unknown, context: Context): Promise<SQSBatchResponse | undefined> {
    const slack = { access, remaining: () => context.getRemainingTimeInMillis() - MARGIN_MS, sleep };
    const deliveries = deliveriesIn(event);
    const records = deliveries.flatMap(({ record }) => record ?? []);
    if (records.length === deliveries.length) return postRecords(records, slack);
    const failures: string[] = [];
    for (const { message } of deliveries)
      await postMessage(message, slack).catch((error: unknown) => failures.push(messageOf(error)));
    if (failures.length > 0) throw new Error(failures.join('; '));
    return undefined;
  }

  return middy(postAll).use(injectLambdaContext(logger, { resetKeys: true }));
}

const WITHOUT_CHANNEL =
  'EVENKEEL_SLACK_SECRET holds a bot token, and no channel is set: set slackChannel in deployment.yml to the id of the channel';

/** Throws where a secret was replaced by one of the other kind while a message was posted: the next try sees it. */
function addressOf(access: URL | BotToken): URL {
  if (access instanceof URL) return access;
  throw new AddressError('the secret holds a bot token now: the message is posted by it when it is tried again');
}
function tokenOf(access: URL | BotToken): BotToken {
  if (!(access instanceof URL)) return access;
  throw new AddressError('the secret holds a webhook now: the message is posted by it when it is tried again');
}
