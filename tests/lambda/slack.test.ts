import { inspect } from 'node:util';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { createSlackHandler } from '../../shared/lambda/slack.ts';
import { snsNotifier } from '../../shared/notify/sns.ts';
import { saidBy } from '../support/capture-output.ts';
import { noticeOf } from '../support/notice.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';
import { closedAddress, OK, SECRET_PATH, slackServer } from '../support/slack-server.ts';

const account = await testAccount();
const slack = await slackServer();
const aws = account.aws();
const [sqs, sns, secrets] = [aws(SQSClient), aws(SNSClient), aws(SecretsManagerClient)];
const SECRET = 'secretsmanager:evenkeel/slack';
Object.assign(process.env, { POWERTOOLS_METRICS_NAMESPACE: 'Evenkeel', POWERTOOLS_SERVICE_NAME: 'evenkeel' });

/** Puts the address where the function looks for it. */
const lay = (SecretString: string) =>
  secrets.send(new PutSecretValueCommand({ SecretId: 'evenkeel/slack', SecretString }));

/** The function as Lambda calls it, with so much time left. */
function deployed(reference = SECRET, seconds = 60) {
  process.env.EVENKEEL_SLACK_SECRET = reference;
  const handler = createSlackHandler();
  const invokedFunctionArn = `arn:aws:lambda:${REGION}:${account.accountId}:function:evenkeel-prod-slack`;
  return (event: unknown) => {
    const until = Date.now() + seconds * 1000;
    const context = { invokedFunctionArn, getRemainingTimeInMillis: () => until - Date.now() } as Context;
    return handler(event, context);
  };
}

let queues = 0;
/** A topic, and a queue behind it. */
async function topicAndQueue(raw = false) {
  queues += 1;
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: `notices-${queues}` }));
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `slack-${queues}`, Attributes: { VisibilityTimeout: '600' } }),
  );
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const Endpoint = Attributes.QueueArn ?? '';
  const options = { RawMessageDelivery: String(raw) };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes: options }));
  /** What lies in the queue, as Lambda hands it over. */
  const records = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    const Records = Messages.map(({ MessageId, ReceiptHandle, Body }: Message) => ({
      messageId: MessageId ?? '',
      receiptHandle: ReceiptHandle,
      body: Body,
      eventSource: 'aws:sqs',
      eventSourceARN: Endpoint,
    }));
    return { Records };
  };
  const publish = (text: string, Subject?: string) =>
    sns.send(new PublishCommand({ TopicArn, Message: text, Subject }));
  return { topicArn: TopicArn, records, publish };
}

const posts = () => slack.take().map(({ body }) => body.text);
const jsonLines = (said: string): readonly Record<string, unknown>[] =>
  said
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  await secrets.send(new CreateSecretCommand({ Name: 'evenkeel/slack', SecretString: slack.url }));
});
beforeEach(() => {
  slack.answer();
  slack.take();
});
afterEach(() => lay(slack.url));

