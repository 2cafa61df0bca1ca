import { paginateListSubscriptionsByTopic, SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { parseArn } from '../aws/arn.ts';
import type { Aws } from '../resource.ts';
import { restore } from './deployment.ts';
import { type Examination, ill, look, type Scene, troublesOr, type Verdict } from './diagnosis.ts';

/** All subscriptions of a topic; null where there is no such topic. */
export async function subscriptionsOf(aws: Aws, TopicArn: string): Promise<readonly Subscription[] | null> {
  const found: Subscription[] = [];
  try {
    for await (const page of paginateListSubscriptionsByTopic({ client: aws(SNSClient) }, { TopicArn }))
      found.push(...(page.Subscriptions ?? []));
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundException') return null;
    throw error;
  }
  return found;
}

const isConfirmed = ({ SubscriptionArn = '' }: Subscription) => SubscriptionArn.startsWith('arn:');

/** Whether anybody is told. */
export const notices: Examination = {
  what: 'notices',
  mend: 'set EVENKEEL_TOPIC_ARN to NoticeTopic of the outputs of the stack, and see that you may read it',
  async examine(scene) {
    const { engine, home, topicArn } = scene;
    if (!topicArn) return look('EVENKEEL_TOPIC_ARN is not set: this command tells you alone', this.mend);
    const region = parseArn(topicArn)?.region || home;
    const found = await subscriptionsOf(engine.aws(region), topicArn);
    if (found === null) return ill(`${topicArn} is gone: nobody is told anything`, remade(scene), topicArn);
    const confirmed = found.filter(isConfirmed);
    const nobody = ill(`nobody is subscribed to ${topicArn}`, subscribe(topicArn, region), topicArn);
    const troubles = found.filter((one) => !isConfirmed(one)).map((one) => unconfirmed(one, topicArn, region));
    if (found.length === 0) return nobody;
    return troublesOr(troubles, `${topicArn}, ${confirmed.length} subscribed`);
  },
};

const remade = ({ deployment }: Scene) =>
  deployment === null ? 'set EVENKEEL_TOPIC_ARN to NoticeTopic of the outputs of the stack' : restore(deployment);

const subscribe = (topicArn: string, region: string, protocol = 'email', endpoint = 'you@example.com') =>
  `aws sns subscribe --topic-arn ${topicArn} --protocol ${protocol} --notification-endpoint ${endpoint} --region ${region}`;

const unconfirmed = ({ Protocol, Endpoint = '' }: Subscription, topicArn: string, region: string): Verdict =>
  ill(
    `${Endpoint} has not confirmed the subscription and is told nothing`,
    `open the link in the mail "AWS Notification - Subscription Confirmation"; to have it sent again: ${subscribe(topicArn, region, Protocol, Endpoint)}`,
    Endpoint,
  );
