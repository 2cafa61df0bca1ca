import { CreateTopicCommand, type PublishCommandInput, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type MessageSettings, NO_SETTINGS, noticeMessage } from '../../shared/notify/compose.ts';
import type { Notice, Notifier } from '../../shared/notify/notifier.ts';
import { snsNotifier } from '../../shared/notify/sns.ts';
import type { Aws } from '../../shared/resource.ts';
import { noticeOf } from '../support/notice.ts';
import { REGION, SAMPLE_ACCOUNT } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const large = (letter: string) => ({
  service: 's3',
  operation: 'PutBucketTagging',
  input: { Bucket: 'b', Text: `${letter.repeat(19_000)}` },
});
/** The largest plan that anybody has seen, and more. */
const HUGE = noticeOf({ steps: Array.from({ length: 60 }, () => large('x')) });

/** The attributes of every sample notice. */
const ABOUT = {
  kind: { DataType: 'String', StringValue: 'remediated' },
  region: { DataType: 'String', StringValue: REGION },
  accountId: { DataType: 'String', StringValue: SAMPLE_ACCOUNT },
};

const published = (notice: Notice) => publishedBy((notifier) => notifier.notify(notice));

/** What would be published. */
async function publishedBy(
  act: (notifier: Notifier) => Promise<void>,
  settings?: MessageSettings,
): Promise<PublishCommandInput> {
  const sent: PublishCommandInput[] = [];
  const aws = (() => ({
    send: async ({ input }: { input: PublishCommandInput }) => sent.push(input),
  })) as unknown as Aws;
  await act(snsNotifier(aws, `arn:aws:sns:${REGION}:${SAMPLE_ACCOUNT}:t`, settings));
  const [input, ...more] = sent;
  if (input === undefined || more.length > 0) throw new Error(`published ${sent.length} times`);
  return input;
}

describe('what is published', () => {
  test('holds no document: its values may be secret', async () => {
    const Policy = JSON.stringify({ Statement: [{ Condition: { StringLike: { 'aws:SourceVpce': ['hunter2'] } } }] });
    const steps = [
      { service: 's3', operation: 'PutBucketPolicy', input: { Bucket: 'b', Policy } },
      { service: 'iam', operation: 'Put', input: { Policies: [`\n ${Policy}`] } },
    ];
    const { Message = '' } = await published(noticeOf({ steps }));
    expect(Message).not.toContain('hunter2');
    const { default: machine, email } = JSON.parse(Message);
    const shown = { Bucket: 'b', Policy: `[document, ${Policy.length} bytes]` };
    expect(JSON.parse(machine).findings[0].steps[0]).toEqual({ ...steps[0], input: shown });
    expect(email).toContain(`s3:PutBucketPolicy ${JSON.stringify(shown)}`);
  });

  test.each([
    [null, SAMPLE_ACCOUNT],
    ['acme-prod', `${SAMPLE_ACCOUNT} (acme-prod)`],
  ])('an announcement says of which account it is, with the alias %j', async (accountAlias, shown) => {
    const announcement = {
      severity: 'HIGH',
      subject: 'Blind',
      text: 'No events.',
      kind: 'blind',
      region: REGION,
    } as const;
    const settings = { ...NO_SETTINGS, accountAlias };
    const { Message = '', MessageAttributes } = await publishedBy((one) => one.announce(announcement), settings);
    const { email, default: machine } = JSON.parse(Message);
    expect(email).toBe(`No events.\n\nAccount: ${shown}`);
    expect(JSON.parse(machine)).toMatchObject({ account: { id: SAMPLE_ACCOUNT, alias: accountAlias }, text: email });
    expect(MessageAttributes?.accountId).toEqual(ABOUT.accountId);
  });

  test('a person gets the text, everybody else JSON, a phone the subject', async () => {
    const { Subject, Message = '', MessageStructure } = await published(noticeOf({}, { id: 'n-1' }));
    const message = noticeMessage(noticeOf({}, { id: 'n-1' }));
    const { subject, text } = message;
    expect({ Subject, MessageStructure }).toEqual({ Subject: subject, MessageStructure: 'json' });
    const { email, sms, default: machine, ...others } = JSON.parse(Message);
    expect({ email, sms, others }).toEqual({ email: text, sms: subject, others: {} });
    expect(JSON.parse(machine)).toEqual(message);
  });

  test('what else the event led to is in it, and filter policies find any of the controls and outcomes', async () => {
    const control = { ...noticeOf().control, id: 'other', severity: 'HIGH' } as const;
    const other = noticeOf({ controlId: 'other', outcome: 'detected', remediationId: null }, { control });
    const { Message = '', MessageAttributes } = await published({ ...noticeOf(), others: [other] });
    const { email, default: machine } = JSON.parse(Message);
    expect(email).toContain('\n\nAlso: Drift detected [HIGH]\n');
    expect(JSON.parse(machine).findings[1]).toMatchObject({
      headline: 'Drift detected',
      severity: 'HIGH',
      controlId: 'other',
    });
    expect(MessageAttributes).toEqual({
      ...ABOUT,
      service: { DataType: 'String.Array', StringValue: '["ec2","other"]' },
      severity: { DataType: 'String', StringValue: 'CRITICAL' },
      outcome: { DataType: 'String.Array', StringValue: '["remediated","detected"]' },
      controlId: { DataType: 'String.Array', StringValue: '["ec2-security-group-admin-ports-restricted","other"]' },
    });
    const huge = { ...HUGE, others: [HUGE, HUGE] };
    expect(Buffer.byteLength((await published(huge)).Message ?? '')).toBeLessThan(256 * 1024);
  });

  test('a plan that is larger than a message is cut, and says by how much', async () => {
    const { Message = '' } = await published(HUGE);
    expect(Buffer.byteLength(Message)).toBeLessThan(256 * 1024);
    const { findings, leftOut, text } = JSON.parse(JSON.parse(Message).default);
    const [{ steps, stepsLeftOut }] = findings;
    expect(steps.length).toBeGreaterThan(0);
    expect(steps).toEqual(HUGE.result.steps.slice(0, steps.length));
    expect(steps.length + stepsLeftOut).toBe(60);
    expect(leftOut).toEqual(['the last steps of its plans; history has them all']);
    expect(text).toContain('\nLeft out: the last steps of its plans; history has them all');
  });

  test('one step that is larger than a message is left out', async () => {
    const quotes = { service: 's3', operation: 'Put', input: { Text: '"'.repeat(60_000) } };
    const { Message = '' } = await published(noticeOf({ steps: [quotes, large('x')] }));
    expect(Buffer.byteLength(Message)).toBeLessThan(256 * 1024);
    expect(JSON.parse(JSON.parse(Message).default).findings).toMatchObject([{ steps: [], stepsLeftOut: 2 }]);
  });
});

