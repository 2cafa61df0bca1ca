import type { AnyControl } from '../../control.ts';
import { hashOf } from '../../hash.ts';
import { ACCOUNT, ended, giveBack, type ScopeLimit, type TakenPlace } from '../../ledger/breaker.ts';
import { currentFlaps, NO_FLAP, recordRemediation } from '../../ledger/flap.ts';
import type { ResourceState } from '../../ledger/ledger.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Outcome } from '../../result.ts';
import { changesBetween } from '../run/changes.ts';
import { compactState } from '../run/compact.ts';
import { type Denial, failureStage, refusalText, retryAfterRefusalMs, versionOf } from '../run/failures.ts';
import { findingFingerprint, isQueued, withFinding, withNotice, withoutFinding } from '../run/findings.ts';
import type { Evaluated } from '../run/observation.ts';
import { redact } from '../run/redact.ts';
import type { Progress, Run } from '../run/run.ts';
import { hasChanged, resolvedSteps } from './journal.ts';
import { callIn, isReversible } from './recorded-call.ts';

/** The circuit breakers that a control's remediation passes, with their limits. */
export const breakerLimits = (run: Run, control: AnyControl): readonly ScopeLimit[] => {
  const { control: each, account } = run.engine.policy.limits.remediationsPerHour;
  return [
    { scope: control.id, limit: each },
    { scope: ACCOUNT, limit: account },
  ];
};

/** The circuit breakers of a control's remediation. */
export const scopesOf = (control: AnyControl) => [{ scope: control.id }, { scope: ACCOUNT }];

/** What a gate excluded from a remediation whose other steps were made. */
export interface HeldBack {
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly quiet?: boolean;
}

/** The resource is compliant after a remediation: closes the record and the finding, counts the flap, queues the notification. */
export function finishRemediated(
  run: Run,
  control: AnyControl,
  record: Remediation,
  { evaluation, state }: Evaluated,
  words: string = record.annotation,
  heldBack: HeldBack | null = null,
): Progress {
  const now = run.now();
  const done = resolvedSteps(record, true);
  const isLeft = evaluation.complianceType === 'NON_COMPLIANT';
  const after = compactState(redact(state));
  run.draft.save({
    ...done,
    status: 'remediated',
    after,
    afterCompliance: evaluation.complianceType,
    recheckAt: null,
    times: { ...done.times, applied: done.times.applied ?? now.toISOString(), verified: now.toISOString() },
  });
  const progress: Progress = {
    outcome: 'remediated',
    before: 'NON_COMPLIANT',
    after: evaluation.complianceType,
    annotation: words,
    steps: done.steps.map(callIn),
    remediationId: record.id,
  };
  const notice = run.notice(control, progress, {
    reversible: isReversible(done),
    verified: now.toISOString(),
    after: evaluation.annotation,
    changes: changesBetween(record.before, after, run.subject.resource.volatile),
  });
  run.draft.change((before) => {
    const counted = isQueued(before, notice) ? before : withFlaps(run, before, control, done);
    return withNotice(isLeft ? counted : withoutFinding(counted, control.id), notice);
  });
  run.draft.onBreakers(({ breakers }) => ended(breakers, scopesOf(control), true, now.getTime()));
  // What remains after every step requires a person.
  return isLeft ? reportRemainder(run, control, progress, evaluation, heldBack) : progress;
}

function reportRemainder(
  run: Run,
  control: AnyControl,
  progress: Progress,
  evaluation: Evaluated['evaluation'],
  heldBack: HeldBack | null,
): Progress {
  const outcome = heldBack?.outcome ?? 'detected';
  const annotation = [heldBack?.reason, evaluation.annotation].filter(Boolean).join(' ');
  const left: Progress = { ...progress, outcome, annotation };
  const said: Progress = { ...left, steps: [] };
  const notice = heldBack?.quiet === true ? run.quietNotice(control, said) : run.notice(control, said);
  run.draft.change((state) =>
    withFinding(state, control, {
      outcome,
      annotation,
      fingerprint: findingFingerprint(evaluation, heldBack?.reason ?? null),
      at: run.now().toISOString(),
      notice,
    }),
  );
  return left;
}

/** The state with the remediation counted for each element that it changed. */
function withFlaps({ engine }: Run, state: ResourceState, { id }: AnyControl, record: Remediation): ResourceState {
  const elements = record.steps.filter(({ status }) => status === 'made').flatMap((step) => step.elements);
  const now = engine.clock.now().getTime();
  const flaps = { ...currentFlaps(state.flaps, engine.policy.limits.flap, now) };
  for (const element of new Set(elements)) flaps[element] = recordRemediation(flaps[element] ?? NO_FLAP, id, now);
  return { ...state, flaps };
}

