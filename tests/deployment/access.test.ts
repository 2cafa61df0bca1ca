import { beforeAll, describe, expect, test } from '@jest/globals';
import { EMAILS, packaged, STAGE, VARIANTS } from '../support/packages.ts';
import { arnOf, HERE, NOWHERE_ELSE, ofType, PATIENCE, type Resources } from '../support/serverless.ts';

// What the local account does not look at: who may use what of the deployment, and what outlasts it.
const PREFIX = `evenkeel-${STAGE}`;

/** The queues of those that hand notifications on. */
const RECEIVERS = ['SlackQueue', 'TeamsQueue', 'PagerdutyQueue'];

let resources: Resources;
let elsewhere: Resources;
beforeAll(async () => {
  resources = (await packaged(VARIANTS.full)).template.Resources;
  elsewhere = JSON.parse(resources.Forwarding?.Properties.TemplateBody).Resources;
}, PATIENCE);

const propertiesOf = (id: string) => resources[id]?.Properties;
const sub = (text: string) => ({ 'Fn::Sub': text });

describe('the key', () => {
  test('can be used by whom the account allows, and by the services that fill topic and queues, for this account', () => {
    const { KeyPolicy, EnableKeyRotation } = propertiesOf('Key');
    expect(EnableKeyRotation).toBe(true);
    expect(KeyPolicy.Statement.map(({ Sid: _, ...statement }: { Sid: string }) => statement)).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com', 'cloudwatch.amazonaws.com'] },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: '*',
        Condition: NOWHERE_ELSE,
      },
    ]);
  });

  test('encrypts the ledger, the topic and every queue', () => {
    expect(propertiesOf('LedgerTable').SSESpecification).toEqual({
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: arnOf('Key'),
    });
    const others = [...ofType(resources, 'AWS::SNS::Topic'), ...ofType(resources, 'AWS::SQS::Queue')];
    // The topic, the dead-letter queue, and a queue for each function that has one.
    expect(others.length).toBe(13);
    for (const [, { Properties }] of others) expect(Properties.KmsMasterKeyId).toEqual(arnOf('Key'));
    // The key of the home region is none of another.
    expect(elsewhere.FailedEvents?.Properties.SqsManagedSseEnabled).toBe(true);
  });
});

test('the bucket of the archives lets nobody in, whatever the account has set', () => {
  expect(propertiesOf('ServerlessDeploymentBucket').PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
});

describe('the ledger', () => {
  test('outlasts the stack, with its key, and can be had back as it was at any second', () => {
    const kept = { UpdateReplacePolicy: 'Retain' };
    expect(resources.LedgerTable).toMatchObject({ ...kept, DeletionPolicy: 'Retain' });
    // A first deploy that fails leaves no key behind, which would cost a dollar a month.
    expect(resources.Key).toMatchObject({ ...kept, DeletionPolicy: 'RetainExceptOnCreate' });
    expect(propertiesOf('LedgerTable')).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
    // With a name, a stack could not be made again beside the table that one before left.
    expect(propertiesOf('LedgerTable').TableName).toBeUndefined();
  });
});

describe('the queues', () => {
  /** Who may send to a queue, by its policy. */
  function sendersTo(policy: { readonly Statement: readonly Readonly<Record<string, unknown>>[] }, queue: object) {
    const [denied, ...allowed] = policy.Statement.map(({ Sid: _, ...statement }) => statement).reverse();
    expect(denied).toEqual({
      Effect: 'Deny',
      Principal: '*',
      Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
      Resource: queue,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    return allowed.reverse().map(({ Principal, Condition, ...statement }) => {
      expect(statement).toEqual({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue });
      const [[operator, { 'aws:SourceArn': from }]] = Object.entries(
        Condition as Readonly<Record<string, Readonly<Record<string, unknown>>>>,
      ) as unknown as [[string, { 'aws:SourceArn': unknown }]];
      expect(operator).toMatch(/^Arn(Like|Equals)$/);
      return [Object.values(Principal as object)[0], [from].flat()];
    });
  }
  const rules = ['', `${PREFIX}/`].map((bus) =>
    sub(`arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${bus}${PREFIX}-*`),
  );
  const ours = ['events.amazonaws.com', rules];
  const topic = ['sns.amazonaws.com', [{ Ref: 'NoticeTopic' }]];

  const sendersOf = (queue: string) => {
    if (queue === 'DeadLetterQueue') return [ours, topic];
    // The functions and the command send to it by their own permissions.
    if (queue === 'OutcomesQueue') return [];
    return RECEIVERS.includes(queue) ? [topic] : [ours];
  };

  test('get messages from our own rules, the topic, or both, and nothing without TLS', () => {
    const policies = ofType(resources, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => {
      const [{ Ref: queue }] = Properties.Queues;
      return [queue, sendersTo(Properties.PolicyDocument, arnOf(queue))] as const;
    });
    const queues = ofType(resources, 'AWS::SQS::Queue').map(([id]) => id);
    expect(Object.fromEntries(policies)).toEqual(Object.fromEntries(queues.map((id) => [id, sendersOf(id)])));
  });

  test('of the other regions get messages from our rules there', () => {
    const { PolicyDocument } = elsewhere.FailedEventsPolicy?.Properties ?? {};
    expect(sendersTo(PolicyDocument, arnOf('FailedEvents'))).toEqual([
      ['events.amazonaws.com', [sub('arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${Prefix}-*')]],
    ]);
  });

  test('keep what has failed for two weeks, and what waits for one', () => {
    const kept = ofType(resources, 'AWS::SQS::Queue').map(([id, { Properties }]) => [
      id === 'DeadLetterQueue',
      Properties.MessageRetentionPeriod,
    ]);
    for (const [isLast, seconds] of kept) expect(seconds).toBe(isLast ? 1_209_600 : 604_800);
    expect(elsewhere.FailedEvents?.Properties.MessageRetentionPeriod).toBe(1_209_600);
  });
});

describe('the topic', () => {
  test('gets what alarms of this account say, and nothing without TLS; whom else it hears, roles say', () => {
    const { Topics, PolicyDocument } = propertiesOf('NoticeTopicPolicy');
    expect(Topics).toEqual([{ Ref: 'NoticeTopic' }]);
    expect(PolicyDocument.Statement.map(({ Sid: _, ...statement }: { Sid: string }) => statement)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: 'NoticeTopic' },
        Condition: HERE,
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: 'NoticeTopic' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
  });

  test('tells each address by e-mail, and Slack, Teams and PagerDuty by their queues; what cannot be delivered is kept', () => {
    const subscriptions = ofType(resources, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
    for (const { TopicArn, RedrivePolicy } of subscriptions)
      expect({ TopicArn, RedrivePolicy }).toEqual({
        TopicArn: { Ref: 'NoticeTopic' },
        RedrivePolicy: { deadLetterTargetArn: arnOf('DeadLetterQueue') },
      });
    expect(subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual([
      ...EMAILS.map((email) => ['email', email]),
      ...RECEIVERS.map((queue) => ['sqs', arnOf(queue)]),
    ]);
  });
});