describe('through a topic', () => {
  type Envelope = { readonly Subject: string; readonly Message: string; readonly MessageAttributes: object };
  let notify: (notice: Notice) => Promise<void>;
  let receive: (queue: 'all' | 'failures') => Promise<readonly Envelope[]>;

  beforeAll(async () => {
    const { aws } = await testAccount();
    const sqs = aws()(SQSClient);
    const { TopicArn = '' } = await aws()(SNSClient).send(new CreateTopicCommand({ Name: 'notices' }));
    const urls = new Map<string, string>();
    for (const [QueueName, filter] of [
      ['all', {}],
      ['failures', { outcome: ['failed'], severity: ['CRITICAL'] }],
    ] as const) {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
      urls.set(QueueName, QueueUrl);
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
      const FilterPolicy = JSON.stringify(filter);
      await aws()(SNSClient).send(
        new SubscribeCommand({
          TopicArn,
          Protocol: 'sqs',
          Endpoint: Attributes?.QueueArn,
          Attributes: QueueName === 'all' ? {} : { FilterPolicy },
        }),
      );
    }
    notify = (notice) => snsNotifier(aws('us-east-1'), TopicArn).notify(notice);
    receive = async (queue) => {
      const request = { QueueUrl: urls.get(queue), MaxNumberOfMessages: 10 };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
      return Messages.map(({ Body = '' }) => JSON.parse(Body));
    };
  });

  test('a queue gets the JSON with what filters need; a filter lets through what it names', async () => {
    const failed = noticeOf({ outcome: 'failed', error: 'no' });
    await notify(noticeOf());
    await notify(failed);
    const messages = await receive('all');
    expect(messages.map(({ Subject }) => Subject).sort()).toEqual(
      [noticeMessage(noticeOf()).subject, noticeMessage(failed).subject].sort(),
    );
    const [remediated] = messages.filter(
      ({ Subject }) => Subject.includes('Remediated: sg-1') && !Subject.includes('FAILED'),
    );
    expect(JSON.parse(remediated?.Message ?? '')).toMatchObject({ version: 1, findings: [{ remediationId: 'rem-1' }] });
    expect(remediated?.MessageAttributes).toEqual({
      kind: { Type: 'String', Value: 'remediated' },
      service: { Type: 'String', Value: 'ec2' },
      region: { Type: 'String', Value: REGION },
      accountId: { Type: 'String', Value: SAMPLE_ACCOUNT },
      severity: { Type: 'String', Value: 'CRITICAL' },
      outcome: { Type: 'String', Value: 'remediated' },
      controlId: { Type: 'String', Value: 'ec2-security-group-admin-ports-restricted' },
    });
    expect((await receive('failures')).map(({ Message }) => JSON.parse(Message).kind)).toEqual(['failed']);
  });

  test('a plan of more than 256 KB arrives', async () => {
    await notify(HUGE);
    const [message] = await receive('all');
    expect(JSON.parse(message?.Message ?? '').findings[0].stepsLeftOut).toBeGreaterThan(0);
  });

  test('a topic that does not exist throws', async () => {
    const { aws } = await testAccount();
    await expect(
      snsNotifier(aws(), `arn:aws:sns:${REGION}:${SAMPLE_ACCOUNT}:absent`).notify(noticeOf()),
    ).rejects.toThrow();
  });
});
