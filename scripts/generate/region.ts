import type { Content } from './content.ts';
import { heartbeatPattern, type Pattern, patternsFor } from './patterns.ts';
import { PREFIX } from './statements.ts';

/** The rules of one default bus: all that any function wants, and the heartbeat. */
const forwardedPatterns = (enabled: Content, queueSuffix: string | object): readonly Pattern[] => [
  ...patternsFor(enabled),
  heartbeatPattern(queueSuffix),
];

interface Forwarding {
  readonly name: unknown;
  readonly bus: unknown;
  readonly role: unknown;
  readonly deadLetters: unknown;
}

const forwardRule = (EventPattern: Pattern, { name, bus, role, deadLetters }: Forwarding) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    Name: name,
    EventPattern,
    // EventBridge tries for a day to deliver an event, by itself.
    Targets: [{ Id: 'home', Arn: bus, RoleArn: role, DeadLetterConfig: { Arn: deadLetters } }],
  },
});

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** The rules on the default bus of the home region: its events go to our own bus like those of every other region. */
export const homeForwarding = (enabled: Content): Readonly<Record<string, object>> =>
  Object.fromEntries(
    forwardedPatterns(enabled, `/${PREFIX}-failed-events`).map((pattern, index) => [
      `ForwardRule${index + 1}`,
      forwardRule(pattern, {
        name: `${PREFIX}-forward-${index + 1}`,
        bus: arnOf('EventBus'),
        role: arnOf('ForwardRole'),
        deadLetters: arnOf('DeadLetterQueue'),
      }),
    ]),
  );

const PARAMETERS = {
  Prefix: { Type: 'String', Description: 'What the names of the deployment begin with' },
  HomeBus: { Type: 'String', Description: 'ARN of the event bus in the home region' },
  ForwardRole: { Type: 'String', Description: 'ARN of the role that may put events on that bus' },
};

/** The CloudFormation template of every other region, as JSON without white space: CloudFormation takes 51,200 bytes of it. Its names are those that the deployment gives it as `Prefix`. */
export const regionTemplate = (enabled: Content): string =>
  JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Evenkeel: forwards the changes of this region to the home region',
    Parameters: PARAMETERS,
    Resources: { ...failedEvents(), ...regionRules(enabled) },
  });

const regionRules = (enabled: Content) =>
  Object.fromEntries(
    forwardedPatterns(enabled, { 'Fn::Sub': '/${Prefix}-failed-events' }).map((pattern, index) => [
      `Forward${index + 1}`,
      forwardRule(pattern, {
        name: { 'Fn::Sub': `\${Prefix}-forward-${index + 1}` },
        bus: { Ref: 'HomeBus' },
        role: { Ref: 'ForwardRole' },
        deadLetters: arnOf('FailedEvents'),
      }),
    ]),
  );

/** Where events wait that could not be forwarded. */
const failedEvents = () => ({
  FailedEvents: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: { 'Fn::Sub': '${Prefix}-failed-events' },
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    },
  },
  FailedEventsPolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'FailedEvents' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arnOf('FailedEvents'),
            Condition: {
              ArnLike: {
                'aws:SourceArn': {
                  'Fn::Sub': 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${Prefix}-*',
                },
              },
            },
          },
          {
            Effect: 'Deny',
            Principal: '*',
            Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
            Resource: arnOf('FailedEvents'),
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  },
});
