import type { AnyControl } from '../../control.ts';
import { resourceKey } from '../../ledger/ledger.ts';
import type { Exemption, Remediation, UndoCall } from '../../ledger/records.ts';
import { newExemptionId } from '../../policy/exemptions.ts';
import { UnreadableError } from '../../resource.ts';
import { DAY_MS, dayOf } from '../../time.ts';
import type { Cause, Engine } from '../context.ts';
import { messageOf, NotConvergedError, NotDecidableError } from '../errors.ts';
import { attemptAfterError, type Send } from '../execution/apply.ts';
import { doubted, execute, hasChanged } from '../execution/journal.ts';
import { finishUndone } from '../execution/outcomes.ts';
import { deadlineOf, RECHECK_MS, sendRecheck, withRecheck } from '../execution/pending.ts';
import { readUntilVerified } from '../execution/verification.ts';
import { onContention, subjectOf } from '../reconcile/approvals.ts';
import { recover } from '../reconcile/recover.ts';
import { compactState, REASSIGNED_IDS } from '../run/compact.ts';
import { Draft } from '../run/draft.ts';
import { findingFingerprint, withFinding } from '../run/findings.ts';
import { publishOutbox } from '../run/notices.ts';
import { observe } from '../run/observation.ts';
import { redact } from '../run/redact.ts';
import { facetsOf, Run } from '../run/run.ts';
import { isPartlyUnread, stateDiff } from '../run/state-diff.ts';
import { withLease } from '../run/with-lease.ts';
import { intendedCall, newUndoRecord, type UndoRequest } from './undo-record.ts';
import { findUndoable, type Undoable } from './undoable.ts';

/** The result of an undo. */
export interface UndoResult {
  readonly record: Remediation;
  readonly calls: readonly UndoCall[];
  /** Exempts what the undo restores from every control. */
  readonly exemptions: readonly Exemption[];
  /** The undo's own record; null in a dry run. */
  readonly undoId: string | null;
  /** AWS is still applying it: a recheck verifies it. */
  readonly isPending: boolean;
}

/** Makes a call that the ledger holds as data, and returns the service's answer. */
export type CallMaker = (call: UndoCall, ref: Remediation['ref']) => Promise<unknown>;

/** The resource differs from what the remediation left: it was changed since. */
export class ChangedSinceError extends Error {
  override readonly name = 'ChangedSinceError';
  readonly differences: readonly string[];

