import type { AnyControl, Evaluation } from '../../control.ts';
import { hashOf } from '../../hash.ts';
import type { ResourceState } from '../../ledger/ledger.ts';
import type { QueuedNotice } from '../../ledger/outbox.ts';
import type { FailureStage, Finding } from '../../ledger/records.ts';
import type { Outcome } from '../../result.ts';
import { DAY_MS } from '../../time.ts';

/** What one evaluation says about a finding. */
export interface FindingUpdate {
  readonly outcome: Outcome;
  readonly annotation: string;
  /** See `findingFingerprint`. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly at: string;
  readonly retryAt?: string | null;
  readonly deadline?: string | null;
  readonly blocked?: Finding['blocked'];
  readonly rejection?: Finding['rejection'];
  readonly denied?: Finding['denied'];
  /** Kept while the finding is `failed` or `blocked`. */
  readonly unanswered?: string;
  /** `failed`: how far people are notified with `notice`; the end by default. */
  readonly stage?: FailureStage;
  /** Published where the finding is new or has changed, a quiet one to those alone who follow each outcome; null where it is for nobody. */
  readonly notice: QueuedNotice | null;
}

/** What makes it the same finding: what is wrong, and why it is left, without what varies from one evaluation to the next. */
export const findingFingerprint = (
  { fingerprint }: Pick<Evaluation, 'fingerprint'>,
  reason: string | null = null,
): string => (reason === null ? fingerprint : hashOf([fingerprint, reason]).slice(0, 16));

/** The state with the finding opened or updated. A finding that is new, or whose outcome or fingerprint has changed, queues its notice; an unchanged one leaves the state as it was. Pure. */
export function withFinding(
  state: ResourceState,
  { id, severity }: Pick<AnyControl, 'id' | 'severity'>,
  { outcome, annotation, fingerprint, at, notice, stage = 'ended', ...rest }: FindingUpdate,
): ResourceState {
  const known = state.findings[id];
  const isOther = known === undefined || known.outcome !== outcome || !isSame(known, outcome, fingerprint);
  const before = known?.outcome === 'failed' ? notifiedOf(known) : null;
  const isNews = outcome === 'failed' ? isBeyond(stage, before) : isOther;
  const isFinal = outcome !== 'failed' || before === 'ended';
  const isAgain = known !== undefined && notice?.outcome !== undefined && isFinal && isToSend(known, at);
  const due = isNews ? notice : isAgain ? { ...notice, quiet: true as const } : null;
  const kept = { retryAt: known?.retryAt ?? null, deadline: known?.deadline ?? null, blocked: known?.blocked ?? null };
  const finding: Finding = {
    controlId: id,
    severity,
    outcome,
    annotation,
    fingerprint,
    firstSeen: known?.firstSeen ?? at,
    lastSeen: at,
    rejection: known?.rejection ?? null,
    ...(isOther ? { retryAt: null, deadline: null, blocked: null } : kept),
    ...(outcome === 'failed' ? { notified: isNews ? stage : before } : {}),
    ...(known?.isKnown === true || (isNews && notice !== null && notice.quiet !== true)
      ? { isKnown: true as const }
      : {}),
    ...sentAtOf(due, isOther ? undefined : known?.sentAt),
    // A later try that was refused, or could not read, does not answer an earlier one.
    ...(known?.unanswered !== undefined && isProblem(outcome) ? { unanswered: known.unanswered } : {}),
    ...rest,
  };
  if (known !== undefined && hashOf({ ...known, lastSeen: '' }) === hashOf({ ...finding, lastSeen: '' })) return state;
  const next = { ...state, findings: { ...state.findings, [id]: finding } };
  return due === null ? next : withNotice(next, due);
}

function sentAtOf(due: QueuedNotice | null, before: string | undefined): Pick<Finding, 'sentAt'> {
  if (due?.outcome !== undefined) return { sentAt: new Date(due.outcome.time).toISOString() };
  return before === undefined ? {} : { sentAt: before };
}

/** Security Hub deletes what was not updated for 90 days. */
const SEND_AGAIN_AFTER_MS = 30 * DAY_MS;

/** True where those who follow each outcome do not know of a finding as it is, or have not heard of it for long. */
const isToSend = ({ sentAt }: Pick<Finding, 'sentAt'>, at: string): boolean =>
  sentAt === undefined || Date.parse(at) - Date.parse(sentAt) > SEND_AGAIN_AFTER_MS;

/** The text of an error varies (request ids, encoded messages): a failure is the same failure. */
const isSame = (known: Finding, outcome: Outcome, fingerprint: string): boolean =>
  outcome === 'failed' || known.fingerprint === fingerprint;

const STAGES: readonly FailureStage[] = [null, 'retrying', 'ended'];
const isBeyond = (stage: FailureStage, before: FailureStage) => STAGES.indexOf(stage) > STAGES.indexOf(before);

/** An earlier version notified of every failure. */
const notifiedOf = ({ notified = 'ended' }: Finding): FailureStage => notified;

const isProblem = (outcome: Outcome): boolean => outcome === 'failed' || outcome === 'blocked';

/** True for a finding of which people were notified: they want to know that it is over. */
export const isKnownProblem = (finding: Finding | undefined): boolean =>
  finding?.isKnown === true ||
  finding?.outcome === 'blocked' ||
  (finding?.outcome === 'failed' && notifiedOf(finding) !== null);

/** The state without the control's finding; where it had one, the notice is queued. Pure. */
export function withoutFinding(
  state: ResourceState,
  controlId: string,
  notice: QueuedNotice | null = null,
): ResourceState {
  if (!(controlId in state.findings)) return state;
  const { [controlId]: _, ...findings } = state.findings;
  const next = { ...state, findings };
  return notice === null ? next : withNotice(next, notice);
}

/** The state with the time since which access is denied noted beside the control's finding. Pure. */
export function withDenial(state: ResourceState, controlId: string, denied: Finding['denied'] | null): ResourceState {
  const finding = state.findings[controlId];
  if (finding === undefined || denied == null || hashOf(finding.denied ?? null) === hashOf(denied)) return state;
  return { ...state, findings: { ...state.findings, [controlId]: { ...finding, denied } } };
}

/** True where the notice is queued already: the answer to the write that queued it was lost, and what was decided is written again. */
export const isQueued = ({ outbox }: ResourceState, { id }: QueuedNotice): boolean =>
  outbox.some((entry) => entry.id === id);

/** The state with a queued notice, once. Pure. */
export const withNotice = (state: ResourceState, notice: QueuedNotice): ResourceState =>
  isQueued(state, notice) ? state : { ...state, outbox: [...state.outbox, notice] };
