import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { queueUrlOf } from '../aws/queue-url.ts';
import type { Aws } from '../resource.ts';

/** SQS hides a message for no longer, in seconds. */
const LONGEST = 43_200;

/** Brings a message that failed back after so many seconds instead of after the whole visibility timeout of its queue. */
export async function retrySoon(aws: Aws, record: SQSRecord, seconds: number): Promise<void> {
  const { eventSourceARN, receiptHandle: ReceiptHandle } = record;
  const QueueUrl = await queueUrlOf(eventSourceARN, aws);
  const VisibilityTimeout = Math.min(seconds, LONGEST);
  const sooner = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout });
  await aws(SQSClient, eventSourceARN.split(':')[3]).send(sooner);
}
