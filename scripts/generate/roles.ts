import { PRESSES } from '../../shared/lambda/slack-presses.ts';
import { THREADS } from '../../shared/lambda/slack-threads.ts';
import { SHARED } from '../../shared/ledger/store.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { byDomain, type Content, enabledIn } from './content.ts';
import { domainStatements, evaluationReads, readStatements } from './domain-statements.ts';
import { OUTCOMES, outcomesStatements, sendOutcomesStatement } from './outcomes.ts';
import { divided } from './role-resources.ts';
import {
  failedEventsStatement,
  keepLedgerStatement,
  keyStatement,
  logicalId,
  logStatement,
  queueStatement,
  type Statement,
  sendStatement,
  sub,
} from './statements.ts';
import { watchStatements } from './watch-statements.ts';

/** All that one function may do and may not. */
export interface Role {
  /** The function's name: `infrastructure`. */
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** What a bot needs to know which message began a thread: its own items of the ledger's table, and no others. */
const threadStatements = (): readonly Statement[] => [
  {
    Sid: 'Threads',
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    Resource: { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${THREADS}*`] } },
    why: 'keep, with a bot token only, which message of Slack a later one answers',
  },
  {
    ...keyStatement('dynamodb'),
    Sid: 'ThreadsKey',
    Action: ['kms:Decrypt'],
    why: "use Evenkeel's key, with a bot token only",
  },
  keepLedgerStatement(),
];

/** Their names, by which they are left out where Slack is reached by a webhook. */
export const THREAD_SIDS: readonly string[] = threadStatements().map(({ Sid }) => Sid);

/** The functions of Microsoft Teams and PagerDuty: their folders and their names. */
export const TEAMS = 'teams';
export const PAGERDUTY = 'pagerduty';

/** What hands notifications on to somebody outside knows its queue and the secret by which it does, and nothing of the account. `key`: what resources/deployment.cjs says of the secret. */
const receiverStatements = (
  name: string,
  key: string,
  { whom, secret }: { readonly whom: string; readonly secret: string },
): readonly Statement[] => [
  logStatement(name),
  queueStatement(name),
  {
    Sid: 'FindQueue',
    Effect: 'Allow',
    Action: ['sqs:GetQueueUrl'],
    Resource: { 'Fn::GetAtt': [logicalId(name, 'Queue'), 'Arn'] },
    why: `find its own queue, to set when a message that ${whom} rejected is retried`,
  },
  {
    Sid: 'Address',
    Effect: 'Allow',
    Action: [`\${file(resources/deployment.cjs):${key}.action}`],
    Resource: sub(`\${file(resources/deployment.cjs):${key}.arn}`),
    why: `read ${secret}`,
  },
  // Its queue is read and never sent to.
  { ...keyStatement('sqs'), Action: ['kms:Decrypt'] },
];

/** The function that hears what is pressed in Slack: its folder and its name. */
export const SLACK_ACTIONS = 'slack-actions';

/** What stands behind a public URL: it keeps presses and hands them on, and reads nothing but its secret. */
const slackActionsStatements = (domains: readonly string[]): readonly Statement[] => [
  logStatement(SLACK_ACTIONS),
  {
    Sid: 'Address',
    Effect: 'Allow',
    Action: ['${file(resources/deployment.cjs):slackSigning.action}'],
    Resource: sub('${file(resources/deployment.cjs):slackSigning.arn}'),
    why: 'read the signing secret of the Slack app',
  },
  {
    Sid: 'Presses',
    Effect: 'Allow',
    Action: ['dynamodb:PutItem'],
    Resource: { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${PRESSES}*`] } },
    why: 'keep who pressed which button of Slack',
  },
  keepLedgerStatement(),
  { ...sendStatement(...domains), why: 'hand what was pressed on to the domain that decides' },
  keyStatement('dynamodb', 'sqs'),
];

/** The function that answers AWS Config: its folder and its name. */
export const CONFIG_RULES = 'config-rules';

/** What answers AWS Config reads what controls evaluate, and which exemptions hold. */
const configRulesStatements = (all: Content, policy: PolicyDocument): readonly Statement[] => [
  logStatement(CONFIG_RULES),
  {
    Sid: 'Exemptions',
    Effect: 'Allow',
    Action: ['dynamodb:Query'],
    Resource: { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
    Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [SHARED] } },
    why: 'read the exemptions in the ledger',
  },
  keepLedgerStatement(),
  keyStatement('dynamodb', 'sqs'),
  failedEventsStatement(),
  {
    Sid: 'Answer',
    Effect: 'Allow',
    Action: ['config:PutEvaluations'],
    Resource: '*',
    why: 'report evaluations to AWS Config',
  },
  ...readStatements(evaluationReads(enabledIn(all, policy).controls)).flatMap(divided),
];

const SLACK = { whom: 'Slack', secret: 'the URL of the Slack webhook, or the token of the bot' };
const WORKFLOW = { whom: 'Microsoft Teams', secret: 'the URL of the workflow of Microsoft Teams' };
const SERVICE = { whom: 'PagerDuty', secret: 'the integration key of the service of PagerDuty' };

/** The roles of all functions under a policy. */
export function rolesOf(all: Content, policy: PolicyDocument): readonly Role[] {
  const domains = byDomain(all);
  return [
    ...[...domains].map(([name, own]) => ({
      name,
      statements: [...domainStatements(name, own, policy), sendOutcomesStatement()],
    })),
    { name: 'watch', statements: watchStatements([...domains.keys()]) },
    { name: 'slack', statements: [...receiverStatements('slack', 'slack', SLACK), ...threadStatements()] },
    { name: SLACK_ACTIONS, statements: slackActionsStatements([...domains.keys()]) },
    { name: TEAMS, statements: receiverStatements(TEAMS, 'teams', WORKFLOW) },
    { name: PAGERDUTY, statements: receiverStatements(PAGERDUTY, 'pagerDuty', SERVICE) },
    { name: CONFIG_RULES, statements: configRulesStatements(all, policy) },
    { name: OUTCOMES, statements: outcomesStatements() },
  ];
}
