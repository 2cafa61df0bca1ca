import type { AnyControl } from '../../control.ts';
import type { OpenRecord } from '../../ledger/ledger.ts';
import type { RecordedStep, Remediation } from '../../ledger/records.ts';
import { finishFailed, finishRemediated, finishUndone } from '../execution/outcomes.ts';
import { finishPending, RECHECK_MS, withRecheck } from '../execution/pending.ts';
import { isGivenUp, planOfRecord, unfinishedPart, withFirstStep } from '../execution/unfinished.ts';
import { compactState, REASSIGNED_IDS } from '../run/compact.ts';
import { retryAfterRefusalMs } from '../run/failures.ts';
import { withNotice } from '../run/findings.ts';
import type { Evaluated } from '../run/observation.ts';
import { isExpired } from '../run/record.ts';
import { redact } from '../run/redact.ts';
import type { Progress, Run } from '../run/run.ts';
import { stateDiff } from '../run/state-diff.ts';

/** Closes open records of the resource: interrupted runs, changes that AWS was still applying, expired approval requests. We hold the lease, so the runs that opened them have ended. Returns the outcomes of controls that this decides. */
export async function recover(run: Run): Promise<ReadonlyMap<string, Progress>> {
  const ended = new Map<string, Progress>();
  for (const open of run.draft.state.open) {
    const control = controlOf(run, open);
    if (control === undefined) continue;
    const record = await run.draft.adoptRecord(open.id);
    const progress = record === null ? null : recoverOne(run, control, record);
    if (progress !== null) ended.set(control.id, progress);
  }
  return ended;
}

/** An attempt whose call was not answered, and whose drift is gone now: we were the last to ask for that. Null where there is none. */
export async function recoverUnanswered(run: Run, control: AnyControl, now: Evaluated): Promise<Progress | null> {
  const id = run.draft.state.findings[control.id]?.unanswered;
  if (id === undefined || now.evaluation.complianceType !== 'COMPLIANT') return null;
  const record = await run.draft.adoptRecord(id);
  if (record?.status !== 'failed') return null;
  const words = `Remediated: the call was not answered, and took effect later. ${record.annotation}`;
  return finishRemediated(run, control, record, now, words);
}

const controlOf = ({ subject }: Run, { controlId }: OpenRecord): AnyControl | undefined =>
  subject.controls.find(({ id }) => id === controlId);

function recoverOne(run: Run, control: AnyControl, record: Remediation): Progress | null {
  if (record.status === 'awaitingApproval') return recoverApproval(run, control, record);
  const evaluated = evaluatedOrNull(run, control);
  if (record.status === 'pending') return recoverPending(run, control, record, evaluated);
  // A run that cannot read reports that itself; the record waits for one that can.
  if (evaluated === null) return null;
  return record.kind === 'undo' ? recoverUndo(run, record, evaluated) : recoverCutOff(run, control, record, evaluated);
}

function evaluatedOrNull(run: Run, control: AnyControl): Evaluated | null {
  try {
    return run.evaluate(control);
  } catch {
    return null;
  }
}

const isDrifted = ({ evaluation, deleted }: Evaluated, { whenDeleted }: AnyControl): boolean =>
  evaluation.complianceType === 'NON_COMPLIANT' || (deleted && whenDeleted !== undefined);

function recoverApproval(run: Run, control: AnyControl, record: Remediation): null {
  const evaluated = evaluatedOrNull(run, control);
  if (isExpired(record, run.now()))
    run.draft.save({ ...record, status: 'expired', error: 'no decision was made in time' });
  else if (evaluated !== null && !isDrifted(evaluated, control))
    run.draft.save({ ...record, status: 'superseded', error: 'the drift is gone' });
  return null;
}

function recoverCutOff(run: Run, control: AnyControl, record: Remediation, evaluated: Evaluated): Progress | null {
  const asked = { ...record, steps: withUnanswered(record.steps) };
  const steps = planOfRecord(run, control, record);
  const unfinished = steps === null ? null : unfinishedPart(run, control, asked, steps, evaluated);
  if (unfinished !== null) {
    if (isGivenUp(record, run.now()))
      return finishFailed(run, control, unfinished.record, evaluated, {
        error: 'the plan was made only in part, and its rest could not be made within an hour',
      });
    run.unfinished.set(control.id, unfinished);
    return null;
  }
  if (isDrifted(evaluated, control)) {
    run.draft.save({
      ...asked,
      status: 'interrupted',
      after: compactState(redact(evaluated.state)),
      error: 'the run was interrupted; the resource is still non-compliant and is evaluated again',
    });
    return null;
  }
  const cutOff = {
    ...asked,
    error: 'the run was interrupted before verification; a later evaluation found it remediated',
  };
  return finishRemediated(run, control, cutOff, evaluated, `Remediated by an interrupted run. ${record.annotation}`);
}

