import { shellQuoted } from '../text.ts';
import type { Action, Advice } from './message.ts';
import type { SingleNotice } from './notifier.ts';

const RETRYING = 'It is retried within 15 minutes, and you are notified of how it ends.';
const UNREAD = 'Whether it is compliant is not known. The next event and the daily sweep read it again. To read it now';

const said = (text: string): Advice => ({ text, action: null, command: null });
const toRun = (text: string, action: Action, command: string): Advice => ({
  text,
  action,
  command: `npx evenkeel ${command}`,
});

/** What the reader can do now. */
export function adviceFor(notice: SingleNotice): readonly Advice[] {
  const { result, control, reversible } = notice;
  const { outcome, remediationId: id } = result;
  const guidance = control.guidance;
  if (outcome === 'remediated') {
    const undo = reversible && id !== null ? toRun('Undo', 'undo', `undo ${id}`) : said(IRREVERSIBLE);
    return [undo, said(`Why it matters: ${control.rationale}`)];
  }
  if (outcome === 'awaitingApproval')
    return [
      toRun('Approve', 'approve', `approve ${id}`),
      toRun('Reject', 'reject', `reject ${id} --reason "…"`),
      ...(notice.expires === undefined ? [] : [said(`Decide by ${notice.expires}: the request expires then.`)]),
      said(`Why it matters: ${control.rationale}`),
    ];
  if (outcome === 'halted') return forHalted(notice);
  if (outcome === 'blocked') return forBlocked(notice);
  if (outcome === 'exempted') return forExempted(notice);
  if (outcome === 'compliant' || outcome === 'notApplicable') return [];
  if (notice.isRetrying === true) return [said(RETRYING), said(`Manual remediation: ${guidance}`)];
  if (outcome === 'failed' && result.before === null) return [toRun(UNREAD, 'look', `sweep ${scopeOf(notice)}`)];
  return [
    said(`Action required: ${guidance}`),
    outcome === 'failed' ? retrying(notice, FAILED) : exempting(notice),
    said(`Why it matters: ${control.rationale}`),
  ];
}

const IRREVERSIBLE = 'This remediation cannot be undone.';
const FAILED = 'The next event and the daily sweep try again. To retry now';
const BLOCKED = 'Once the cause is resolved, it is retried within a day. To retry now';

/** The finding says who refuses and what a person can do. */
const forBlocked = (notice: SingleNotice): readonly Advice[] => [
  retrying(notice, BLOCKED),
  exempting(notice),
  said(`Manual remediation: ${notice.control.guidance}`),
];

function forHalted(notice: SingleNotice): readonly Advice[] {
  const { control, stoppedBy } = notice;
  const { gate = 'flap', everything = false } = stoppedBy ?? {};
  if (gate === 'pause')
    return [
      toRun('Resume', 'resume', `resume${everything ? '' : ` --control ${control.id}`} --look`),
      said(`Manual remediation: ${control.guidance}`),
    ];
  return [
    toRun(
      'Action required: correct what brings the drift back, then resume',
      'resume',
      `resume ${scopeOf(notice)} --look`,
    ),
    exempting(notice),
  ];
}

/** What a person allowed may be remediated again before its day. */
const forExempted = ({ undo }: SingleNotice): readonly Advice[] =>
  undo == null || undo.exemption === null
    ? []
    : [toRun('To end the exemption before that day', 'endExemption', `exempt --end ${shellQuoted(undo.exemption)}`)];

const retrying = (notice: SingleNotice, when: string): Advice =>
  toRun(when, 'retry', `sweep --mode remediate ${scopeOf(notice)}`);

const exempting = (notice: SingleNotice): Advice =>
  toRun('Or exempt the resource', 'exempt', `exempt ${scopeOf(notice)} --owner … --reason … --expires …`);

/** This control on this resource, and nothing else. */
const scopeOf = ({ control, result }: SingleNotice): string =>
  `--control ${control.id} --resource ${shellQuoted(result.resourceId ?? '')}`;
