import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Aws } from '../resource.ts';

/** The URL of a queue, which is asked for in the queue's own region: nobody should build one. Throws the SDK's own error. */
export async function queueUrlOf(arn: string, aws: Aws): Promise<string> {
  const [, , , region, QueueOwnerAWSAccountId, QueueName] = arn.split(':');
  const asked = new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId });
  const { QueueUrl = '' } = await aws(SQSClient, region).send(asked);
  return QueueUrl;
}
