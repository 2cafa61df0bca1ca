import { ChangeMessageVisibilityCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Aws } from '../resource.ts';

/** SQS hides a message for no longer, in seconds. */
const LONGEST = 43_200;

/** Brings a message that failed back after so many seconds instead of after the whole visibility timeout of its queue. */
export async function retrySoon(aws: Aws, record: SQSRecord, seconds: number): Promise<void> {
  const [, , , region, account, name] = record.eventSourceARN.split(':');
  const sqs = aws(SQSClient, region);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }));
  const VisibilityTimeout = Math.min(seconds, LONGEST);
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: record.receiptHandle, VisibilityTimeout }),
  );
}
