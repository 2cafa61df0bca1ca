import type { FunctionParts } from './function-parts.ts';
import { PAGERDUTY, SLACK_ACTIONS, TEAMS } from './roles.ts';
import { logicalId } from './statements.ts';

/** Asked for where a bot posts to a channel. */
export const SLACK_BOT = 'slack-bot';

/** What resources/deployment.cjs says of a deployment. */
const parameter = (name: string) => `\${file(resources/deployment.cjs):${name}}`;

/** A function that hands the topic's messages on to somebody outside, by a queue of its own. */
const receiverParts = (
  name: string,
  description: string,
  environment: Readonly<Record<string, string>>,
): FunctionParts => ({
  name,
  description,
  queue: {
    wakes: [],
    senders: [{ service: 'sns.amazonaws.com', sources: [{ Ref: 'NoticeTopic' }] }],
    // Each of them takes a few messages a second at most, and each one that it puts off is received again.
    concurrency: 2,
    receives: 20,
  },
  settings: { environment },
  resources: {
    [logicalId(name, 'Subscription')]: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'NoticeTopic' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': [logicalId(name, 'Queue'), 'Arn'] },
        RawMessageDelivery: true,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
      },
    },
  },
});

/** The function that posts notifications to Slack, deployed where deployment.yml says where the webhook's address or a bot's token is kept. */
export const slackParts = (asked: readonly string[]): FunctionParts =>
  receiverParts('slack', 'Posts the notifications to Slack', {
    EVENKEEL_SLACK_SECRET: parameter('slackSecret'),
    ...(asked.includes(SLACK_BOT) ? { EVENKEEL_SLACK_CHANNEL: parameter('slackChannel') } : {}),
    ...(asked.includes(SLACK_ACTIONS) ? { EVENKEEL_SLACK_BUTTONS: 'true' } : {}),
  });

/** The same to Microsoft Teams, where deployment.yml says where the address of a workflow is kept. */
export const teamsParts = (): FunctionParts =>
  receiverParts(TEAMS, 'Posts the notifications to Microsoft Teams', {
    EVENKEEL_TEAMS_SECRET: parameter('teamsSecret'),
  });

/** Alerts of PagerDuty, where deployment.yml says where the integration key of a service is kept. */
export const pagerDutyParts = (): FunctionParts =>
  receiverParts(PAGERDUTY, 'Triggers and resolves alerts of PagerDuty', {
    EVENKEEL_PAGERDUTY_SECRET: parameter('pagerDutySecret'),
  });
