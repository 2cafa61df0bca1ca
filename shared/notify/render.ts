import type { Outcome } from '../result.ts';
import type { CallData } from '../step.ts';
import { shellQuoted, visible } from '../text.ts';
import type { Notice } from './notifier.ts';

/** A message as a person gets it. */
export interface Message {
  /** At most 99 ASCII characters: SNS sends it as the mail's subject, and accepts fewer than 100. */
  readonly subject: string;
  readonly text: string;
}

const MAX_SUBJECT_CHARACTERS = 99;
/** The whole plan is in the ledger. */
const MAX_STEPS = 20;
const MAX_CALL_CHARACTERS = 500;
const MAX_ERROR_CHARACTERS = 2000;

const HEADLINES: Readonly<Record<Outcome, string>> = {
  // Notified only of what people know as an open problem.
  compliant: 'Compliant again',
  notApplicable: 'No longer applicable',
  detected: 'Drift detected',
  exempted: 'Drift exempted',
  awaitingApproval: 'Approval required',
  // A recheck says how it ended: only that is notified.
  pending: 'Remediation pending',
  remediated: 'Remediated',
  halted: 'Remediation halted',
  blocked: 'Remediation blocked',
  failed: 'Remediation FAILED',
};

/** What a notice is about, in a few words; `failed` only where a remediation was attempted. */
export function headlineOf({ result, isRetrying = false }: Omit<Notice, 'others'>): string {
  const { outcome, before, remediationId } = result;
  const isUnread = before === null && (outcome === 'failed' || outcome === 'blocked');
  if (isRetrying) return 'Open, being retried';
  if (isUnread) return outcome === 'failed' ? 'Not evaluated' : 'Cannot be read';
  return outcome === 'failed' && remediationId === null ? 'Not remediated' : HEADLINES[outcome];
}

/** Renders a notice: what drifted and where, who changed it, what was done, and what the reader can do; then what else the same event led to. */
export function render(notice: Notice): Message {
  const { result, control, others = [] } = notice;
  const headline = headlineOf(notice);
  const which = others.length === 0 ? control.id : `${control.id} and ${others.length} more`;
  const subject = asciiSubject(`[${control.severity}] ${headline}: ${result.resourceId} (${which})`);
  const text = [
    `${headline} [${control.severity}]`,
    control.title,
    '',
    ...rows([
      ['Resource', `${result.resourceType} ${result.resourceId}`],
      ['Account', `${result.accountId}, ${result.region}`],
      ...findingRows(notice),
      ['Changed by', changedBy(notice)],
      ['Time', notice.eventTime],
    ]),
    ...steps(notice),
    '',
    ...advice(notice),
    ...others.flatMap(alsoOf),
    '',
    visible(notice.consoleUrl),
    `${others.length === 0 ? 'Control' : 'Controls'}: ${[notice, ...others].map((one) => one.control.id).join(', ')}${result.eventId === null ? '' : ` · event ${visible(result.eventId)}`}`,
  ];
  return { subject, text: text.join('\n') };
}

type Single = Omit<Notice, 'others'>;

/** What else the event led to, without what is the same. */
const alsoOf = (notice: Single): readonly string[] => [
  '',
  `Also: ${headlineOf(notice)} [${notice.control.severity}]`,
  notice.control.title,
  '',
  ...rows(findingRows(notice)),
  ...steps(notice),
  '',
  ...advice(notice),
];

const findingRows = ({ result: { annotation, error } }: Single): readonly (readonly [string, string | null])[] => [
  ['Finding', annotation],
  ['Error', error === null ? null : shortened(error, MAX_ERROR_CHARACTERS)],
];

/** The text as SNS accepts it as a subject. */
export const asciiSubject = (text: string) => {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length <= MAX_SUBJECT_CHARACTERS ? plain : `${plain.slice(0, MAX_SUBJECT_CHARACTERS - 3)}...`;
};

const rows = (pairs: readonly (readonly [string, string | null])[]) =>
  pairs.filter(([, value]) => value !== null).map(([name, value]) => `${`${name}:`.padEnd(12)}${visible(value ?? '')}`);

