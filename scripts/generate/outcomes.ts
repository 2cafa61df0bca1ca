import type { FunctionParts } from './function-parts.ts';
import { keyStatement, logicalId, logStatement, PREFIX, queueStatement, type Statement, sub } from './statements.ts';

/** The function that sends each outcome on: its folder and its name. */
export const OUTCOMES = 'outcomes';
/** Asked for where Security Hub is sent findings. */
export const SECURITY_HUB = 'security-hub';
/** Asked for where a bus is sent events. */
export const OUTCOME_EVENTS = 'outcome-events';

const QUEUE = logicalId(OUTCOMES, 'Queue');
const BUS = 'OutcomesBus';

/** What the domains' functions need to know: where outcomes go. */
export const OUTCOMES_ENVIRONMENT = { EVENKEEL_OUTCOMES_QUEUE: { Ref: QUEUE } };

/** What the domains' functions may do where outcomes are followed; their key is good for every queue. */
export const sendOutcomesStatement = (): Statement => ({
  Sid: 'SendOutcomes',
  Effect: 'Allow',
  Action: ['sqs:SendMessage'],
  Resource: { 'Fn::GetAtt': [QUEUE, 'Arn'] },
  why: 'send each outcome on, with `securityHub` or `outcomeEvents` only',
});

const putEventsStatement = (): Statement => ({
  Sid: 'PutEvents',
  Effect: 'Allow',
  Action: ['events:PutEvents'],
  Resource: sub(`arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${PREFIX}-outcomes`),
  why: 'put events on the bus of outcomes, with `outcomeEvents` only',
});

const importStatement = (): Statement => ({
  Sid: 'ImportFindings',
  Effect: 'Allow',
  Action: ['securityhub:BatchImportFindings'],
  // In every region, each of which has its own.
  Resource: sub('arn:${AWS::Partition}:securityhub:*:${AWS::AccountId}:product/${AWS::AccountId}/default'),
  why: 'send findings to Security Hub, with `securityHub` only',
});

/** What sends outcomes on knows its queue and where they go, and nothing of the account. */
export const outcomesStatements = (): readonly Statement[] => [
  logStatement(OUTCOMES),
  queueStatement(OUTCOMES),
  {
    Sid: 'FindQueue',
    Effect: 'Allow',
    Action: ['sqs:GetQueueUrl'],
    Resource: { 'Fn::GetAtt': [QUEUE, 'Arn'] },
    why: 'find its own queue, to set when an outcome that was refused is retried',
  },
  // Its queue is read and never sent to.
  { ...keyStatement('sqs'), Action: ['kms:Decrypt'] },
  putEventsStatement(),
  importStatement(),
];

/** Statements that hold only where something is asked for: their names, by what that is. */
export const OUTCOME_SIDS: Readonly<Record<string, readonly string[]>> = {
  [OUTCOMES]: [sendOutcomesStatement().Sid],
  [OUTCOME_EVENTS]: [putEventsStatement().Sid],
  [SECURITY_HUB]: [importStatement().Sid],
};

/** The function that sends outcomes on, deployed where deployment.yml asks for Security Hub or for events. */
export function outcomesParts(asked: readonly string[]): FunctionParts {
  const hasEvents = asked.includes(OUTCOME_EVENTS);
  return {
    name: OUTCOMES,
    description: 'Sends each outcome on, to a bus and to Security Hub',
    // Security Hub takes a hundred findings in a call, and ten calls a second in a region.
    queue: { wakes: [], concurrency: 2, batch: { size: 100, windowS: 5 } },
    settings: {
      environment: {
        ...(hasEvents ? { EVENKEEL_OUTCOMES_BUS: { Ref: BUS } } : {}),
        ...(asked.includes(SECURITY_HUB) ? { EVENKEEL_SECURITY_HUB: 'true' } : {}),
      },
    },
    // A bus of its own: what is put there meets no rule of ours, and those of others see nothing but outcomes.
    resources: hasEvents
      ? { [BUS]: { Type: 'AWS::Events::EventBus', Properties: { Name: `${PREFIX}-outcomes` } } }
      : {},
    outputs: {
      [QUEUE]: {
        Description: 'EVENKEEL_OUTCOMES_QUEUE for the command',
        Value: { Ref: QUEUE },
      },
      ...(hasEvents
        ? { [BUS]: { Description: 'Where an event is put for each outcome', Value: { 'Fn::GetAtt': [BUS, 'Arn'] } } }
        : {}),
    },
  };
}
