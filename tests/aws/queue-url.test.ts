import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { queueUrlOf } from '../../shared/aws/queue-url.ts';
import { testAccount } from '../support/sandbox.ts';

const { aws, accountId } = await testAccount();

test('a queue’s URL is asked for in its own region', async () => {
  const { QueueUrl } = await aws()(SQSClient, 'ap-south-1').send(new CreateQueueCommand({ QueueName: 'far' }));
  expect(await queueUrlOf(`arn:aws:sqs:ap-south-1:${accountId}:far`, aws())).toBe(QueueUrl);
  await expect(queueUrlOf(`arn:aws:sqs:eu-west-1:${accountId}:far`, aws())).rejects.toThrow(/does not exist/);
});
