import { expect, test } from '@jest/globals';
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
const found = (source: string, answers: Answers) =>
  resultsOf(
    slack,
    contextWith(
      {
        GetFunctionConfiguration: () => ({ Environment: { Variables: { EVENKEEL_SLACK_SECRET: source } } }),
        ListSubscriptionsByTopic: () => ({ Subscriptions: [{ Endpoint: QUEUE }] }),
        ...answers,
      },
      { deployment, topicArn },
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
