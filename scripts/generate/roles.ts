import type { AnyControl } from '../../shared/control.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { judgingReads, readStatements, serviceStatements } from './service-statements.ts';
import {
  failedEventsStatement,
  keepLedgerStatement,
  keyStatement,
  logicalId,
  logStatement,
  queueStatement,
  type Statement,
  sub,
} from './statements.ts';
import { watchStatements } from './watch-statements.ts';

/** All that one function may do and may not. */
export interface Role {
  /** The function's name: `ec2`. */
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** What posts to Slack knows its queue and the address, and nothing of the account. */
export const slackStatements = (): readonly Statement[] => [
  logStatement('slack'),
  queueStatement('slack'),
  {
    Sid: 'ComeAgainSoon',
    Effect: 'Allow',
    Action: ['sqs:ChangeMessageVisibility', 'sqs:GetQueueUrl'],
    Resource: { 'Fn::GetAtt': [logicalId('slack', 'Queue'), 'Arn'] },
    why: 'say when a message that Slack did not take comes again',
  },
  {
    Sid: 'Address',
    Effect: 'Allow',
    Action: ['${file(resources/deployment.cjs):slack.action}'],
    Resource: sub('${file(resources/deployment.cjs):slack.arn}'),
    why: 'read the address of the Slack webhook',
  },
  // Its queue is read and never sent to.
  { ...keyStatement('sqs'), Action: ['kms:Decrypt'] },
];

/** What answers AWS Config reads what controls judge, and which exemptions hold. */
export function rulesStatements(controls: readonly AnyControl[], policy: PolicyDocument): readonly Statement[] {
  const enabled = controls.filter((control) => policyFrom(policy).reachAnywhere(control) !== 'off');
  return [
    logStatement('rules'),
    {
      Sid: 'Exemptions',
      Effect: 'Allow',
      Action: ['dynamodb:Query'],
      Resource: { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['EXEMPTIONS'] } },
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
      why: 'tell AWS Config a verdict',
    },
    ...readStatements(judgingReads(enabled)),
  ];
}

/** The roles of all functions under a policy. */
export const rolesOf = (
  catalogue: ReadonlyMap<string, readonly AnyControl[]>,
  policy: PolicyDocument,
): readonly Role[] => [
  ...[...catalogue].map(([name, controls]) => ({ name, statements: serviceStatements(name, controls, policy) })),
  { name: 'watch', statements: watchStatements() },
  { name: 'slack', statements: slackStatements() },
  { name: 'rules', statements: rulesStatements([...catalogue.values()].flat(), policy) },
];
