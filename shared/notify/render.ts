import type { Outcome } from '../result.ts';
import type { CallData } from '../step.ts';
import type { Notice } from './notifier.ts';

/** A message as a person gets it. */
export interface Message {
  /** At most 100 ASCII characters: SNS sends it as the mail's subject. */
  readonly subject: string;
  readonly text: string;
}

const SUBJECT_LIMIT = 100;
/** A mail is read, not searched: the whole plan is in the ledger. */
const STEPS_SHOWN = 20;
const CALL_LIMIT = 500;
const ERROR_LIMIT = 2000;

/** What happened, in words that begin a sentence. */
const HEADLINES: Readonly<Record<Outcome, string>> = {
  compliant: 'Compliant',
  notApplicable: 'Not applicable',
  detected: 'Drift found',
  exempted: 'Drift allowed',
  awaitingApproval: 'Approval wanted',
  // A recheck says how it ended: only that is notified.
  pending: 'Remediation pending',
  remediated: 'Drift put right',
  halted: 'Stopped, not put right',
  blocked: 'Blocked: not remediated',
  failed: 'FAILED to put right',
};

/** Renders a notice: what, where, by whom, what was done, and how to go on from here. */
export function render(notice: Notice): Message {
  const { result, control } = notice;
  const subject = ascii(`[${control.severity}] ${HEADLINES[result.outcome]}: ${result.resourceId} (${control.id})`);
  const text = [
    `${HEADLINES[result.outcome]} [${control.severity}]`,
    control.title,
    '',
    ...rows([
      ['Resource', `${result.resourceType} ${result.resourceId}`],
      ['Account', `${result.accountId}, ${result.region}`],
      ['Found', result.annotation],
      ['Error', result.error === null ? null : shortened(result.error, ERROR_LIMIT)],
      ['Changed by', changedBy(notice)],
      ['At', notice.eventTime],
    ]),
    ...steps(notice),
    '',
    ...advice(notice),
    '',
    notice.consoleUrl,
    `Control: ${control.id}${result.eventId === null ? '' : ` · event ${result.eventId}`}`,
  ];
  return { subject, text: text.join('\n') };
}

/** What SNS takes as a subject. */
export const ascii = (text: string) => {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length <= SUBJECT_LIMIT ? plain : `${plain.slice(0, SUBJECT_LIMIT - 3)}...`;
};

const rows = (pairs: readonly (readonly [string, string | null])[]) =>
  pairs.filter(([, value]) => value !== null).map(([name, value]) => `${`${name}:`.padEnd(12)}${value}`);

function changedBy({ attribution, result }: Notice): string | null {
  if (attribution === null) return null;
  const { actor, sourceIp, tool } = attribution;
  const via = [tool, sourceIp === null ? null : `from ${sourceIp}`, result.eventName].filter((part) => part !== null);
  return `${actor ?? 'unknown'}${via.length > 0 ? ` (${via.join(', ')})` : ''}`;
}

function steps({ result }: Notice): readonly string[] {
  if (result.steps.length === 0) return [];
  const left = result.steps.length - STEPS_SHOWN;
  const shown = result.steps.slice(0, STEPS_SHOWN).map((call) => `  ${inWords(call)}`);
  return ['', stepsTitle(result.outcome), ...shown, ...(left > 0 ? [`  … and ${left} more`] : [])];
}

/** What stands above the calls of a plan. */
export const stepsTitle = (outcome: string | null): string =>
  outcome === 'remediated' ? 'Done:' : outcome === 'failed' || outcome === 'blocked' ? 'Tried:' : 'Would do:';

const inWords = ({ service, operation, input }: CallData) =>
  `${service}:${operation} ${shortened(JSON.stringify(input), CALL_LIMIT)}`;

const shortened = (text: string, limit: number) => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`);

/** What the reader can do now, line by line. */
export function advice(notice: Notice): readonly string[] {
  const { result, control, reversible } = notice;
  if (result.outcome === 'remediated') {
    const undo = reversible ? `Take it back:  npx evenkeel undo ${result.remediationId}` : 'This cannot be taken back.';
    return [undo, `Why it matters: ${control.rationale}`];
  }
  if (result.outcome === 'awaitingApproval') {
    const id = result.remediationId;
    return [`Do it:         npx evenkeel approve ${id}`, `Leave it:      npx evenkeel reject ${id} --reason "…"`];
  }
  if (result.outcome === 'halted') return waysOut(notice);
  if (result.outcome === 'blocked') return unblocking(notice);
  if (result.outcome === 'exempted') return [];
  return [`What to do: ${control.guidance}`, `Why it matters: ${control.rationale}`];
}

/** Who refuses, and what a person can do, stands in what was found; this is how to go on from there. */
const unblocking = ({ result: { resourceId }, control: { id, guidance } }: Notice): readonly string[] => [
  'Once the refusal is resolved, it is tried again by itself within a day; at once:',
  `  npx evenkeel sweep --mode remediate --control ${id}`,
  'or exempt it:',
  `  npx evenkeel exempt --control ${id} --resource ${resourceId} --owner … --reason … --expires …`,
  `By hand: ${guidance}`,
];

/** How it goes on after a stop. */
function waysOut({ result: { resourceId }, control: { id }, stoppedBy }: Notice): readonly string[] {
  const { gate = 'flap', everything = false } = stoppedBy ?? {};
  const scope = everything ? '' : ` --control ${id}`;
  if (gate === 'pause') return [`Go on:         npx evenkeel resume${scope} --look`];
  return [
    'What to do: change the code that brings it back; then go on:',
    `  npx evenkeel resume --control ${id} --resource ${resourceId} --look`,
    'or let it stay:',
    `  npx evenkeel exempt --control ${id} --resource ${resourceId} --owner … --reason … --expires …`,
  ];
}
