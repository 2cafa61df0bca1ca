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
      said(`Why it matters: ${control.rationale}`),
    ];
  if (outcome === 'halted') return forHalted(notice);
  if (outcome === 'blocked') return forBlocked(notice);
  if (['exempted', 'compliant', 'notApplicable'].includes(outcome)) return [];
  if (notice.isRetrying === true) return [said(RETRYING), said(`Manual remediation: ${guidance}`)];
  if (outcome === 'failed' && result.before === null) return [toRun(UNREAD, 'look', `sweep --control ${control.id}`)];
  return [said(`Action required: ${guidance}`), said(`Why it matters: ${control.rationale}`)];
}

const IRREVERSIBLE = 'This remediation cannot be undone.';

/** The finding says who refuses and what a person can do. */
const forBlocked = (notice: SingleNotice): readonly Advice[] => [
  toRun(
    'Once the cause is resolved, it is retried within a day. To retry now',
    'retry',
    `sweep --mode remediate --control ${notice.control.id}`,
  ),
  exempting(notice),
  said(`Manual remediation: ${notice.control.guidance}`),
];

function forHalted(notice: SingleNotice): readonly Advice[] {
  const { control, stoppedBy } = notice;
  const { gate = 'flap', everything = false } = stoppedBy ?? {};
  if (gate === 'pause')
    return [toRun('Resume', 'resume', `resume${everything ? '' : ` --control ${control.id}`} --look`)];
  return [
    toRun(
      'Action required: fix the code that reintroduces the drift, then resume',
      'resume',
      `resume --control ${control.id} --resource ${resourceOf(notice)} --look`,
    ),
    exempting(notice),
  ];
}

const exempting = (notice: SingleNotice): Advice =>
  toRun(
    'Or exempt the resource',
    'exempt',
    `exempt --control ${notice.control.id} --resource ${resourceOf(notice)} --owner … --reason … --expires …`,
  );

const resourceOf = ({ result }: SingleNotice): string => shellQuoted(result.resourceId ?? '');
