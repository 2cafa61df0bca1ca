import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const setPolicy = ({ aws }: SceneAccount, QueueUrl: string, ...Statement: object[]) => {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  return aws(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
};

const topicsOf = (accountId: string) => ({
  Sid: 'Topics',
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: '*',
  Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${accountId}:*` } },
});

async function createQueue(account: SceneAccount): Promise<string> {
  const command = new CreateQueueCommand({
    QueueName: account.name('orders'),
    Attributes: { VisibilityTimeout: '60' },
  });
  const { QueueUrl = '' } = await account.aws(SQSClient).send(command);
  await setPolicy(account, QueueUrl, topicsOf(account.accountId));
  return QueueUrl;
}

export default {
  title: 'A queue is opened to everybody; the topics of the account may still send',
  expects: { 'sqs-queue-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const queue = await createQueue(account);
    const other = await createQueue(account);
    const attributesOf = async (QueueUrl: string) => {
      const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
      const { LastModifiedTimestamp: _, ...attributes } = (await account.aws(SQSClient).send(asked)).Attributes ?? {};
      return attributes;
    };
    return {
      state: () => attributesOf(queue),
      neighbours: async () => ({ [`queue ${other}`]: await attributesOf(other) }),
      async happen() {
        const open = { Sid: 'Open', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sqs:*', Resource: '*' };
        await setPolicy(account, queue, topicsOf(account.accountId), open);
        const names = { 'requestParameters.queueUrl': queue };
        return { event: freshEvent('sqs/SetQueueAttributes', account, names) };
      },
    };
  },
} satisfies Scene;