/** Whether the call that was under way was made is unknown: its run was interrupted. Those after it were not made. */
function withUnanswered(steps: readonly RecordedStep[]): readonly RecordedStep[] {
  const index = steps.findIndex(({ status }) => status === 'intended');
  const step = steps[index];
  return step === undefined ? steps : steps.with(index, { ...step, status: 'unknown' });
}

function recoverUndo(run: Run, record: Remediation, evaluated: Evaluated): null {
  run.draft.save({
    ...withFirstStep(run, { ...record, steps: withUnanswered(record.steps) }, evaluated),
    status: 'interrupted',
    after: compactState(redact(evaluated.state)),
    error: 'the run was interrupted; the same undo resumes from here',
  });
  return null;
}

/** AWS was still applying the change when the run ended. */
function recoverPending(
  run: Run,
  control: AnyControl,
  record: Remediation,
  evaluated: Evaluated | null,
): Progress | null {
  const isLate = isExpired(record, run.now());
  if (record.kind === 'undo') return recoverPendingUndo(run, control, record, evaluated, isLate);
  if (evaluated !== null && !isDrifted(evaluated, control))
    return finishRemediated(run, control, { ...record, error: null }, evaluated);
  if (evaluated !== null && isUnverified(control, record, evaluated))
    return recoverCutOff(run, control, record, evaluated);
  // Nobody can say how it ended: the record stays open until somebody can read.
  if (isLate && evaluated === null) return stillUnread(run, control, record);
  if (isLate && evaluated !== null) {
    const why = evaluated.evaluation.annotation;
    return finishFailed(run, control, record, evaluated, {
      error: `NotConvergedError: AWS did not finish by ${record.expires}: ${why}`,
      isOverdue: true,
    });
  }
  for (const { elements } of record.steps) for (const element of elements) run.pendingElements.set(element, record);
  const evaluation = evaluated?.evaluation ?? { annotation: record.annotation };
  const waiting: Progress = {
    outcome: 'pending',
    before: 'NON_COMPLIANT',
    after: 'NON_COMPLIANT',
    annotation: evaluation.annotation,
    remediationId: record.id,
  };
  if (isDue(run, record))
    if (evaluated === null) scheduleRecheck(run, record, null);
    else finishPending(run, control, record, evaluated);
  return waiting;
}

/** True where the remediation waited for a read alone, and AWS is not at work: what is read now decides. */
const isUnverified = ({ settles }: AnyControl, { error }: Remediation, { evaluation }: Evaluated): boolean =>
  error !== null && settles === undefined && evaluation.retryAfter === undefined;

/** The deadline is over and it cannot be read: the control's own failure says so; the next look comes as after a refusal. */
function stillUnread(run: Run, control: AnyControl, record: Remediation): null {
  if (!isDue(run, record)) return null;
  const now = run.now().getTime();
  const recheckAt = now + retryAfterRefusalMs(control);
  run.draft.save({ ...record, recheckAt: new Date(recheckAt).toISOString() });
  run.draft.change((state) => withRecheck(state, recheckAt, now));
  return null;
}

/** Only the pending undo was reported so far: its outcome is notified. */
function recoverPendingUndo(
  run: Run,
  control: AnyControl,
  record: Remediation,
  evaluated: Evaluated | null,
  isLate: boolean,
): null {
  const after = compactState(redact(evaluated?.state ?? null));
  const ignoring = [...REASSIGNED_IDS, ...(run.subject.resource.volatile ?? [])];
  const isUndone = evaluated !== null && stateDiff(record.after, after, ignoring).length === 0;
  if (isUndone)
    finishUndone(run, control, record, evaluated, `${record.annotation}. ${record.id} undid ${record.undoes}.`);
  else if (isLate) {
    const error = `AWS did not finish by ${record.expires}`;
    run.draft.save({ ...record, status: 'failed', recheckAt: null, after, error });
    const notice = run.notice(control, {
      outcome: 'failed',
      annotation: record.annotation,
      remediationId: record.id,
      error,
    });
    run.draft.change((state) => withNotice(state, notice));
  } else if (isDue(run, record)) scheduleRecheck(run, record, evaluated);
  return null;
}

function scheduleRecheck(run: Run, record: Remediation, evaluated: Evaluated | null): void {
  const now = run.now().getTime();
  const deadline = record.expires === null ? Number.POSITIVE_INFINITY : Date.parse(record.expires);
  const recheckAt = Math.min(now + (evaluated?.evaluation.retryAfter ?? RECHECK_MS), deadline);
  run.draft.save({ ...record, recheckAt: new Date(recheckAt).toISOString() });
  run.draft.change((state) => withRecheck(state, recheckAt, now));
}

const isDue = (run: Run, { recheckAt }: Remediation): boolean =>
  recheckAt !== null && recheckAt <= run.now().toISOString();
