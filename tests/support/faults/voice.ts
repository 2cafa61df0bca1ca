import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteSecretCommand, RestoreSecretCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Alteration } from '../aws-proxy.ts';
import { SECRET, STACK } from '../deployed.ts';
import { home, nothing, secrets, unsubscribe } from './acts.ts';
import { type Fault, RESTORE } from './fault.ts';

const ALARM = `${STACK}-heartbeat-missed`;
/** CloudFormation makes no alarm in the local account, and so it lists none. */
const alarmListed: Alteration = {
  call: 'cloudformation:ListStackResources',
  change: (body) =>
    body.replace(
      '<StackResourceSummaries>',
      `<StackResourceSummaries><member><LogicalResourceId>Alarm</LogicalResourceId><PhysicalResourceId>${ALARM}</PhysicalResourceId><ResourceType>AWS::CloudWatch::Alarm</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-11-22T12:00:00Z</LastUpdatedTimestamp></member>`,
    ),
};

export const voiceFaults: readonly Fault[] = [
  {
    name: 'the topic has gone',
    seed: (account, { outputs }) =>
      home(account)(SNSClient).send(new DeleteTopicCommand({ TopicArn: outputs.NoticeTopic })),
    expect: { what: 'notices', state: 'ill', says: /:evenkeel-prod-notices is gone/, mend: RESTORE },
  },
  {
    name: 'nobody is subscribed',
    seed: (account, stack) => unsubscribe(account, stack, ['email', 'sqs']),
    expect: {
      what: 'notices',
      state: 'ill',
      says: /^nobody is subscribed to /,
      mend: /^aws sns subscribe --topic-arn \S+ --protocol email --notification-endpoint /,
    },
  },
  {
    name: 'a subscription is not confirmed',
    seed: nothing,
    // The local account confirms at once.
    answer: {
      call: 'sns:ListSubscriptionsByTopic',
      change: (body) =>
        body.replace(
          /<SubscriptionArn>[^<]*(?=<\/SubscriptionArn>(?:(?!<\/member>).)*security@example\.com)/s,
          '<SubscriptionArn>PendingConfirmation',
        ),
    },
    expect: {
      what: 'notices',
      state: 'ill',
      says: /^security@example.com has not confirmed the subscription/,
      mend: /^open the link in the mail .*aws sns subscribe .* security@example.com /,
    },
  },
  {
    name: "Slack's secret is missing",
    seed: (account) =>
      secrets(account).send(new DeleteSecretCommand({ SecretId: SECRET, ForceDeleteWithoutRecovery: true })),
    expect: {
      what: 'slack',
      state: 'ill',
      says: /^the secret secretsmanager:evenkeel\/slack .* is missing/,
      mend: /^aws secretsmanager create-secret --name evenkeel\/slack --secret-string /,
    },
  },
  {
    name: "Slack's secret is to be deleted",
    seed: (account) => secrets(account).send(new DeleteSecretCommand({ SecretId: SECRET })),
    mend: (account) => secrets(account).send(new RestoreSecretCommand({ SecretId: SECRET })),
    expect: {
      what: 'slack',
      state: 'ill',
      says: /is scheduled for deletion/,
      mend: /^aws secretsmanager restore-secret --secret-id evenkeel\/slack --region eu-west-1$/,
    },
  },
  {
    name: "Slack's queue is not subscribed",
    seed: (account, stack) => unsubscribe(account, stack, ['sqs']),
    expect: {
      what: 'slack',
      state: 'ill',
      says: /^the queue evenkeel-prod-slack is not subscribed to the topic/,
      mend: /^aws sns subscribe --topic-arn \S+ --protocol sqs --notification-endpoint \S+:evenkeel-prod-slack --region eu-west-1$/,
    },
  },
  {
    name: 'an alarm has gone',
    seed: nothing,
    answer: alarmListed,
    expect: {
      what: 'alarms',
      state: 'ill',
      says: /^the alarm evenkeel-prod-heartbeat-missed is missing$/,
      mend: RESTORE,
    },
  },
  {
    name: 'an alarm tells nobody',
    seed: (account) =>
      home(account)(CloudWatchClient).send(
        new PutMetricAlarmCommand({
          AlarmName: ALARM,
          ActionsEnabled: false,
          Namespace: 'Evenkeel',
          MetricName: 'HeartbeatMissed',
          Statistic: 'Maximum',
          Period: 3600,
          EvaluationPeriods: 1,
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      ),
    answer: alarmListed,
    expect: {
      what: 'alarms',
      state: 'ill',
      says: /^the alarm evenkeel-prod-heartbeat-missed tells nobody/,
      mend: /^aws cloudwatch enable-alarm-actions --alarm-names evenkeel-prod-heartbeat-missed --region eu-west-1$/,
    },
  },
];
