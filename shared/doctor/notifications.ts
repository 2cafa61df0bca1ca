import { paginateListSubscriptionsByTopic, SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { parseArn } from '../aws/arn.ts';
import type { Aws } from '../resource.ts';
import { counted, shellQuoted } from '../text.ts';
import { revertDrift } from './deployment.ts';
import { type Check, type CheckResult, type DoctorContext, fail, problemsOr, warn } from './diagnosis.ts';

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

const SET_TOPIC = "set EVENKEEL_TOPIC_ARN to the stack's output NoticeTopic";
const REMEDY = `${SET_TOPIC}, and check your permission sns:ListSubscriptionsByTopic`;

/** Whether anyone is notified. */
export const notifications: Check = {
  name: 'notifications',
  remedy: REMEDY,
  async run(context) {
    const { engine, home, topicArn } = context;
    if (!topicArn) return warn('EVENKEEL_TOPIC_ARN is not set: this command prints its notifications instead', REMEDY);
    const region = parseArn(topicArn)?.region || home;
    const found = await subscriptionsOf(engine.aws(region), topicArn);
    if (found === null)
      return fail(`${topicArn} does not exist: notifications reach no one`, recreate(context), topicArn);
    const confirmed = found.filter(isConfirmed);
    const problems = found.filter((one) => !isConfirmed(one)).map((one) => unconfirmed(one, topicArn, region));
    if (found.length === 0)
      return fail(
        `${topicArn} has no subscriptions: notifications reach no one`,
        subscribe(topicArn, region),
        topicArn,
      );
    return problemsOr(problems, `${topicArn}, ${counted(confirmed.length, 'subscription')}`);
  },
};

const recreate = ({ deployment }: DoctorContext) => (deployment === null ? SET_TOPIC : revertDrift(deployment));

const subscribe = (topicArn: string, region: string, protocol = 'email', endpoint = 'you@example.com') =>
  `aws sns subscribe --topic-arn ${shellQuoted(topicArn)} --protocol ${shellQuoted(protocol)} --notification-endpoint ${shellQuoted(endpoint)} --region ${region}`;

const unconfirmed = ({ Protocol, Endpoint = '' }: Subscription, topicArn: string, region: string): CheckResult =>
  fail(
    `${Endpoint} has not confirmed the subscription and is not notified`,
    `open the link in the e-mail "AWS Notification - Subscription Confirmation"; to have it sent again: ${subscribe(topicArn, region, Protocol, Endpoint)}`,
    Endpoint,
  );
