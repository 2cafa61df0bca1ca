import type { AnyControl } from '../../control.ts';
import { giveBack, type TakenPlace } from '../../ledger/breaker.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Step } from '../../step.ts';
import { CutShortError, messageOf } from '../errors.ts';
import { compactState } from '../run/compact.ts';
import { confirmed } from '../run/failures.ts';
import { findingFingerprint, withFinding, withoutFinding } from '../run/findings.ts';
import type { Evaluated } from '../run/observation.ts';
import { newRecord } from '../run/record.ts';
import { intendedStep } from '../run/recorded-step.ts';
import { redact } from '../run/redact.ts';
import type { Progress, Run } from '../run/run.ts';
import { sendSteps } from './apply.ts';
import { breakerAnnouncement, breakerRefusal, type Refused } from './circuit-breaker.ts';
import { execute, hasChanged, unmade } from './journal.ts';
import { breakerLimits, type Failure, finishFailed, finishOpen, finishRemediated, type HeldBack } from './outcomes.ts';
import { finishPending, finishUnverified } from './pending.ts';
import { type Objection, objectionTo, objectionToResult } from './second-opinion.ts';
import { type Unfinished, unfinishedPart } from './unfinished.ts';
import { readUntilVerified } from './verification.ts';

/** One remediation to carry out. */
export interface Work {
  readonly control: AnyControl;
  readonly evaluated: Evaluated;
  readonly steps: readonly Step[];
  /** What a gate excluded beside these steps. */
  readonly heldBack: HeldBack | null;
  /** The resource's tags, which may name what keeps making the drift. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The stored plan, where a person has approved it. */
  readonly approved: Remediation | null;
}

/** Carries out a plan and verifies it. The intent is in the ledger before the first call; the outcome is written with the run's next write. Returns the refusal where IAM Access Analyzer objects or the circuit breaker is open; throws where the ledger does not answer or the lease is lost. */
export async function remediate(run: Run, work: Work): Promise<Progress | Refused | Objection> {
  const { control, evaluated, steps, approved } = work;
  const { draft } = run;
  const objection = await objectionTo(run, work);
  if (objection !== null) return objection;
  const record = approved === null ? await continuedOrNewRecord(run, work) : approvedRecord(run, approved, steps);
  const opened = { annotation: evaluated.evaluation.annotation, fingerprint: findingFingerprint(evaluated.evaluation) };
  const admission = await draft.begin(
    record,
    breakerLimits(run, control),
    (state) =>
      control.id in state.findings
        ? state
        : withFinding(state, control, { outcome: 'detected', ...opened, at: record.times.decided, notice: null }),
    (refused) => breakerAnnouncement(run, control, refused, work.tags),
  );
  if (admission.refusedBy !== null) return breakerRefusal(run, admission);
  return carryOut(run, work, record, admission.taken);
}

/** Makes the rest of a plan that an earlier run has made in part, in the same record. Throws where the ledger does not answer or the lease is lost. */
export async function finishPlan(run: Run, control: AnyControl, evaluated: Evaluated, unfinished: Unfinished) {
  const { steps } = unfinished;
  const record = unmade(unfinished.record);
  run.draft.save(record);
  await run.draft.write();
  return carryOut(run, { control, evaluated, steps, heldBack: null }, record, []);
}

async function carryOut(
  run: Run,
  work: Omit<Work, 'approved'>,
  record: Remediation,
  taken: readonly TakenPlace[],
): Promise<Progress> {
  const { control, steps } = work;
  const { draft, engine, subject } = run;
  const isRepeat = draft.state.findings[control.id]?.unanswered !== undefined;
  const journaled = await execute(record, sendSteps(steps, subject.ref, engine, isRepeat), draft, engine).catch(
    (error: unknown) => saveInterrupted(run, work, record, error),
  );
  const { error, refusal, missing } = journaled;
  const denial = refusal === null ? confirmed(run, control, missing) : { refusal, denied: null };
  return verify(run, work, journaled.record, error, { denial, taken });
}

/** The ledger or the lease was lost between two calls: no further call is made, and the record shows how far it came, should it still be written. It is closed where the drift is seen to be left; else it stays open, and the next run that can read decides. */
async function saveInterrupted(
  run: Run,
  { control, steps }: Pick<Work, 'control' | 'steps'>,
  record: Remediation,
  error: unknown,
): Promise<never> {
  const current = run.draft.pending(record.id) ?? record;
  const isUnfinished = (evaluated: Evaluated) => unfinishedPart(run, control, current, steps, evaluated) !== null;
  const read = await readAgain(run, control);
  const isLeft = 'evaluated' in read && isWrong(control, read.evaluated) && !isUnfinished(read.evaluated);
  const ending = isLeft ? ({ status: 'failed', after: compactState(redact(read.evaluated.state)) } as const) : {};
  run.draft.save({ ...current, ...ending, error: messageOf(error) });
  throw new CutShortError(messageOf(error), record.id);
}

/** A retry of a blocked remediation continues its record instead of adding one for each attempt. */
async function continuedOrNewRecord(run: Run, { control, evaluated, steps }: Work): Promise<Remediation> {
  const record = newRecord(run, control, evaluated, steps, { status: 'applying', mode: 'remediate' });
  const id = run.draft.state.findings[control.id]?.blocked?.recordId;
  if (id === undefined || id === null) return record;
  const former = await run.draft.adoptRecord(id);
  return former?.status === 'blocked' ? { ...record, id } : record;
}

