import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { awsClients } from '../aws/clients.ts';
import { messageOf } from '../engine/errors.ts';
import { slackMessage, subjectOf } from '../notify/slack.ts';
import { NotPostedError, post } from '../notify/webhook.ts';
import { emitter } from './metrics.ts';
import { shortenVisibility } from './shorten-visibility.ts';
import { deliveriesIn } from './sns-deliveries.ts';
import { webhookAddress } from './webhook-address.ts';

/** Milliseconds that are kept to say how it went. */
const TO_ANSWER = 2_000;

/** The Lambda handler that posts what comes over the topic to the Slack webhook of `EVENKEEL_SLACK_SECRET`, one after the other. Of a batch from a queue only what was not posted comes again; without a queue it throws. */
export function createSlackHandler() {
  const logger = new Logger();
  const emit = emitter(new Metrics());
  const aws = awsClients()(process.env.AWS_REGION ?? '');
  const address = webhookAddress(process.env.EVENKEEL_SLACK_SECRET, aws);

  async function tellSlack(event: unknown, context: Context): Promise<SQSBatchResponse | undefined> {
    const remaining = () => context.getRemainingTimeInMillis() - TO_ANSWER;
    const webhook = { address, remaining, sleep };
    const failures: string[] = [];
    const batchItemFailures: { itemIdentifier: string }[] = [];
    // Once Slack says that we are too fast for the time that is left, the rest of the batch would only be refused as well.
    let tooFast: NotPostedError | undefined;
    const deliveries = deliveriesIn(event);
    for (const { message, record } of deliveries) {
      const about = { subject: subjectOf(message) };
      try {
        if (tooFast !== undefined) throw tooFast;
        const posted = await post(slackMessage(message), webhook);
        logger.info(`posted: ${about.subject}`, { ...about, ...posted });
        emit('SlackPosted', 1);
      } catch (error) {
        const status = error instanceof NotPostedError ? error.status : null;
        logger.error(`not posted: ${about.subject}`, { ...about, status, reason: messageOf(error) });
        emit('SlackFailed', 1);
        failures.push(messageOf(error));
        if (error instanceof NotPostedError && error.retryAfter !== null) tooFast = error;
        if (record === null) continue;
        batchItemFailures.push({ itemIdentifier: record.messageId });
        if (tooFast?.retryAfter != null)
          await shortenVisibility(aws, record, tooFast.retryAfter).catch((refused: unknown) =>
            logger.warn('the message comes again later than it could', { ...about, reason: messageOf(refused) }),
          );
      }
    }
    if (deliveries.every(({ record }) => record !== null)) return { batchItemFailures };
    if (failures.length > 0) throw new Error(failures.join('; '));
    return undefined;
  }

  return middy(tellSlack).use(injectLambdaContext(logger, { resetKeys: true }));
}
