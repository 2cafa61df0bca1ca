import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { isObject } from '../event.ts';

/** Works on one input: an event, or whatever somebody invoked the function with. */
type Work<T> = (input: unknown, context: Context) => Promise<T>;

/** Takes what the function's queue hands over, message by message, and what somebody invokes it with by hand. Of a batch only the messages that failed come again; a single input that fails throws. `failed` hears why. */
export const perMessage =
  <T>(work: Work<T>, failed: (error: unknown, messageId: string) => void) =>
  async (event: unknown, context: Context): Promise<T | SQSBatchResponse> => {
    if (!isBatch(event)) return work(event, context);
    const { Records } = event;
    const settled = await Promise.allSettled(Records.map(async ({ body }) => work(contentOf(body), context)));
    const batchItemFailures = settled.flatMap((one, index) => {
      const itemIdentifier = Records[index]?.messageId ?? '';
      if (one.status === 'fulfilled') return [];
      failed(one.reason, itemIdentifier);
      return [{ itemIdentifier }];
    });
    return { batchItemFailures };
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
