import type { AnyControl } from '../../control.ts';
import { hashOf } from '../../hash.ts';
import { ended } from '../../ledger/breaker.ts';
import type { Remediation } from '../../ledger/records.ts';
import { failureStage } from '../run/failures.ts';
import { withFinding } from '../run/findings.ts';
import type { Progress, Run } from '../run/run.ts';
import { deadlineOf, markPending, RECHECK_MS, scopesOf } from './outcomes.ts';
import { callIn, isReversible } from './recorded-call.ts';

/** The calls were made, or may have been, and nobody can read what they did: the record stays open until somebody can. */
export function finishUnverified(run: Run, control: AnyControl, record: Remediation, why: string): Progress {
  const now = run.now().getTime();
  const recheckAt = now + RECHECK_MS;
  const expires = deadlineOf(control, now);
  const error = `not verified yet: ${why}`;
  run.draft.save({ ...record, status: 'pending', expires, recheckAt: new Date(recheckAt).toISOString(), error });
  const annotation = `Remediated, but ${error}`;
  markPending(run, control, recheckAt, expires, annotation, record.id);
  return {
    outcome: 'pending',
    before: 'NON_COMPLIANT',
    after: 'NON_COMPLIANT',
    annotation,
    steps: record.steps.map(callIn),
    remediationId: record.id,
  };
}

/** A call may have been made, and what became of it cannot be read; or the rest of the plan is still to be made: the record stays open, as that of an interrupted run, and the next run that can read decides. */
export function finishOpen(run: Run, control: AnyControl, record: Remediation, error: string): Progress {
  const now = run.now();
  run.draft.save({ ...record, error });
  run.draft.onBreakers(({ breakers }) => ended(breakers, scopesOf(control), false, now.getTime()));
  const progress: Progress = {
    outcome: 'failed',
    before: 'NON_COMPLIANT',
    after: null,
    annotation: record.annotation,
    steps: record.steps.map(callIn),
    remediationId: record.id,
    error,
  };
  const stage = failureStage(run, control, true);
  const notice = run.notice(control, progress, { reversible: isReversible(record), isRetrying: stage === 'retrying' });
  const update = {
    outcome: 'failed',
    annotation: error,
    fingerprint: hashOf(error).slice(0, 16),
    notice,
    stage,
  } as const;
  run.draft.change((state) => withFinding(state, control, { ...update, at: now.toISOString() }));
  return progress;
}
