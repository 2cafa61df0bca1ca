import { expect, test } from '@jest/globals';
import { notifications, subscriptionsOf } from '../../shared/doctor/notifications.ts';
import { type Answers, answeringAws, awsError, contextWith, resultsOf } from '../support/doctor-context.ts';

const topicArn = 'arn:aws:sns:eu-central-1:111122223333:notices';
const confirmed = { SubscriptionArn: `${topicArn}:1`, Protocol: 'sqs', Endpoint: 'queue' };
const pending = { SubscriptionArn: 'PendingConfirmation', Protocol: 'email', Endpoint: 'ann@example.com' };
const found = (answers: Answers, change = {}) =>
  resultsOf(notifications, contextWith(answers, { topicArn, ...change }));

test('a topic with confirmed subscriptions is ok; it is read in its own region', async () => {
  const ListSubscriptionsByTopic = (_: object, region: string) =>
    region === 'eu-central-1' ? { Subscriptions: [confirmed] } : awsError('WrongRegion');
  expect(await found({ ListSubscriptionsByTopic })).toMatchObject([
    { status: 'ok', message: `${topicArn}, 1 subscription` },
  ]);
});

test('all pages of subscriptions are read; a topic that does not exist has none', async () => {
  const aws = answeringAws({
    ListSubscriptionsByTopic: ({ NextToken }) =>
      NextToken === undefined ? { Subscriptions: [confirmed], NextToken: 'more' } : { Subscriptions: [pending] },
  });
  expect(await subscriptionsOf(aws('eu-central-1'), topicArn)).toEqual([confirmed, pending]);
  const gone = answeringAws({ ListSubscriptionsByTopic: () => awsError('NotFoundException') });
  expect(await subscriptionsOf(gone('eu-central-1'), topicArn)).toBeNull();
});

test('a topic that is missing or without subscriptions is an error', async () => {
  expect(await found({ ListSubscriptionsByTopic: () => awsError('NotFoundException') })).toMatchObject([
    { status: 'error', subject: topicArn, remedy: expect.stringContaining('REVERT_DRIFT') },
  ]);
  expect(
    await found({ ListSubscriptionsByTopic: () => awsError('NotFoundException') }, { deployment: null }),
  ).toMatchObject([{ status: 'error', remedy: expect.stringContaining('set EVENKEEL_TOPIC_ARN') }]);
  expect(await found({ ListSubscriptionsByTopic: () => ({ Subscriptions: [] }) })).toMatchObject([
    {
      status: 'error',
      message: `${topicArn} has no subscriptions: notifications reach no one`,
      remedy: expect.stringMatching(/^aws sns subscribe .*--protocol email .*--region eu-central-1$/),
    },
  ]);
});

test('a subscription that is not confirmed is named, also beside one that is', async () => {
  expect(await found({ ListSubscriptionsByTopic: () => ({ Subscriptions: [confirmed, pending] }) })).toMatchObject([
    { status: 'error', subject: 'ann@example.com', remedy: expect.stringContaining('ann@example.com') },
  ]);
});

test('without a topic the command prints, which is a warning', async () => {
  expect(await found({}, { topicArn: undefined })).toMatchObject([{ status: 'warning' }]);
});

test('an endpoint is one argument of the command that is suggested', async () => {
  const hostile = { ...pending, Protocol: 'https', Endpoint: "https://x/?a=1&b=$(id);'" };
  expect(await found({ ListSubscriptionsByTopic: () => ({ Subscriptions: [hostile] }) })).toMatchObject([
    {
      remedy: expect.stringContaining(
        String.raw` --protocol https --notification-endpoint $'https://x/?a=1&b=$(id);\'' --region eu-central-1`,
      ),
    },
  ]);
});
