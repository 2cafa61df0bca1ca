import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Aws } from '../resource.ts';
import { carried } from './answer.ts';
import { parseArn } from './arn.ts';

/** The URL of a queue, which is asked for in the queue's own region: it is not to be built from its parts. Throws the SDK's own error. */
export async function queueUrlOf(arn: string, aws: Aws): Promise<string> {
  const queue = parseArn(arn);
  const asked = new GetQueueUrlCommand({ QueueName: queue?.resource, QueueOwnerAWSAccountId: queue?.accountId });
  const { QueueUrl } = await aws(SQSClient, queue?.region).send(asked);
  return carried('GetQueueUrl', 'QueueUrl', QueueUrl);
}
