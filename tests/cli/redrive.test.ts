import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateQueueCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { evenkeelAs, type Finished, temporaryFolder, withoutHeader } from '../support/command.ts';
import { tellingOrigin } from '../support/dead-letters.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const cwd = temporaryFolder();
const account = await testAccount();
const sqs = account.aws()(SQSClient);
const evenkeel = evenkeelAs(account.env);

const arnOf = (name: string) => `arn:aws:sqs:${REGION}:${account.accountId}:${name}`;
const telling = await tellingOrigin(account.endpoint, arnOf('one-ec2'));
async function queue(QueueName: string, deadLetters?: string): Promise<string> {
  const policy = { deadLetterTargetArn: arnOf(deadLetters ?? ''), maxReceiveCount: 1 };
  const Attributes = deadLetters === undefined ? {} : { RedrivePolicy: JSON.stringify(policy) };
  return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
}
const text = (StringValue: string): MessageAttributeValue => ({ DataType: 'String', StringValue });
const send = (QueueUrl: string, MessageBody: string, attributes: Record<string, string> = {}) => {
  const MessageAttributes = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, text(value)]));
  return sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
};
async function within(QueueUrl: string) {
  const asked = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], VisibilityTimeout: 0 };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked));
  return Messages.map(({ Body, MessageAttributes = {} }) => ({
    Body,
    attributes: Object.keys(MessageAttributes).sort(),
  }));
}
const linesOf = ({ stdout }: Finished) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const redrive = (...args: string[]) => evenkeel(['redrive', '--json', ...args], { cwd });

test('a queue in a region that is newer than our data is asked, and the warning is printed once', async () => {
  const { stderr } = await redrive(`https://sqs.eu-west-9.amazonaws.com/${account.accountId}/failed`);
  expect(stderr.match(/not known to the AWS SDK/g)).toHaveLength(1);
});

/** A message that its queue has given up after it was received too often. */
async function givenUp(source: string, deadLetters: string, body: string): Promise<void> {
  await send(source, body);
  for (let receives = 0; receives < 3; receives += 1)
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: source, VisibilityTimeout: 0 }));
  expect(await within(deadLetters)).toContainEqual({ Body: body, attributes: [] });
}

describe('a message that its queue gave up', () => {
  test('goes back to the queue that SQS names', async () => {
    const deadLetters = await queue('one-failed');
    const source = await queue('one-ec2', 'one-failed');
    await givenUp(source, deadLetters, '{"n":1}');
    const url = deadLetters.replace(account.endpoint, telling);
    const finished = await evenkeel(['redrive', url, '--json'], { cwd, env: { AWS_ENDPOINT_URL: telling } });
    expect(withoutHeader(finished)).toMatchObject({ status: 0, stderr: '' });
    expect(linesOf(finished)).toEqual([
      { messageId: expect.any(String), outcome: 'redriven', to: arnOf('one-ec2'), error: null },
    ]);
    expect(await within(deadLetters)).toEqual([]);
    expect(await within(source)).toEqual([{ Body: '{"n":1}', attributes: [] }]);
  });

  test('stays where nothing names it, and the remedy is named', async () => {
    const deadLetters = await queue('two-failed');
    const source = await queue('two-ec2', 'two-failed');
    await givenUp(source, deadLetters, '{"n":2}');
    const finished = await redrive(deadLetters);
    expect(finished.status).toBe(1);
    const way = `npx evenkeel replay --queue ${deadLetters} --mode remediate`;
    expect(linesOf(finished)).toMatchObject([{ outcome: 'failed', to: null, error: expect.stringContaining(way) }]);
    expect(await within(deadLetters)).toEqual([{ Body: '{"n":2}', attributes: [] }]);
    expect(await within(source)).toEqual([]);
  });
});

test('what EventBridge could not deliver goes to its target, without what EventBridge wrote beside it; what has no queue to go to stays', async () => {
  const deadLetters = await queue('three-failed');
  const target = await queue('three-s3');
  const beside = { RULE_ARN: 'arn:aws:events:eu-west-1:1:rule/r', ERROR_CODE: 'NO_PERMISSIONS', RETRY_ATTEMPTS: '185' };
  await send(deadLetters, 'delivered', { ...beside, TARGET_ARN: arnOf('three-s3'), own: 'stays' });
  await send(deadLetters, 'bus', { TARGET_ARN: `arn:aws:events:${REGION}:${account.accountId}:event-bus/evenkeel` });
  await send(deadLetters, 'absent', { TARGET_ARN: arnOf('three-absent') });
  await send(deadLetters, 'itself', { TARGET_ARN: arnOf('three-failed') });
  const finished = await redrive(deadLetters);
  expect(finished.status).toBe(1);
  expect(linesOf(finished).map(({ outcome, error }) => [outcome, error])).toEqual([
    ['redriven', null],
    ['failed', expect.stringContaining('which is not a queue')],
    ['failed', expect.stringMatching(/cannot send it to .*three-absent: QueueDoesNotExist/)],
    ['failed', expect.stringContaining('its queue of origin is this one')],
  ]);
  expect(await within(target)).toEqual([{ Body: 'delivered', attributes: ['own'] }]);
  expect((await within(deadLetters)).map(({ Body }) => Body).sort()).toEqual(['absent', 'bus', 'itself']);
});

describe('without a URL', () => {
  test('it is the queue of the stack', async () => {
    const deadLetters = await queue('four-failed');
    await send(deadLetters, 'm', { TARGET_ARN: arnOf('four-failed-not') });
    const template = {
      Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
      Outputs: { DeadLetterQueueUrl: { Value: deadLetters } },
    };
    const cloudFormation = account.aws()(CloudFormationClient);
    for (const StackName of ['evenkeel-prod', 'evenkeel-dev'])
      await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
    expect(linesOf(await redrive())).toMatchObject([{ outcome: 'failed' }]);
    expect(linesOf(await redrive('--stack', 'evenkeel-dev'))).toMatchObject([{ outcome: 'failed' }]);
  });

  test.each([
    [['--stack', 'none'], 'evenkeel: there is no stack none in this region: use --stack or --region\n'],
    [['queue.json'], 'evenkeel: queue.json: not a queue URL (https://sqs.…)\n'],
  ])('wrong usage: %j', async (args, stderr) => {
    expect(withoutHeader(await redrive(...args))).toEqual({ status: 2, stdout: '', stderr });
  });

  test('a queue that is not there: status 2; an empty one is no trouble', async () => {
    const empty = await queue('five-failed');
    const finished = await redrive(empty.replace('five', 'six'));
    expect(finished).toMatchObject({ status: 2, stdout: '' });
    expect(withoutHeader(finished).stderr).toMatch(
      /^evenkeel: [^\n]+six-failed: cannot read the queue: QueueDoesNotExist[^\n]*\n$/,
    );
    expect(withoutHeader(await evenkeel(['redrive', empty], { cwd }))).toEqual({
      status: 0,
      stdout: 'The queue is empty.\n',
      stderr: '',
    });
  });
});
