import type { AnyControl } from '../../control.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Progress, Run } from '../run/run.ts';
import { deadlineOf, markPending, RECHECK_MS } from './outcomes.ts';
import { callIn } from './recorded-call.ts';

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