describe('a batch from the queue', () => {
  test.each([
    ['in the envelopes of SNS', false],
    ['with raw delivery', true],
  ])('%s is posted, in its order', async (_, raw) => {
    const { topicArn, records, publish } = await topicAndQueue(raw);
    await snsNotifier(aws, topicArn).notify(noticeOf());
    await publish('Disk full', 'A test');
    const event = await records();
    expect(event.Records).toHaveLength(2);
    const { value, said } = await saidBy(() => deployed()(event));
    expect(value).toEqual({ batchItemFailures: [] });
    const bodies = slack.take().map(({ body }) => body);
    const order = event.Records.map(({ body = '' }) => body.includes('Disk full'));
    expect(bodies.map(({ text }) => text.includes('Disk full'))).toEqual(order);
    const notice = bodies.find(({ text }) => !text.includes('Disk full'));
    expect(notice?.text).toContain('npx evenkeel undo rem-1');
    expect(notice?.blocks?.[0]).toMatchObject({
      type: 'header',
      text: { text: expect.stringMatching(/Remediated: sg-1/) },
    });

    const lines = jsonLines(said);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        status: 200,
        plain: false,
        subject: expect.stringMatching(/Remediated/),
      }),
    );
    expect(lines.filter((line) => line.SlackPosted === 1)).toHaveLength(2);
    expect(lines.find((line) => '_aws' in line)?._aws).toMatchObject({
      CloudWatchMetrics: [{ Namespace: 'Evenkeel', Metrics: [{ Name: 'SlackPosted', Unit: 'Count' }] }],
    });
  });

  test('of which one is refused: that one alone comes again', async () => {
    const { records, publish } = await topicAndQueue();
    for (const text of ['one', 'two', 'three']) await publish(text, text);
    const event = await records();
    slack.answer(OK, { status: 400, body: 'channel_is_archived' }, OK);
    const { value, said } = await saidBy(() => deployed()(event));
    expect(value).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[1]?.messageId }] });
    expect(posts()).toHaveLength(3);
    const lines = jsonLines(said);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        status: 400,
        reason: 'NotPostedError: Slack answered 400: channel_is_archived',
      }),
    );
    expect(lines.filter((line) => line.SlackFailed === 1)).toHaveLength(1);
  });

  test('that is too fast for the time that is left: the rest is not tried, and comes again when Slack wants it', async () => {
    const { records, publish } = await topicAndQueue();
    for (const text of ['one', 'two', 'three']) await publish(text, text);
    const event = await records();
    slack.answer(OK, { status: 429, headers: { 'retry-after': '2' } }, OK);
    const { value } = await saidBy(() => deployed(SECRET, 4)(event));
    const [, second, third] = event.Records.map(({ messageId }) => ({ itemIdentifier: messageId }));
    expect(value).toEqual({ batchItemFailures: [second, third] });
    expect(posts()).toHaveLength(2);
    // The queue hides a message for ten minutes, unless the visibility is changed.
    expect((await records()).Records).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const again = (await records()).Records.map(({ messageId }) => messageId);
    expect(again.sort()).toEqual([second?.itemIdentifier, third?.itemIdentifier].sort());
  });

  test('whose queue is gone fails as it would, and says so', async () => {
    const record = {
      messageId: 'm-1',
      receiptHandle: 'r',
      body: 'text',
      eventSourceARN: `arn:aws:sqs:${REGION}:${account.accountId}:gone`,
    };
    slack.answer({ status: 429, headers: { 'retry-after': '60' } });
    const { value, said } = await saidBy(() => deployed(SECRET, 4)({ Records: [record] }));
    expect(value).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
    expect(jsonLines(said)).toContainEqual(expect.objectContaining({ level: 'WARN' }));
  });
});

describe('without a queue', () => {
  const TopicArn = 'arn:aws:sns:eu-west-1:111122223333:notices';
  const envelope = { Type: 'Notification', TopicArn, Subject: 'A test', Message: 'Disk full' };

  test('an event of SNS, or an envelope alone, is posted', async () => {
    const invoke = deployed();
    await saidBy(() => invoke({ Records: [{ EventSource: 'aws:sns', Sns: envelope }] }));
    await saidBy(() => invoke(envelope));
    expect(posts()).toEqual(['A test\n\nDisk full', 'A test\n\nDisk full']);
  });

  test('what is not posted throws, so that Lambda tries it again', async () => {
    slack.answer({ status: 400, body: 'no_text' });
    await saidBy(() =>
      expect(deployed()({ Records: [{ Sns: envelope }] })).rejects.toThrow('Slack answered 400: no_text'),
    );
  });

  test.each([[{}], [[]], ['text'], [{ Records: [{ s3: {} }] }], [{ Message: 'without a topic' }]])(
    '%j is no message',
    async (event) => {
      await saidBy(() => expect(deployed()(event)).rejects.toThrow(/^(the event|a record of the event) is n/));
      expect(posts()).toEqual([]);
    },
  );
});

describe('the address', () => {
  const message = { TopicArn: 'arn:aws:sns:eu-west-1:1:n', Message: 'text' };

  test('is read from a SecureString, as JSON, and by ARN', async () => {
    const ssm = aws(SSMClient);
    await ssm.send(new PutParameterCommand({ Name: '/evenkeel/slack', Value: `${slack.url}\n`, Type: 'SecureString' }));
    await saidBy(() => deployed('ssm:/evenkeel/slack')(message));
    const { ARN } = await lay(JSON.stringify({ url: slack.url }));
    await saidBy(() => deployed(`secretsmanager:${ARN}`)(message));
    expect(slack.take().map(({ path }) => path)).toEqual([SECRET_PATH, SECRET_PATH]);
  });

  test('that is replaced is read anew, and the message is posted there', async () => {
    const invoke = deployed();
    await saidBy(() => invoke(message));
    await lay(`${slack.url}-new`);
    slack.answer(OK, { status: 404, body: 'no_service' });
    await saidBy(() => invoke(message));
    await saidBy(() => invoke(message));
    expect(slack.take().map(({ path }) => path.slice(SECRET_PATH.length))).toEqual(['', '', '', '-new']);
  });
});

