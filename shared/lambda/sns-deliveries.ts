import type { SQSRecord } from 'aws-lambda';
import { isObject, type JsonObject, stringOrNull } from '../event.ts';
import type { TopicMessage } from '../notify/topic-message.ts';

/** A message of the topic, and the queue's record that carries it; null where it came without a queue. */
export interface Delivery {
  readonly message: TopicMessage;
  readonly record: SQSRecord | null;
}

/** Every message of an event: of SQS records, of SNS records, or of one SNS envelope. Throws where it is none of these. */
export function deliveriesIn(event: unknown): readonly Delivery[] {
  if (isObject(event) && Array.isArray(event.Records)) return event.Records.map(ofRecord);
  const message = isObject(event) ? enveloped(event) : null;
  if (message === null)
    throw new Error('the event is none of: SQS records, SNS records, an SNS envelope with "TopicArn" and "Message"');
  return [{ message, record: null }];
}

function ofRecord(record: unknown): Delivery {
  if (isObject(record) && isObject(record.Sns)) {
    const message = enveloped(record.Sns);
    if (message !== null) return { message, record: null };
  }
  if (isObject(record) && typeof record.body === 'string' && typeof record.messageId === 'string')
    return { message: messageIn(record as unknown as SQSRecord), record: record as unknown as SQSRecord };
  throw new Error('a record of the event is neither of SQS nor of SNS');
}

/** The message that an SQS record carries: its body is an SNS envelope or, with raw delivery, the message itself. */
export function messageIn({ body }: Pick<SQSRecord, 'body'>): TopicMessage {
  const raw = { subject: null, message: body };
  try {
    const envelope: unknown = JSON.parse(body);
    return isObject(envelope) ? (enveloped(envelope) ?? raw) : raw;
  } catch {
    return raw;
  }
}

const enveloped = ({ Message, Subject, TopicArn }: JsonObject): TopicMessage | null =>
  typeof Message === 'string' && typeof TopicArn === 'string'
    ? { subject: stringOrNull(Subject), message: Message }
    : null;
