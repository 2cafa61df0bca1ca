import { describe, expect, test } from '@jest/globals';
import { failedEvents, queues, waitingIn } from '../../shared/doctor/queues.ts';
import {
  type Answers,
  answeringAws,
  awsError,
  contextWith,
  deploymentWith,
  resultsOf,
  stackResources,
} from '../support/doctor-context.ts';

const url = (name: string) => `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`;
const attributes = (visible: number, inFlight = 0) => ({
  Attributes: {
    ApproximateNumberOfMessages: `${visible}`,
    ApproximateNumberOfMessagesNotVisible: `${inFlight}`,
  },
});
const GetQueueUrl: Answers[string] = ({ QueueName }) => ({ QueueUrl: url(String(QueueName)) });
const missing = () => awsError('QueueDoesNotExist');

test('messages in flight count too, but not as visible', async () => {
  const aws = answeringAws({ GetQueueAttributes: () => attributes(2, 3) });
  expect(await waitingIn(aws('eu-west-1'), url('q'))).toEqual({ visible: 2, all: 5 });
});

describe("the functions' queues", () => {
  const deployment = deploymentWith(
    stackResources('AWS::SQS::Queue', url('evenkeel-prod-data'), url('evenkeel-prod-failed-events')),
  );
  const mapping = (State: string) => ({
    EventSourceMappings: [
      { UUID: 'u-1', EventSourceArn: 'arn:aws:sqs:eu-west-1:111122223333:evenkeel-prod-data', State },
    ],
  });
  const found = (answers: Answers) =>
    resultsOf(
      queues,
      contextWith(
        {
          GetQueueUrl,
          GetQueueAttributes: () => attributes(0),
          ListEventSourceMappings: () => mapping('Enabled'),
          ...answers,
        },
        { deployment },
      ),
    );

  test.each(['Enabled', 'Enabling', 'Updating', 'Creating'])('whose mapping is %s is polled', async (state) => {
    expect(await found({ ListEventSourceMappings: () => mapping(state) })).toMatchObject([
      { status: 'ok', message: '1 queue, all polled' },
    ]);
  });

  test('whose mapping is disabled is not, and is enabled by the remedy', async () => {
    const answers = { ListEventSourceMappings: () => mapping('Disabled'), GetQueueAttributes: () => attributes(1) };
    expect(await found(answers)).toMatchObject([
      {
        status: 'error',
        subject: 'evenkeel-prod-data',
        message: 'nothing polls evenkeel-prod-data: its event source mapping is Disabled, and 1 message waits',
        remedy: 'aws lambda update-event-source-mapping --uuid u-1 --enabled --region eu-west-1',
      },
    ]);
  });

  test('without a mapping, or missing, are errors', async () => {
    expect(await found({ ListEventSourceMappings: () => ({}) })).toMatchObject([
      { status: 'error', message: 'nothing polls evenkeel-prod-data: its event source mapping is missing' },
    ]);
    expect(await found({ GetQueueUrl: missing })).toMatchObject([
      {
        status: 'error',
        message: 'the queue evenkeel-prod-data is missing: its function receives no events',
        remedy: expect.stringMatching(/^once it has been gone for 60 seconds .*REVERT_DRIFT/),
      },
    ]);
  });

  test('with more than a thousand messages are a warning', async () => {
    expect(await found({ GetQueueAttributes: () => attributes(1000) })).toMatchObject([{ status: 'ok' }]);
    expect(await found({ GetQueueAttributes: () => attributes(1001) })).toMatchObject([
      {
        status: 'warning',
        message: '1001 messages wait in evenkeel-prod-data: a burst of events, or its function cannot keep up',
        remedy: 'aws logs tail /aws/lambda/evenkeel-prod-data --since 1h --region eu-west-1',
      },
    ]);
  });
});

describe('failed events', () => {
  const found = (answers: Answers) => resultsOf(failedEvents, contextWith({ GetQueueUrl, ...answers }));

  test('none in any region is ok', async () => {
    expect(await found({ GetQueueAttributes: () => attributes(0) })).toMatchObject([
      { status: 'ok', message: 'none, in 2 regions' },
    ]);
  });

  test('of the home region are redriven, those of another are replayed', async () => {
    expect(await found({ GetQueueAttributes: () => attributes(0, 2) })).toEqual([
      {
        status: 'error',
        subject: 'eu-west-1',
        message: 'eu-west-1: 2 messages could not be processed',
        remedy: `npx evenkeel redrive ${url('evenkeel-prod-failed-events')}`,
      },
      {
        status: 'error',
        subject: 'us-east-1',
        message: 'us-east-1: 2 messages could not be forwarded',
        remedy: `npx evenkeel replay --queue ${url('evenkeel-prod-failed-events')} --mode remediate`,
      },
    ]);
  });

  test('a missing queue is recreated as its region was deployed; an unreadable one hides no other', async () => {
    expect(await found({ GetQueueUrl: missing })).toMatchObject([
      { subject: 'eu-west-1', remedy: expect.stringMatching(/^once it has been gone for 60 seconds .*REVERT_DRIFT/) },
      {
        subject: 'us-east-1',
        remedy: expect.stringMatching(/a minute after that has finished .*60 seconds\): .*create-stack-instances/),
      },
    ]);
    const answers: Answers = {
      GetQueueUrl: (input, region) =>
        region === 'eu-west-1' ? awsError('Throttled') : (GetQueueUrl(input, region) as object),
      GetQueueAttributes: () => attributes(1),
    };
    expect((await found(answers)).map(({ message }) => message)).toEqual([
      'eu-west-1: could not be checked: Throttled: Throttled',
      'us-east-1: 1 message could not be forwarded',
    ]);
  });
});