  constructor(id: string, lines: readonly string[]) {
    super(`the resource was changed since ${id}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    this.differences = lines;
  }
}

/** Undoes a remediation exactly: refuses where the resource was changed since, exempts what it restores before its first call (else its own event would reverse it), records itself and notifies. An interrupted undo resumes where it stopped. Throws NotDecidableError, TamperedError, LeaseHeldError, ChangedSinceError, or the service's error. */
export async function undo(
  request: UndoRequest,
  engine: Engine,
  controls: readonly AnyControl[],
  call: CallMaker,
): Promise<UndoResult> {
  const asked = await engine.ledger.remediation(request.id);
  if (asked === null) throw new NotDecidableError(`there is no remediation ${request.id}`);
  const subject = subjectOf(asked, controls);
  const control = subject.controls[0] as AnyControl;
  const cause = causeOf(request, engine);
  const begin = async (draft: Draft) =>
    new Run(subject, cause, engine, draft, await observe(subject, facetsOf(subject.controls), engine));
  if (request.dryRun) {
    const session = await engine.ledger.load(resourceKey(asked.service, asked.ref));
    return new Undo(
      request,
      await findUndoable(request.id, engine, control),
      await begin(new Draft(engine, session)),
      call,
    ).plan();
  }
  let run: Run | null = null;
  try {
    return await withLease(asked, engine, onContention(subject, cause, engine), async (draft) => {
      run = await begin(draft);
      await recover(run);
      await draft.write();
      return new Undo(request, await findUndoable(request.id, engine, control), run, call).carryOut();
    });
  } finally {
    if (run !== null) await finish(run);
  }
}

async function finish(run: Run): Promise<void> {
  await sendRecheck(run, null);
  await publishOutbox(run.draft.session, run.subject, run.engine, run.notices);
}

class Undo {
  readonly #request: UndoRequest;
  readonly #undoable: Undoable;
  readonly #run: Run;
  readonly #call: CallMaker;

  constructor(request: UndoRequest, what: Undoable, run: Run, call: CallMaker) {
    this.#request = request;
    this.#undoable = what;
    this.#run = run;
    this.#call = call;
  }

  /** The undo as it would be made. Throws ChangedSinceError; UnreadableError where that cannot be determined. */
  plan(): UndoResult {
    const { record, calls, stateAfter: left } = this.#undoable;
    const isGone = this.#run.observation.gone && this.#control.whenDeleted === undefined;
    const state = this.#state();
    const changed = isGone ? ['the resource no longer exists'] : stateDiff(left, state, this.#ignoring);
    if (changed.length > 0 && isPartlyUnread(state))
      throw new UnreadableError(`cannot determine whether it was changed since ${record.id}: ${changed.join('; ')}`);
    if (changed.length > 0) throw new ChangedSinceError(record.id, changed);
    return { record, calls, exemptions: [this.#exemption()], undoId: null, isPending: false };
  }

  async carryOut(): Promise<UndoResult> {
    const planned = this.plan();
    const [exemption] = planned.exemptions as readonly [Exemption];
    const { draft, engine } = this.#run;
    const record = newUndoRecord(this.#request, this.#undoable, this.#run, this.#state());
    draft.save(record);
    draft.exempt(exemption);
    await draft.write();
    const journaled = this.#isRestored()
      ? { record: unanswered(record), error: null }
      : await execute(record, this.#send, draft, engine);
    const left = await this.#verify(journaled.error !== null);
    const isAsMeant = left !== null && left.length === 0;
    if (isAsMeant) {
      this.#succeeded(journaled.record, exemption);
      return { ...planned, undoId: record.id };
    }
    if (journaled.error === null && (this.#isAtWork() || left === null)) {
      this.#pending(journaled.record);
      return { ...planned, undoId: record.id, isPending: true };
    }
    const error =
      journaled.error ?? new NotConvergedError(`the previous state was not fully restored: ${(left ?? []).join('; ')}`);
    // Calls that were answered and show no effect: the same undo makes them again.
    await this.#failed(journaled.error === null ? doubted(journaled.record) : journaled.record, exemption, error);
    throw error;
  }

  get #control(): AnyControl {
    return this.#run.subject.controls[0] as AnyControl;
  }

  /** Names of fields in which two states may differ and still be the same. */
  get #ignoring(): readonly string[] {
    return [...REASSIGNED_IDS, ...(this.#run.subject.resource.volatile ?? [])];
  }

  /** The control's facets as a record holds them. */
  #state = (): unknown => compactState(redact(this.#run.evaluate(this.#control).state));

  #send: Send = async (index) => {
    const call = this.#undoable.calls[index] as UndoCall;
    const step = intendedCall(call, this.#undoable);
    try {
      const output = (await this.#call(call, this.#undoable.record.ref)) as { $metadata?: { requestId?: string } };
      return { step: { ...step, status: 'made', requestId: output?.$metadata?.requestId ?? null }, refusal: null };
    } catch (error) {
      return attemptAfterError(step, error);
    }
  };

  /** Reads with back-off until the previous state is restored: returns what still differs; null where it cannot be read. */
  async #verify(isStopped: boolean): Promise<readonly string[] | null> {
    const read = async () => {
      await this.#run.observe();
      try {
        return stateDiff(this.#undoable.record.before, this.#state(), this.#ignoring);
      } catch {
        return null;
      }
    };
    const done = (left: readonly string[] | null) => left?.length === 0 || isStopped || this.#isAtWork();
    return readUntilVerified(read, done, this.#run.engine.clock);
  }

  /** True where the interrupted undo that this one resumes had made all of its calls: none is repeated. */
  #isRestored(): boolean {
    const { isResumed, record, calls } = this.#undoable;
    const differs = (from: unknown) => stateDiff(from, this.#state(), this.#ignoring).length > 0;
    // What a record does not show of a state (secrets, what could not be read) cannot tell whether several calls restored it.
    const isTold = calls.length === 1 || !isPartlyUnread(record.before);
    return isResumed && isTold && !differs(record.before) && differs(record.after);
  }

  /** True where AWS applies the change asynchronously, by the state or by the control. */
  #isAtWork(): boolean {
    if (this.#control.settles !== undefined) return true;
    try {
      return this.#run.evaluate(this.#control).evaluation.retryAfter !== undefined;
    } catch {
      return false;
    }
  }

  /** The drift is back by a person's decision: an exempt finding like any other. */
  #succeeded(record: Remediation, exemption: Exemption): void {
    const run = this.#run;
    const evaluated = run.evaluate(this.#control);
    const { evaluation } = evaluated;
    const annotation = `Exempt until ${exemption.expires} (${exemption.owner}): ${exemption.reason}. ${record.id} undid ${record.undoes}.`;
    finishUndone(run, this.#control, record, evaluated, annotation, exemption.id);
    if (evaluation.complianceType !== 'NON_COMPLIANT') return;
    const fingerprint = findingFingerprint(evaluation, exemption.id);
    const at = run.now().toISOString();
    run.draft.change((state) =>
      withFinding(state, this.#control, { outcome: 'exempted', annotation, fingerprint, at, notice: null }),
    );
  }

  #pending(record: Remediation): void {
    const now = this.#run.now().getTime();
    const recheckAt = now + RECHECK_MS;
    this.#run.draft.save({
      ...record,
      status: 'pending',
      // What a recheck compares with.
      after: this.#undoable.record.before,
      recheckAt: new Date(recheckAt).toISOString(),
      expires: deadlineOf(this.#control, now),
    });
    this.#run.draft.change((state) => withRecheck(state, recheckAt, now));
  }

  /** Where nothing was changed, the exemption is withdrawn. */
  async #failed(record: Remediation, exemption: Exemption, error: Error): Promise<void> {
    const { draft } = this.#run;
    // Where no call was made, the state is as it was read before them.
    const after = this.#stateOrNull() ?? (hasChanged(record) ? null : record.before);
    // Without the state that it left, it could not be resumed: it stays open until a run can read.
    const status = after === null ? 'applying' : 'failed';
    draft.save({ ...record, status, error: messageOf(error), after });
    const hasBegun = this.#undoable.isResumed || hasChanged(record);
    if (!hasBegun) draft.exempt({ ...exemption, expires: dayOf(new Date(this.#run.now().getTime() - DAY_MS)) });
    await draft.write();
  }

  #stateOrNull(): unknown {
    try {
      return this.#state();
    } catch {
      return null;
    }
  }

  #exemption(): Exemption {
    const { by, reason, expires } = this.#request;
    const now = this.#run.now();
    const createdAt = now.toISOString();
    const resource = this.#run.place().arn;
    const id = newExemptionId(now);
    const { elements } = this.#undoable;
    return { id, control: this.#control.id, resource, owner: by, reason, expires, createdAt, createdBy: by, elements };
  }
}

/** The record whose calls an earlier run may have made. */
const unanswered = (record: Remediation): Remediation => ({
  ...record,
  steps: record.steps.map((step) => ({ ...step, status: 'unknown' })),
});

const causeOf = ({ by }: UndoRequest, engine: Engine): Cause => ({
  eventId: null,
  eventName: 'Undo',
  eventTime: null,
  receivedAt: engine.clock.now().toISOString(),
  attribution: { actor: by, sourceIp: null, userAgent: null, tool: null },
  byPerson: true,
});
