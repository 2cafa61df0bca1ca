import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const setPolicy = ({ aws }: SceneAccount, TopicArn: string, ...Statement: object[]) =>
  aws(SNSClient).send(
    new SetTopicAttributesCommand({
      TopicArn,
      AttributeName: 'Policy',
      AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );

const bucketsOf = (accountId: string, Resource: string) => ({
  Sid: 'Buckets',
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'sns:Publish',
  Resource,
  Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
});

async function createTopic(account: SceneAccount): Promise<string> {
  const { TopicArn = '' } = await account.aws(SNSClient).send(new CreateTopicCommand({ Name: account.name('orders') }));
  await setPolicy(account, TopicArn, bucketsOf(account.accountId, TopicArn));
  return TopicArn;
}

export default {
  title: 'A topic is opened to everybody; the buckets of the account may still publish',
  expects: { 'sns-topic-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const topic = await createTopic(account);
    const other = await createTopic(account);
    const attributesOf = async (TopicArn: string) =>
      (await account.aws(SNSClient).send(new GetTopicAttributesCommand({ TopicArn }))).Attributes;
    return {
      state: () => attributesOf(topic),
      neighbours: async () => ({ [`topic ${other}`]: await attributesOf(other) }),
      async happen() {
        const open = { Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: topic };
        await setPolicy(account, topic, open, bucketsOf(account.accountId, topic));
        const names = { 'requestParameters.topicArn': topic };
        return { event: freshEvent('sns/SetTopicAttributes', account, names) };
      },
    };
  },
} satisfies Scene;
