import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { parseArn } from '../aws/arn.ts';
import { queueUrlOf } from '../aws/queue-url.ts';
import type { Aws } from '../resource.ts';

/** The longest visibility timeout that SQS takes, in seconds. */
const MAX_VISIBILITY_S = 43_200;

/** The visibility timeout after the first failed receive, the second and so on: all tries of an event end within 15 minutes. */
export const RETRY_DELAYS_S: readonly number[] = [15, 60, 120, 240, 420];

/** A message is received this often before it goes to the dead-letter queue. */
export const MAX_RECEIVES = RETRY_DELAYS_S.length + 1;

/** How often a message has been received, this time included. */
export const receiveCountOf = ({ attributes }: SQSRecord): number => Number(attributes?.ApproximateReceiveCount ?? 1);

/** Shortens the visibility timeout of a failed message to this many seconds: the queue's own is meant for a function that died. Throws the SDK's own error. */
export async function shortenVisibility(aws: Aws, record: SQSRecord, seconds: number): Promise<void> {
  const { eventSourceARN, receiptHandle: ReceiptHandle } = record;
  const QueueUrl = await queueUrlOf(eventSourceARN, aws);
  const VisibilityTimeout = Math.min(seconds, MAX_VISIBILITY_S);
  const shortened = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout });
  await aws(SQSClient, parseArn(eventSourceARN)?.region).send(shortened);
}

/** Makes a failed message visible again after the delay of its receive count; after the last one at once, so that it moves to the dead-letter queue. */
export const retryWithBackoff = (aws: Aws, record: SQSRecord): Promise<void> =>
  shortenVisibility(aws, record, RETRY_DELAYS_S[receiveCountOf(record) - 1] ?? 0);
