import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { messageOf } from '../aws/error-message.ts';
import { subjectOf } from '../notify/slack.ts';
import type { TopicMessage } from '../notify/topic-message.ts';
import { NotPostedError, type Time } from '../notify/webhook.ts';
import type { Aws } from '../resource.ts';
import { systemClock } from '../time.ts';
import { shortenVisibility } from './shorten-visibility.ts';
import { deliveriesIn, messageIn } from './sns-deliveries.ts';
import { partialResponse, warnOfDelay } from './sqs-batch.ts';

/** Time that is reserved for logging and the response. */
const MARGIN_MS = 2_000;

/** Who gets the messages of the topic. */
export interface Receiver {
  /** Gives what is logged of it. Throws NotPostedError, or why it cannot be reached. */
  deliver(message: TopicMessage, time: Time): Promise<object>;
  /** Counts a message that was posted, or was not. */
  count?(isPosted: boolean): void;
}

/** The Lambda handler that posts the messages of the topic, in order. Of a batch from a queue only what was not posted is retried; invoked by SNS or by hand, it throws. */
export function topicHandler({ deliver, count }: Receiver, { aws, logger }: { aws: Aws; logger: Logger }) {
  async function postMessage(message: TopicMessage, time: Time): Promise<void> {
    const subject = subjectOf(message);
    try {
      const posted = await deliver(message, time);
      logger.info(`posted: ${subject}`, { subject, ...posted });
      count?.(true);
    } catch (error) {
      const status = error instanceof NotPostedError ? error.status : null;
      logger.error(`not posted: ${subject}`, { subject, status, reason: messageOf(error) });
      count?.(false);
      throw error;
    }
  }

  /** Once the rate is limited for longer than there is time, the rest is not posted either: it would be refused as well. */
  function postRecords(records: readonly SQSRecord[], time: Time): Promise<SQSBatchResponse> {
    let limited: NotPostedError | null = null;
    const postRecord = async (record: SQSRecord) => {
      try {
        if (limited !== null) throw limited;
        await postMessage(messageIn(record), time);
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
    const time = { remaining: () => context.getRemainingTimeInMillis() - MARGIN_MS, sleep: systemClock.sleep };
    const deliveries = deliveriesIn(event);
    const records = deliveries.flatMap(({ record }) => record ?? []);
    if (records.length === deliveries.length) return postRecords(records, time);
    const failures: string[] = [];
    for (const { message } of deliveries)
      await postMessage(message, time).catch((error: unknown) => failures.push(messageOf(error)));
    if (failures.length > 0) throw new Error(failures.join('; '));
    return undefined;
  }

  return middy(postAll).use(injectLambdaContext(logger, { resetKeys: true }));
}
