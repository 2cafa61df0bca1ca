import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { awsClients } from '../aws/clients.ts';
import { messageOf } from '../aws/error-message.ts';
import { slackMessage, subjectOf, type TopicMessage } from '../notify/slack.ts';
import { NotPostedError, post, type Webhook } from '../notify/webhook.ts';
import { emitter } from './metrics.ts';
import { shortenVisibility } from './shorten-visibility.ts';
import { deliveriesIn, messageIn } from './sns-deliveries.ts';
import { partialResponse, warnOfDelay } from './sqs-batch.ts';
import { webhookAddress } from './webhook-address.ts';

/** Time that is reserved for logging and the response. */
const MARGIN_MS = 2_000;

/** The Lambda handler that posts the messages of the topic, in order, to the Slack webhook of `EVENKEEL_SLACK_SECRET`. Of a batch from a queue only what was not posted is retried; invoked by SNS or by hand, it throws. */
export function createSlackHandler() {
  const logger = new Logger();
  const emit = emitter(new Metrics());
  const aws = awsClients()(process.env.AWS_REGION ?? '');
  const address = webhookAddress(process.env.EVENKEEL_SLACK_SECRET, aws);

  async function postMessage(message: TopicMessage, webhook: Webhook): Promise<void> {
    const subject = subjectOf(message);
    try {
      const posted = await post(slackMessage(message), webhook);
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
  function postRecords(records: readonly SQSRecord[], webhook: Webhook): Promise<SQSBatchResponse> {
    let limited: NotPostedError | null = null;
    const limitedWebhook: Webhook = {
      ...webhook,
      address: async (refresh) => {
        if (limited !== null) throw limited;
        return webhook.address(refresh);
      },
    };
    const postRecord = async (record: SQSRecord) => {
      try {
        await postMessage(messageIn(record), limitedWebhook);
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
    const webhook = { address, remaining: () => context.getRemainingTimeInMillis() - MARGIN_MS, sleep };
    const deliveries = deliveriesIn(event);
    const records = deliveries.flatMap(({ record }) => record ?? []);
    if (records.length === deliveries.length) return postRecords(records, webhook);
    const failures: string[] = [];
    for (const { message } of deliveries)
      await postMessage(message, webhook).catch((error: unknown) => failures.push(messageOf(error)));
    if (failures.length > 0) throw new Error(failures.join('; '));
    return undefined;
  }

  return middy(postAll).use(injectLambdaContext(logger, { resetKeys: true }));
}
