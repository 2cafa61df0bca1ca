import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteSecretCommand, RestoreSecretCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Alteration } from '../aws-proxy.ts';
import { SECRET, STACK } from '../deployed.ts';
import { home, nothing, secrets, unsubscribe } from './acts.ts';
import { type Fault, REVERT_DRIFT } from './fault.ts';

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
    expect: {
      check: 'notifications',
      status: 'error',
      message: /:evenkeel-prod-notices does not exist/,
      remedy: REVERT_DRIFT,
    },
  },
  {
    name: 'nobody is subscribed',
    seed: (account, stack) => unsubscribe(account, stack, ['email', 'sqs']),
    expect: {
      check: 'notifications',
      status: 'error',
      message: / has no subscriptions: notifications reach no one$/,
      remedy: /^aws sns subscribe --topic-arn \S+ --protocol email --notification-endpoint /,
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
      check: 'notifications',
      status: 'error',
      message: /^security@example.com has not confirmed the subscription/,
      remedy: /^open the link in the e-mail .*aws sns subscribe .* security@example.com /,
    },
  },
  {
    name: "Slack's secret is missing",
    seed: (account) =>
      secrets(account).send(new DeleteSecretCommand({ SecretId: SECRET, ForceDeleteWithoutRecovery: true })),
    expect: {
      check: 'slack',
      status: 'error',
      message: /^secretsmanager:evenkeel\/slack, the secret .* does not exist/,
      remedy: /^aws secretsmanager create-secret --name evenkeel\/slack --secret-string /,
    },
  },
  {
    name: "Slack's secret is to be deleted",
    seed: (account) => secrets(account).send(new DeleteSecretCommand({ SecretId: SECRET })),
    fix: (account) => secrets(account).send(new RestoreSecretCommand({ SecretId: SECRET })),
    expect: {
      check: 'slack',
      status: 'error',
      message: /is scheduled for deletion/,
      remedy: /^aws secretsmanager restore-secret --secret-id evenkeel\/slack --region eu-west-1$/,
    },
  },
  {
    name: "Slack's queue is not subscribed",
    seed: (account, stack) => unsubscribe(account, stack, ['sqs']),
    expect: {
      check: 'slack',
      status: 'error',
      message: /^the queue evenkeel-prod-slack is not subscribed to the topic/,
      remedy:
        /^aws sns subscribe --topic-arn \S+ --protocol sqs --notification-endpoint \S+:evenkeel-prod-slack --region eu-west-1$/,
    },
  },
  {
    name: 'an alarm has gone',
    seed: nothing,
    answer: alarmListed,
    expect: {
      check: 'alarms',
      status: 'error',
      message: /^the alarm evenkeel-prod-heartbeat-missed is missing$/,
      remedy: REVERT_DRIFT,
    },
  },
  {
    name: 'an alarm notifies nobody',
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
      check: 'alarms',
      status: 'error',
      message: /^the alarm evenkeel-prod-heartbeat-missed notifies nobody/,
      remedy: /^aws cloudwatch enable-alarm-actions --alarm-names evenkeel-prod-heartbeat-missed --region eu-west-1$/,
    },
  },
];
