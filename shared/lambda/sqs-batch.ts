import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageOf } from '../aws/error-message.ts';
import type { Delivery } from '../engine/context.ts';
import { isObject } from '../event.ts';
import type { Aws } from '../resource.ts';
import { MAX_RECEIVES, receiveCountOf, retryWithBackoff } from './shorten-visibility.ts';

/** Handles one input: the content of a message, or what the function was invoked with directly. */
type Work<T> = (input: unknown, context: Context, delivery: Delivery) => Promise<T>;

/** Called for a message that failed, before it is returned to the queue; must not throw. */
type OnFailure = (error: unknown, record: SQSRecord) => Promise<void>;

/** A direct invocation has one try. */
const DIRECT: Delivery = { receiveCount: 1, isLastTry: true };

const deliveryOf = (record: SQSRecord): Delivery => {
  const receiveCount = receiveCountOf(record);
  return { receiveCount, isLastTry: receiveCount >= MAX_RECEIVES };
};

/** Handles the records of a queue one by one, several at once or `inOrder`, and reports only those that fail as failed. */
export const partialResponse = (
  records: readonly SQSRecord[],
  handle: (record: SQSRecord) => Promise<void>,
  { inOrder = false } = {},
): Promise<SQSBatchResponse> =>
  processPartialResponse({ Records: [...records] }, handle, new BatchProcessor(EventType.SQS), {
    processInParallel: !inOrder,
    // Lambda would take an exception for a failure of the function, and count and log it as one.
    throwOnFullBatchFailure: false,
  });

/** Handles the messages of the function's queue, and whatever else it is invoked with directly. Of a batch only the messages that failed are retried; a direct invocation that fails throws. */
export const perMessage =
  <T>(work: Work<T>, onFailure: OnFailure) =>
  async (event: unknown, context: Context): Promise<T | SQSBatchResponse> => {
    if (!isBatch(event)) return work(event, context, DIRECT);
    return partialResponse(event.Records, async (record) => {
      try {
        await work(contentOf(record.body), context, deliveryOf(record));
      } catch (error) {
        await onFailure(error, record);
        throw error;
      }
    });
  };

/** Logs a failed message, and brings its next receive forward by the message's visibility timeout. */
export const retryLater =
  (logger: Logger, aws: Aws): OnFailure =>
  async (error, record) => {
    const { messageId } = record;
    const next = deliveryOf(record).isLastTry ? 'moves to the dead-letter queue' : 'will be retried';
    logger.error(`failed, ${next}: ${messageOf(error)}`, { messageId });
    await retryWithBackoff(aws, record).catch(warnOfDelay(logger, record));
  };

/** Logs that the visibility timeout of a message could not be shortened. */
export const warnOfDelay =
  (logger: Logger, { messageId }: SQSRecord) =>
  (refused: unknown): void =>
    logger.warn('the visibility timeout could not be shortened: the retry is delayed', {
      messageId,
      reason: messageOf(refused),
    });

/** True for the records of an event source mapping; an event that was wrapped by hand has no message ids to respond with. */
const isBatch = (event: unknown): event is SQSEvent =>
  isObject(event) &&
  Array.isArray(event.Records) &&
  event.Records.length > 0 &&
  event.Records.every(
    (record) =>
      isObject(record) &&
      record.eventSource === 'aws:sqs' &&
      typeof record.messageId === 'string' &&
      typeof record.body === 'string',
  );

/** The JSON value, or the text where it is not JSON: its reader reports what is wrong with it. */
function contentOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
