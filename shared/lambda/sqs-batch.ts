import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { isObject } from '../event.ts';
import { MAX_RECEIVES, receiveCountOf } from './shorten-visibility.ts';

/** How a message came: whether a failure now is final. What is invoked by hand has one try. */
export interface Delivery {
  readonly receiveCount: number;
  readonly isLastTry: boolean;
}

/** Works on one input: an event, or whatever somebody invoked the function with. */
type Work<T> = (input: unknown, context: Context, delivery: Delivery) => Promise<T>;

/** What is done about a message that failed, before it comes again; must not throw. */
type OnFailure = (error: unknown, record: SQSRecord) => Promise<void>;

const BY_HAND: Delivery = { receiveCount: 1, isLastTry: true };

const deliveryOf = (record: SQSRecord): Delivery => {
  const receiveCount = receiveCountOf(record);
  return { receiveCount, isLastTry: receiveCount >= MAX_RECEIVES };
};

/** Works on what the function's queue hands over, message by message, and on what somebody invokes it with by hand. Of a batch only the messages that failed come again; a single input that fails throws. */
export const perMessage =
  <T>(work: Work<T>, onFailure: OnFailure) =>
  async (event: unknown, context: Context): Promise<T | SQSBatchResponse> => {
    if (!isBatch(event)) return work(event, context, BY_HAND);
    const failed = await Promise.all(
      event.Records.map(async (record) => {
        try {
          await work(contentOf(record.body), context, deliveryOf(record));
          return null;
        } catch (error) {
          await onFailure(error, record);
          return { itemIdentifier: record.messageId };
        }
      }),
    );
    return { batchItemFailures: failed.filter((one) => one !== null) };
  };

/** True for the records of an event source mapping; an event that somebody wrapped by hand has no message ids to answer with. */
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

/** The JSON value, or the text where it is none: whoever reads it says what is wrong with it. */
function contentOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
