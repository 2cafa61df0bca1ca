import { MAX_RECEIVES } from '../../shared/lambda/shorten-visibility.ts';
import type { Pattern } from './patterns.ts';
import { logicalId, PREFIX, sub } from './statements.ts';

/** What a rule puts into the queue of a function: events that match on our own bus, or a message of its own at its times. */
export type Wake =
  | { readonly pattern: Pattern }
  | {
      readonly schedule: string;
      readonly input: string;
      readonly name: string;
      /** What has to be there while it comes. */
      readonly dependsOn?: readonly string[];
    };

/** Six times the time-out of a function, as AWS recommends: the wait of a message whose function died. A failure that passes is tried again sooner. */
const VISIBILITY_TIMEOUT_S = 720;
/** A week of events is kept where the function does not answer. */
const RETENTION_S = 604_800;

/** Our own rules: schedules on the default bus, events on ours. */
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
  /** How many messages the function gets at once, at most, and how long Lambda waits for them. */
  readonly batch?: { readonly size: number; readonly windowS: number };
}

interface Sender {
  readonly service: string;
  readonly sources: readonly unknown[];
}

/** A function's queue, the rules that fill it, the mapping that empties it, and the alarm for when it is not emptied. */
export const queueResources = (
  name: string,
  wakes: readonly Wake[],
  options: QueueOptions = {},
): Readonly<Record<string, object>> => ({
  ...ownQueue(name, wakes.length > 0, options),
  ...Object.fromEntries(wakes.filter((wake) => 'schedule' in wake).map((wake) => schedule(name, wake))),
  ...Object.fromEntries(wakes.filter((wake) => 'pattern' in wake).map((wake, index) => rule(name, wake, index + 1))),
  ...alarm(logicalId(name, ''), name),
});

function ownQueue(
  name: string,
  byRules: boolean,
  {
    senders = [],
    receives = MAX_RECEIVES,
    concurrency = '${file(resources/deployment.cjs):concurrency}',
    batch,
  }: QueueOptions,
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
        MessageRetentionPeriod: RETENTION_S,
        VisibilityTimeout: VISIBILITY_TIMEOUT_S,
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
        BatchSize: batch?.size ?? 10,
        ...(batch === undefined ? {} : { MaximumBatchingWindowInSeconds: batch.windowS }),
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: concurrency },
      },
    },
  };
}

/** Who may put messages into a queue, and only over TLS. */
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

/** What hands an event or a message on to the queue. EventBridge tries for a day, by itself; then it goes to the dead-letter queue. */
const toQueue = (name: string) => ({
  Id: 'queue',
  Arn: { 'Fn::GetAtt': [logicalId(name, 'Queue'), 'Arn'] },
  DeadLetterConfig: { Arn: DEAD_LETTERS },
});

function schedule(name: string, wake: Extract<Wake, { schedule: string }>): readonly [string, object] {
  const { schedule: ScheduleExpression, input: Input, dependsOn } = wake;
  const properties = { ScheduleExpression, Targets: [{ ...toQueue(name), Input }] };
  const timed = eventsRule(`${name}-${wake.name}`, properties);
  return [
    logicalId(name, logicalId(wake.name, 'Schedule')),
    dependsOn === undefined ? timed : { ...timed, DependsOn: dependsOn },
  ];
}

const rule = (
  name: string,
  { pattern }: Extract<Wake, { pattern: Pattern }>,
  number: number,
): readonly [string, object] => [
  logicalId(name, `Rule${number}`),
  eventsRule(`${name}-${number}`, {
    EventBusName: { 'Fn::GetAtt': ['EventBus', 'Arn'] },
    EventPattern: pattern,
    Targets: [toQueue(name)],
  }),
];

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