describe('the address is seen nowhere', () => {
  const message = { TopicArn: 'arn:aws:sns:eu-west-1:1:n', Message: 'text' };
  /** Every part of it that says something. */
  const PARTS = /T0SECRET0|B0SECRET0|SecretToken|services\/|hooks\.|\.invalid|no-such-host/i;
  const invalid = `https://hooks.no-such-host.invalid${SECRET_PATH}`;

  const cases: readonly (readonly [string, () => Promise<unknown> | unknown])[] = [
    ['it is posted', () => lay(slack.url)],
    ['its host has no address', () => lay(invalid)],
    ['nobody listens', async () => lay(await closedAddress())],
    ['a failure that repeats it', () => slack.answer(...Array(3).fill({ status: 500, body: slack.url }))],
    ['it is gone', () => slack.answer(...Array(2).fill({ status: 404, body: `no such path ${SECRET_PATH}` }))],
    ['a redirect', () => slack.answer({ status: 302, headers: { location: `${slack.url}/there` } })],
    ['no answer', () => slack.answer({ status: 200, hang: true })],
    ['an answer that is cut off', () => slack.answer({ status: 200, headers: { 'content-length': '9' }, body: '' })],
    ['too fast', () => slack.answer({ status: 429, headers: { 'retry-after': '600' }, body: slack.url })],
    ['bad JSON', () => lay(`{"url": "${slack.url}`)],
    ['JSON of another kind', () => lay(JSON.stringify({ webhook: slack.url }))],
    ['no address', () => lay(`hooks.slack.com${SECRET_PATH}`)],
    ['an address without encryption', () => lay(`http://hooks.slack.com${SECRET_PATH}`)],
    ['another protocol', () => lay(`ftp://hooks.slack.com${SECRET_PATH}`)],
    ['an address with a password', () => lay(`https://jo:SecretToken@hooks.slack.com${SECRET_PATH}`)],
    ['an address that is none', () => lay(`https://hooks slack.com:port${SECRET_PATH}`)],
  ];
  test.each(cases)('%s', async (name, arrange) => {
    await arrange();
    const invoke = deployed(SECRET, 4);
    const { said, value } = await saidBy(() =>
      invoke(message).then(
        () => null,
        (error: unknown) => error,
      ),
    );
    expect(value === null).toBe(name === 'it is posted');
    expect(said).toContain(name === 'it is posted' ? 'posted' : 'not posted');
    expect(said).not.toMatch(PARTS);
    expect(inspect(value, { depth: 20, showHidden: true })).not.toMatch(PARTS);
  });

  test.each([
    ['the address itself', slack.url],
    ['the address behind a store', `secretsmanager:${slack.url}`],
    ['nothing', ''],
    ['a name without a store', 'evenkeel/slack'],
  ])('%s in the place of its name is a clear error', async (_, reference) => {
    const { said, value } = await saidBy(() => deployed(reference)(message).catch((error: unknown) => error));
    expect(String(value)).toContain('EVENKEEL_SLACK_SECRET must be secretsmanager:NAME');
    expect(said + inspect(value, { depth: 20, showHidden: true })).not.toMatch(PARTS);
  });

  test('a parameter that is no SecureString, a secret that does not exist, one that is deleted', async () => {
    const ssm = aws(SSMClient);
    await ssm.send(new PutParameterCommand({ Name: '/open', Value: slack.url, Type: 'String' }));
    await secrets.send(new CreateSecretCommand({ Name: 'going', SecretString: slack.url }));
    await secrets.send(new DeleteSecretCommand({ SecretId: 'going' }));
    for (const [reference, why] of [
      ['ssm:/open', 'it is not a SecureString'],
      ['ssm:/absent', 'ParameterNotFound'],
      ['secretsmanager:absent', 'ResourceNotFoundException'],
      ['secretsmanager:going', 'InvalidRequestException'],
    ] as const) {
      const { said, value } = await saidBy(() => deployed(reference)(message).catch((error: unknown) => error));
      expect(String(value)).toContain(`could not be read from ${reference}: ${why}`);
      expect(said + inspect(value, { depth: 20, showHidden: true })).not.toMatch(PARTS);
    }
    expect(posts()).toEqual([]);
  });
});