/** The undo is verified: closes its record and queues the notification. */
export function finishUndone(
  run: Run,
  control: AnyControl,
  record: Remediation,
  { evaluation, state }: Evaluated,
  annotation: string,
  exemption: string | null = null,
): void {
  const now = run.now().toISOString();
  run.draft.save({
    ...resolvedSteps(record, true),
    status: 'remediated',
    after: compactState(redact(state)),
    afterCompliance: evaluation.complianceType,
    recheckAt: null,
    times: { ...record.times, applied: record.times.applied ?? now, verified: now },
  });
  const progress: Progress = { outcome: 'exempted', after: evaluation.complianceType, annotation };
  const notice = run.notice(control, progress, { undo: { exemption }, verified: now });
  run.draft.change((before) => withNotice(before, notice));
}

/** Why a remediation did not succeed. */
export interface Failure {
  readonly error: string;
  /** Whether it lasts. */
  readonly denial?: Denial;
  /** The places it took in the circuit breakers; released where nothing was changed. */
  readonly taken?: readonly TakenPlace[];
  /** AWS did not finish before the deadline: retried later, not at once. */
  readonly isOverdue?: boolean;
}

/** The remediation failed or is blocked: closes its record and notifies once. */
export function finishFailed(
  run: Run,
  control: AnyControl,
  record: Remediation,
  evaluated: Evaluated | null,
  failure: Failure,
): Progress {
  const { error, denial = PASSING, taken = [] } = failure;
  run.draft.save({
    ...record,
    status: denial.refusal === null ? 'failed' : 'blocked',
    error,
    recheckAt: null,
    after: evaluated === null ? null : compactState(redact(evaluated.state)),
  });
  if (!hasChanged(record)) run.draft.onBreakers(({ breakers }) => giveBack(breakers, taken));
  return reportFailure(run, control, record, evaluated, failure);
}

/** A call may have been made, and what became of it cannot be read; or the rest of the plan is still to be made: the record stays open, as that of an interrupted run, and the next run that can read decides. */
export function finishOpen(
  run: Run,
  control: AnyControl,
  record: Remediation,
  failure: Pick<Failure, 'error' | 'denial'>,
): Progress {
  run.draft.save({ ...record, error: failure.error });
  return reportFailure(run, control, record, null, failure);
}

/** The breakers and the finding of a remediation that did not succeed. */
function reportFailure(
  run: Run,
  control: AnyControl,
  record: Remediation,
  evaluated: Evaluated | null,
  { error, denial = PASSING, isOverdue: isLate = false }: Failure,
): Progress {
  const { refusal, denied } = denial;
  const now = run.now();
  const isBlocked = refusal !== null;
  run.draft.onBreakers(({ breakers }) => ended(breakers, scopesOf(control), false, now.getTime()));
  const why = isBlocked ? refusalText(refusal) : null;
  const stage = isBlocked || isLate ? 'ended' : failureStage(run, control, true);
  const progress: Progress = {
    outcome: isBlocked ? 'blocked' : 'failed',
    before: 'NON_COMPLIANT',
    after: isBlocked ? 'NON_COMPLIANT' : null,
    annotation: [why, record.annotation].filter(Boolean).join(' '),
    steps: record.steps.map(callIn),
    remediationId: record.id,
    error,
  };
  const isRetrying = stage === 'retrying';
  const notice = run.notice(control, progress, { reversible: isReversible(record), isRetrying });
  const by = why ?? 'It did not take effect in time.';
  run.draft.change((state) =>
    withFinding(state, control, {
      outcome: progress.outcome,
      annotation: isBlocked ? (progress.annotation ?? '') : error,
      fingerprint: evaluated === null ? hashOf(error).slice(0, 16) : findingFingerprint(evaluated.evaluation, why),
      at: now.toISOString(),
      notice,
      stage,
      ...(denied === null ? {} : { denied }),
      ...(record.steps.some(({ status }) => status === 'unknown') ? { unanswered: record.id } : {}),
      ...(isBlocked || isLate ? nextAttempt(run, control, evaluated, by, isBlocked ? record.id : null) : {}),
    }),
  );
  return progress;
}

const PASSING: Denial = { refusal: null, denied: null };

/** When a blocked remediation is retried, and which change of circumstances brings the retry forward. */
const nextAttempt = (
  run: Run,
  control: AnyControl,
  evaluated: Evaluated | null,
  by: string,
  recordId: string | null,
) => ({
  retryAt: new Date(run.now().getTime() + retryAfterRefusalMs(control)).toISOString(),
  blocked: { by, recordId, ...attemptContext(run, evaluated) },
});

/** What a remediation was attempted under: hash of the facets, versions of code and policy. */
export const attemptContext = (run: Run, evaluated: Evaluated | null) => ({
  facets: hashOf(withoutVolatile(evaluated?.state ?? null, run.subject.resource.volatile ?? [])).slice(0, 16),
  version: versionOf(run),
});

const withoutVolatile = (value: unknown, names: readonly string[]): unknown =>
  JSON.parse(JSON.stringify(value, (name, member) => (names.includes(name) ? undefined : member)));