/** The stored record as its run begins: decided now, under this version of code and policy, with the approved steps that no gate has stopped since. */
const approvedRecord = ({ engine }: Run, approved: Remediation, steps: readonly Step[]): Remediation => ({
  ...approved,
  status: 'applying',
  steps: steps.map(intendedStep),
  expires: null,
  times: { ...approved.times, decided: engine.clock.now().toISOString() },
  codeVersion: engine.codeVersion,
  policyVersion: engine.policy.version,
});

/** The resource after the calls: evaluated, or why it could not be. */
type Read = { readonly evaluated: Evaluated } | { readonly error: unknown };

/** Reads with back-off until the control is satisfied, AWS is applying the change, or only a person can continue. What is read decides, also where a call was not answered. */
async function verify(
  run: Run,
  { control, heldBack, steps, evaluated: before }: Omit<Work, 'approved'>,
  record: Remediation,
  stopped: Error | null,
  failure: Pick<Failure, 'denial'> & { readonly taken: readonly TakenPlace[] },
): Promise<Progress> {
  const once = stopped !== null || control.settles !== undefined;
  const last = await readUntilVerified(
    () => readAgain(run, control),
    (read) => once || isVerified(run, control, record, read),
    run.engine.clock,
  );
  const evaluated = 'evaluated' in last ? last.evaluated : null;
  const failed = (error: string) => finishFailed(run, control, record, evaluated ?? before, { error, ...failure });
  const isLasting = failure.denial?.refusal != null;
  if (evaluated === null) {
    const why = messageOf('error' in last ? last.error : null);
    if (stopped !== null) {
      const both = `${messageOf(stopped)}; then: ${why}`;
      return hasChanged(record) ? finishOpen(run, control, record, { ...failure, error: both }) : failed(both);
    }
    // The calls may well have taken effect: the next evaluation that can read decides.
    return finishUnverified(run, control, record, why);
  }
  if (stopped !== null && unfinishedPart(run, control, record, steps, evaluated) !== null)
    return isLasting
      ? failed(messageOf(stopped))
      : finishOpen(run, control, record, { ...failure, error: messageOf(stopped) });
  if (!isWrong(control, evaluated)) {
    if (!isMeant(stopped, record, evaluated)) return finishOvertaken(run, control, record, evaluated, failure.taken);
    const objection = await objectionToResult(run, { control, evaluated: before, steps }, evaluated);
    const words = [objection, record.annotation].filter(Boolean).join(' ');
    return finishRemediated(run, control, record, evaluated, words);
  }
  if (stopped !== null) return failed(messageOf(stopped));
  if (evaluated.evaluation.retryAfter !== undefined || control.settles !== undefined)
    return finishPending(run, control, record, evaluated);
  if (isDone(run, control, record, evaluated))
    return finishRemediated(run, control, record, evaluated, record.annotation, heldBack);
  return failed(`NotConvergedError: still non-compliant after the remediation: ${evaluated.evaluation.annotation}`);
}

/** True for drift; a resource that is gone is drift where its deletion is. */
const isWrong = ({ whenDeleted }: AnyControl, { evaluation, deleted }: Evaluated): boolean =>
  evaluation.complianceType === 'NON_COMPLIANT' || (deleted && whenDeleted !== undefined);

/** True where the calls were made, as far as is known; or some of them were, and the resource is compliant. */
const isMeant = (stopped: Error | null, { steps }: Remediation, { evaluation }: Evaluated): boolean =>
  stopped === null ||
  (evaluation.complianceType === 'COMPLIANT' && steps.some(({ status }) => status === 'made')) ||
  steps.every(({ status }) => status !== 'failed' && status !== 'intended');

/** The call was refused and the resource is gone or compliant all the same: another actor was faster, and there is nothing to notify. */
function finishOvertaken(
  run: Run,
  control: AnyControl,
  record: Remediation,
  evaluated: Evaluated,
  taken: readonly TakenPlace[],
): Progress {
  const { complianceType, annotation } = evaluated.evaluation;
  run.draft.save({
    ...record,
    status: 'failed',
    error: 'the resource changed while the call was in flight',
    after: compactState(redact(evaluated.state)),
  });
  const progress: Progress = {
    outcome: complianceType === 'COMPLIANT' ? 'compliant' : 'notApplicable',
    before: 'NON_COMPLIANT',
    after: complianceType,
    annotation,
    remediationId: record.id,
  };
  const notice = run.quietNotice(control, progress);
  run.draft.change((state) => withoutFinding(state, control.id, notice));
  if (!hasChanged(record)) run.draft.onBreakers(({ breakers }) => giveBack(breakers, taken));
  return progress;
}

async function readAgain(run: Run, control: AnyControl): Promise<Read> {
  await run.observe();
  try {
    const evaluated = run.evaluate(control);
    // Whether a call is left to make, only the plan shows.
    if (evaluated.evaluation.complianceType === 'NON_COMPLIANT') await run.readForPlan(control);
    return { evaluated };
  } catch (error) {
    return { error };
  }
}

function isVerified(run: Run, control: AnyControl, record: Remediation, read: Read): boolean {
  if ('error' in read) return false;
  const { evaluation, deleted } = read.evaluated;
  // A read may not show yet what was just created.
  if (deleted) return false;
  if (evaluation.complianceType !== 'NON_COMPLIANT' || evaluation.retryAfter !== undefined) return true;
  return isDone(run, control, record, read.evaluated);
}

/** True where the plan has no call left on the elements of these steps: the rest requires a person, or is held back. */
function isDone(run: Run, control: AnyControl, { steps }: Remediation, evaluated: Evaluated): boolean {
  const changed = new Set(steps.flatMap(({ elements }) => elements));
  try {
    return !run.plan(control, evaluated).steps.some(({ elements }) => elements.some((one) => changed.has(one)));
  } catch {
    return false;
  }
}