function changedBy({ attribution, result }: Single): string | null {
  if (attribution === null) return null;
  const { actor, sourceIp, tool } = attribution;
  const via = [tool, sourceIp === null ? null : `from ${sourceIp}`, result.eventName].filter((part) => part !== null);
  return `${actor ?? 'unknown'}${via.length > 0 ? ` (${via.join(', ')})` : ''}`;
}

function steps({ result }: Single): readonly string[] {
  if (result.steps.length === 0) return [];
  const left = result.steps.length - MAX_STEPS;
  const shown = result.steps.slice(0, MAX_STEPS).map((call) => `  ${callText(call)}`);
  return ['', stepsTitle(result.outcome), ...shown, ...(left > 0 ? [`  … and ${left} more`] : [])];
}

/** The title of a list of calls: made, attempted or planned. */
export const stepsTitle = (outcome: string | null): string =>
  outcome === 'remediated' ? 'Steps taken:' : outcome === 'failed' || outcome === 'blocked' ? 'Attempted:' : 'Planned:';

function callText(call: CallData): string {
  const { service, operation, input } = withoutDocuments(call);
  return `${service}:${operation} ${shortened(visible(JSON.stringify(input)), MAX_CALL_CHARACTERS)}`;
}

/** A call as notifications show it, without documents (policies): every subscriber of the topic reads it. `history` has them. */
export const withoutDocuments = (call: CallData): CallData => ({
  ...call,
  input: JSON.parse(
    JSON.stringify(call.input, (_, value) =>
      typeof value === 'string' && DOCUMENT.test(value) ? `[document, ${Buffer.byteLength(value)} bytes]` : value,
    ),
  ),
});

const DOCUMENT = /^\s*[{[]/;

const shortened = (text: string, limit: number) => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`);

/** What the reader can do now, line by line. */
export function advice(notice: Omit<Notice, 'others'>): readonly string[] {
  const { result, control, reversible } = notice;
  if (result.outcome === 'remediated') {
    const undo = reversible ? `Undo:  npx evenkeel undo ${result.remediationId}` : 'This remediation cannot be undone.';
    return [undo, `Why it matters: ${control.rationale}`];
  }
  if (result.outcome === 'awaitingApproval') {
    const id = result.remediationId;
    return [`Approve:  npx evenkeel approve ${id}`, `Reject:   npx evenkeel reject ${id} --reason "…"`];
  }
  if (result.outcome === 'halted') return adviceForHalted(notice);
  if (result.outcome === 'blocked') return adviceForBlocked(notice);
  if (['exempted', 'compliant', 'notApplicable'].includes(result.outcome)) return [];
  if (notice.isRetrying === true) return [RETRYING, `Manual remediation: ${control.guidance}`];
  if (result.outcome === 'failed' && result.before === null)
    return [UNREAD, `  npx evenkeel sweep --control ${control.id}`];
  return [`Action required: ${control.guidance}`, `Why it matters: ${control.rationale}`];
}

const RETRYING = 'It is retried within 15 minutes, and you are notified of how it ends.';
const UNREAD =
  'Whether it is compliant is not known. The next event and the daily sweep read it again. To read it now:';

/** The finding says who refuses and what a person can do. */
const adviceForBlocked = ({ result: { resourceId }, control: { id, guidance } }: Single): readonly string[] => [
  'Once the cause is resolved, it is retried within a day. To retry now:',
  `  npx evenkeel sweep --mode remediate --control ${id}`,
  'Or exempt the resource:',
  `  npx evenkeel exempt --control ${id} --resource ${shellQuoted(resourceId ?? '')} --owner … --reason … --expires …`,
  `Manual remediation: ${guidance}`,
];

function adviceForHalted({ result: { resourceId }, control: { id }, stoppedBy }: Single): readonly string[] {
  const { gate = 'flap', everything = false } = stoppedBy ?? {};
  const scope = everything ? '' : ` --control ${id}`;
  if (gate === 'pause') return [`Resume:  npx evenkeel resume${scope} --look`];
  return [
    'Action required: fix the code that reintroduces the drift, then resume:',
    `  npx evenkeel resume --control ${id} --resource ${shellQuoted(resourceId ?? '')} --look`,
    'Or exempt the resource:',
    `  npx evenkeel exempt --control ${id} --resource ${shellQuoted(resourceId ?? '')} --owner … --reason … --expires …`,
  ];
}
