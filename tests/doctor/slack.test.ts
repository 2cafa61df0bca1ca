import { describe, expect, test } from '@jest/globals';
import type { DoctorContext, SecretContent } from '../../shared/doctor/diagnosis.ts';
import { slack } from '../../shared/doctor/slack.ts';
import {
  type Answers,
  awsError,
  contextWith,
  deploymentWith,
  resultsOf,
  stackResources,
} from '../support/doctor-context.ts';

const topicArn = 'arn:aws:sns:eu-west-1:111122223333:notices';
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:evenkeel-prod-slack';
const deployment = deploymentWith(stackResources('AWS::Lambda::Function', 'evenkeel-prod-slack'));
const found = (
  source: string,
  answers: Answers,
  more: Readonly<Record<string, string>> = {},
  change: Partial<DoctorContext> = {},
) =>
  resultsOf(
    slack,
    contextWith(
      {
        GetFunctionConfiguration: () => ({ Environment: { Variables: { EVENKEEL_SLACK_SECRET: source, ...more } } }),
        ListSubscriptionsByTopic: () => ({ Subscriptions: [{ Endpoint: QUEUE }] }),
        ...answers,
      },
      { deployment, topicArn, ...change },
    ),
  );
const SECRET = 'secretsmanager:evenkeel/slack';

test('with a secret and a subscription it is ok', async () => {
  expect(await found(SECRET, { DescribeSecret: () => ({}) })).toMatchObject([
    { status: 'ok', message: `posts to the webhook in ${SECRET}` },
  ]);
});

test('a secret that is missing is created, one to be deleted is restored', async () => {
  expect(await found(SECRET, { DescribeSecret: () => awsError('ResourceNotFoundException') })).toMatchObject([
    {
      status: 'error',
      subject: SECRET,
      remedy: expect.stringMatching(/^aws secretsmanager create-secret --name evenkeel\/slack .*--region eu-west-1$/),
    },
  ]);
  expect(await found(SECRET, { DescribeSecret: () => ({ DeletedDate: new Date() }) })).toMatchObject([
    { status: 'error', remedy: 'aws secretsmanager restore-secret --secret-id evenkeel/slack --region eu-west-1' },
  ]);
});

test('a parameter is looked up by its name, and by an ARN with and without the first slash', async () => {
  const asked: unknown[] = [];
  const answers: Answers = {
    DescribeParameters: ({ ParameterFilters }) => {
      asked.push((ParameterFilters as readonly { readonly Values: unknown }[])[0]?.Values);
      return { Parameters: [{}] };
    },
  };
  expect(await found('ssm:/evenkeel/slack', answers)).toMatchObject([{ status: 'ok' }]);
  await found('ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/evenkeel/slack', answers);
  expect(asked).toEqual([['/evenkeel/slack'], ['/evenkeel/slack', 'evenkeel/slack']]);
  expect(await found('ssm:/evenkeel/slack', { DescribeParameters: () => ({ Parameters: [] }) })).toMatchObject([
    {
      status: 'error',
      remedy: expect.stringContaining('aws ssm put-parameter --name /evenkeel/slack --type SecureString'),
    },
  ]);
});

test('a queue that is not subscribed is subscribed by the remedy', async () => {
  const answers: Answers = {
    DescribeSecret: () => ({}),
    ListSubscriptionsByTopic: () => ({ Subscriptions: [{ Endpoint: 'ann@example.com' }] }),
  };
  expect(await found(SECRET, answers)).toMatchObject([
    {
      status: 'error',
      subject: 'evenkeel-prod-slack',
      remedy: `aws sns subscribe --topic-arn ${topicArn} --protocol sqs --notification-endpoint ${QUEUE} --region eu-west-1`,
    },
  ]);
});

test('where Slack is not used, or its function is missing, there is nothing to check here', async () => {
  expect(await resultsOf(slack, contextWith({}))).toEqual([]);
  expect(await found('', {})).toEqual([]);
  expect(await found(SECRET, { GetFunctionConfiguration: () => awsError('ResourceNotFoundException') })).toEqual([]);
});

describe('of a secret whose value may be read, it says', () => {
  const CHANNEL = { EVENKEEL_SLACK_CHANNEL: 'C0123456789' };
  const holding = (content: SecretContent, more: Readonly<Record<string, string>> = {}) =>
    found(SECRET, { DescribeSecret: () => ({}) }, more, { secrets: async () => content });

  test('that it is a webhook, or the token of a bot and its channel', async () => {
    expect(await holding({ kind: 'webhook' })).toMatchObject([
      { status: 'ok', message: `posts to the webhook in ${SECRET}` },
    ]);
    expect(await holding({ kind: 'bot' }, CHANNEL)).toMatchObject([
      { status: 'ok', message: `posts as a bot to the channel C0123456789, by the token in ${SECRET}` },
    ]);
  });

  test('that a bot has no channel', async () => {
    expect(await holding({ kind: 'bot' })).toMatchObject([
      { status: 'error', subject: SECRET, remedy: expect.stringMatching(/^set slackChannel in deployment\.yml/) },
    ]);
  });

  test('that a webhook does not use the channel, and has no buttons', async () => {
    expect(await holding({ kind: 'webhook' }, CHANNEL)).toMatchObject([
      {
        status: 'warning',
        subject: SECRET,
        message: expect.stringMatching(/slackChannel \(C0123456789\) is not used$/),
      },
    ]);
    expect(await holding({ kind: 'webhook' }, { ...CHANNEL, EVENKEEL_SLACK_BUTTONS: 'true' })).toMatchObject([
      { status: 'warning', message: expect.stringMatching(/, and messages have no buttons$/) },
    ]);
  });

  test('that its value is of no use', async () => {
    expect(await holding({ problem: 'the value of x is not the address' })).toMatchObject([
      {
        status: 'error',
        message: 'the value of x is not the address; nothing is posted to Slack',
        remedy: expect.stringMatching(/^aws secretsmanager put-secret-value --secret-id evenkeel\/slack /),
      },
    ]);
  });

  test('that it was not read, to those who may not; what deployment.yml says is taken then', async () => {
    const denied = { denied: 'AccessDeniedException' };
    expect(await holding(denied)).toMatchObject([
      {
        status: 'ok',
        message: `posts to the webhook in ${SECRET} (what it holds was not checked: AccessDeniedException)`,
      },
    ]);
    expect(await holding(denied, CHANNEL)).toMatchObject([
      {
        status: 'ok',
        message: expect.stringMatching(/^posts as a bot to the channel C0123456789, .* was not checked/),
      },
    ]);
  });

  test('nothing of one that does not exist: it is not read', async () => {
    const secrets = async () => {
      throw new Error('read');
    };
    expect(
      await found(SECRET, { DescribeSecret: () => awsError('ResourceNotFoundException') }, CHANNEL, { secrets }),
    ).toMatchObject([{ status: 'error', message: expect.stringContaining("the bot's token, does not exist") }]);
  });
});
