import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import {
  MAX_RECEIVES,
  RETRY_DELAYS_S,
  receiveCountOf,
  retryWithBackoff,
  shortenVisibility,
} from '../../shared/lambda/shorten-visibility.ts';
import type { Aws } from '../../shared/resource.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const record = (receives?: number) =>
  ({
    receiptHandle: 'handle',
    eventSourceARN: `arn:aws:sqs:${REGION}:111122223333:evenkeel-prod-data`,
    attributes: receives === undefined ? {} : { ApproximateReceiveCount: `${receives}` },
  }) as unknown as SQSRecord;

/** A client that keeps the visibility timeouts which it is asked for. */
function recorder() {
  const asked: number[] = [];
  const client = {
    async send({ input }: { input: { VisibilityTimeout?: number } }) {
      if (input.VisibilityTimeout !== undefined) asked.push(input.VisibilityTimeout);
      return { QueueUrl: 'url' };
    },
  };
  return { aws: (() => client) as unknown as Aws, asked };
}

test('all tries of an event end within a quarter of an hour', () => {
  expect(RETRY_DELAYS_S.reduce((sum, delay) => sum + delay)).toBeLessThan(900);
  expect(RETRY_DELAYS_S).toEqual(RETRY_DELAYS_S.toSorted((a, b) => a - b));
  expect(MAX_RECEIVES).toBe(6);
});

test('a message that failed comes again after the delay of its receive count, and after the last at once', async () => {
  const { aws, asked } = recorder();
  for (const receives of [1, 2, 3, 4, 5, 6, 20]) await retryWithBackoff(aws, record(receives));
  await retryWithBackoff(aws, record());
  expect(asked).toEqual([15, 60, 120, 240, 420, 0, 0, 15]);
  expect(receiveCountOf(record())).toBe(1);
});

test('no longer than SQS hides a message', async () => {
  const { aws, asked } = recorder();
  await shortenVisibility(aws, record(), 1_000_000);
  expect(asked).toEqual([43_200]);
});

test('a message of a queue with a long visibility timeout can be received again', async () => {
  const account = await testAccount();
  const sqs = account.aws()(SQSClient);
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'slow', Attributes: { VisibilityTimeout: '720' } }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
  const receive = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0];
  const { ReceiptHandle: receiptHandle = '' } = (await receive()) ?? {};
  expect(await receive()).toBeUndefined();
  const eventSourceARN = `arn:aws:sqs:${REGION}:${account.accountId}:slow`;
  await shortenVisibility(account.aws(), { receiptHandle, eventSourceARN } as SQSRecord, 0);
  expect(await receive()).toMatchObject({ Body: '{}' });
});
