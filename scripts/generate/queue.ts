import type { Pattern } from './patterns.ts';
import { logicalId, PREFIX, sub } from './statements.ts';

/** What a rule puts into the queue of a function: events that match on one of the buses, or a message of its own at its times. */
export type Wake =
  | { readonly pattern: Pattern; readonly bus: 'default' | 'forwarded' }
  | {
      readonly schedule: string;
      readonly input: string;
      readonly name: string;
      /** What has to be there while it comes. */
      readonly dependsOn?: readonly string[];
    };

/** Seconds for which a message stays hidden after it was received: longer than a function runs, and the wait before a failure is tried again. */
const HIDDEN = 240;
/** Seconds: a week of events is kept where the function does not answer. */
const KEPT = 604_800;
/** So often a message is received before it goes to the dead-letter queue. */
const RECEIVES = 6;
/** EventBridge tries for a day to put an event into the queue; then it goes to the dead-letter queue. */
const RETRY = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };

/** Our own rules, on the default bus and on ours. */
const RULES = ['', `${PREFIX}/`].map((bus) =>
  sub(`arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${bus}${PREFIX}-*`),
);

const DEAD_LETTERS = { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] };

/** What differs from queue to queue. */
export interface QueueOptions {
  /** Who fills it beside our rules. */
  readonly senders?: readonly Sender[];
  /** So often a message is received before it goes to the dead-letter queue. */
  readonly receives?: number;
  /** How many instances of the function empty it at once, at most. */
  readonly concurrency?: number | string;
}

interface Sender {
  readonly service: string;
  readonly sources: readonly unknown[];
}

/** A function's queue, the rules that fill it, the mapping that empties it, and the alarm when nobody does. */
export const queueResources = (
  name: string,
  wakes: readonly Wake[],
  options: QueueOptions = {},
): Readonly<Record<string, object>> => ({
  ...ownQueue(name, wakes.length > 0, options),
  ...Object.fromEntries(wakes.map((wake, index) => rule(name, wake, index, wakes))),
  ...alarm(logicalId(name, ''), name),
});

function ownQueue(
  name: string,
  byRules: boolean,
  { senders = [], receives = RECEIVES, concurrency = '${file(resources/deployment.cjs):concurrency}' }: QueueOptions,
): Readonly<Record<string, object>> {
  const id = logicalId(name, '');
  const rules = byRules ? [{ service: 'events.amazonaws.com', sources: RULES }] : [];
  return {
    [`${id}Queue`]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `${PREFIX}-${name}`,
        KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
        KmsDataKeyReusePeriodSeconds: 3600,
        MessageRetentionPeriod: KEPT,
        VisibilityTimeout: HIDDEN,
        RedrivePolicy: { deadLetterTargetArn: DEAD_LETTERS, maxReceiveCount: receives },
      },
    },
    [`${id}QueuePolicy`]: queuePolicy(`${id}Queue`, [...rules, ...senders]),
    [`${id}Mapping`]: {
      Type: 'AWS::Lambda::EventSourceMapping',
      // Without the permission to read the queue the mapping is refused.
      DependsOn: [`${id}Role`],
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': [`${id}Queue`, 'Arn'] },
        FunctionName: { Ref: `${id}LambdaFunction` },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: concurrency },
      },
    },
  };
}

/** Who may put messages into a queue, and nobody without TLS. */
function queuePolicy(queue: string, senders: readonly Sender[]): object {
  const arn = { 'Fn::GetAtt': [queue, 'Arn'] };
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: queue }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          ...senders.map(({ service, sources }) => ({
            Effect: 'Allow',
            Principal: { Service: service },
            Action: 'sqs:SendMessage',
            Resource: arn,
            Condition: { ArnLike: { 'aws:SourceArn': sources } },
          })),
          {
            Effect: 'Deny',
            Principal: '*',
            Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
            Resource: arn,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  };
}

function rule(name: string, wake: Wake, index: number, all: readonly Wake[]): readonly [string, object] {
  const id = logicalId(name, '');
  const target = {
    Id: 'queue',
    Arn: { 'Fn::GetAtt': [`${id}Queue`, 'Arn'] },
    DeadLetterConfig: { Arn: DEAD_LETTERS },
    RetryPolicy: RETRY,
  };
  if ('schedule' in wake) {
    const { schedule: ScheduleExpression, input: Input, dependsOn } = wake;
    const properties = { ScheduleExpression, Targets: [{ ...target, Input }] };
    const timed = eventsRule(`${name}-${wake.name}`, properties);
    return [`${id}${logicalId(wake.name, 'Schedule')}`, dependsOn ? { ...timed, DependsOn: dependsOn } : timed];
  }
  const { bus, pattern: EventPattern } = wake;
  const number = all.slice(0, index + 1).filter((other) => 'bus' in other && other.bus === bus).length;
  const properties = { EventPattern, Targets: [target] };
  return bus === 'default'
    ? [`${id}Rule${number}`, eventsRule(`${name}-${number}`, properties)]
    : [
        `${id}BusRule${number}`,
        eventsRule(`${name}-forwarded-${number}`, {
          EventBusName: { 'Fn::GetAtt': ['EventBus', 'Arn'] },
          ...properties,
        }),
      ];
}

const eventsRule = (name: string, properties: object) => ({
  Type: 'AWS::Events::Rule',
  Properties: { Name: `${PREFIX}-${name}`, State: 'ENABLED', ...properties },
});

/** Messages that wait for a quarter of an hour: the function does not keep up, or does not work. */
const alarm = (id: string, name: string): Readonly<Record<string, object>> => ({
  [`${id}BacklogAlarm`]: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${PREFIX}-${name}-backlog`,
      AlarmDescription: `Events wait for ${name}: the function does not keep up, or does not work. See its log and: npx evenkeel doctor`,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [`${id}Queue`, 'QueueName'] } }],
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 900,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'NoticeTopic' }],
      OKActions: [{ Ref: 'NoticeTopic' }],
    },
  },
});
