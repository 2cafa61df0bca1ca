import { randomUUID } from 'node:crypto';
import type { AnyControl } from '../../control.ts';
import type { Exemption, RecordedStep, Remediation, UndoCall } from '../../ledger/ledger.ts';
import { resourceKey } from '../../ledger/ledger.ts';
import type { Cause, Engine } from '../context.ts';
import { messageOf, NotConvergedError, NotDecidableError, StepFailedError } from '../errors.ts';
import { relayOf, subjectOf } from '../reconcile/approvals.ts';
import { Look } from '../reconcile/look.ts';
import { isAtLeast } from '../reconcile/modes.ts';
import { newId } from '../reconcile/record.ts';
import { closeOpenRecords } from '../reconcile/recover.ts';
import { withoutSecrets } from '../reconcile/redact.ts';
import { asSoleWriter } from '../reconcile/with-lease.ts';
import { VERIFY_DELAYS } from './remediate.ts';
import { differences } from './state-diff.ts';
import { NOTHING_UNDONE, type Undoable, undoable } from './undoable.ts';

/** Who takes a remediation back, why, and until when the resource may stay as it was. */
export interface UndoRequest {
  readonly id: string;
  readonly by: string;
  readonly reason: string;
  /** The last day of the exemption, `2027-01-31`. */
  readonly expires: string;
  readonly dryRun: boolean;
}

/** What an undo came to. */
export interface Undone {
  readonly record: Remediation;
  readonly calls: readonly UndoCall[];
  /** Of the control that put it right; and of those that would put it right again. */
  readonly exemptions: readonly Exemption[];
  /** The undo's own record; null in a dry run. */
  readonly undoId: string | null;
}

/** Makes a call that the ledger holds as data, and gives the service's answer. */
export type CallMaker = (call: UndoCall, ref: Remediation['ref']) => Promise<unknown>;

/** The resource reads otherwise than the remediation left it: somebody changed it since. */
export class ChangedSinceError extends Error {
  override readonly name = 'ChangedSinceError';
  readonly differences: readonly string[];

  constructor(id: string, lines: readonly string[]) {
    super(`the resource was changed since ${id}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    this.differences = lines;
  }
}

/** Ids that AWS gives anew when a thing is made again: two states that differ in them alone are the same. */
const GIVEN_ANEW = ['SecurityGroupRuleId', 'SecurityGroupRuleArn'];
const DAY = 86_400_000;

/** Takes a remediation back, exactly: refuses where somebody changed the resource since, exempts the resource first (else its own event would undo the undo), records itself and tells. An undo that was cut short goes on where it stopped. Throws NotDecidableError, BusyError, ChangedSinceError, or what the service said. */
export async function undo(
  request: UndoRequest,
  engine: Engine,
  controls: readonly AnyControl[],
  call: CallMaker,
): Promise<Undone> {
  const asked = await engine.ledger.remediation(request.id);
  if (asked === null) throw new NotDecidableError(`there is no remediation ${request.id}`);
  const subject = subjectOf(asked, controls);
  const [control] = subject.controls as readonly [AnyControl];
  const { open } = await engine.ledger.recall(resourceKey(asked.service, asked.ref));
  // What cannot be taken back is said without a lease; but a run that was cut off has to be ended first.
  if (open.length === 0) await undoable(request.id, engine);
  const cause = causeOf(request, engine);
  const run = async (renew: () => Promise<void>) => {
    const look = new Look(subject, cause, engine);
    await look.begin();
    if (!request.dryRun) await closeOpenRecords(look);
    const around = new Look({ ...subject, controls: subject.siblings ?? [] }, cause, engine);
    return new Undo(request, await undoable(request.id, engine), control, look, around, call, renew).run();
  };
  if (request.dryRun) return run(async () => {});
  return asSoleWriter(asked, engine, relayOf(subject, cause, engine), run);
}

class Undo {
  readonly #request: UndoRequest;
  readonly #undoable: Undoable;
  readonly #control: AnyControl;
  readonly #look: Look;
  /** The same resource, by all its controls. */
  readonly #around: Look;
  readonly #call: CallMaker;
  readonly #renew: () => Promise<void>;

  constructor(
    request: UndoRequest,
    what: Undoable,
    control: AnyControl,
    look: Look,
    around: Look,
    call: CallMaker,
    renew: () => Promise<void>,
  ) {
    this.#request = request;
    this.#undoable = what;
    this.#control = control;
    this.#look = look;
    this.#around = around;
    this.#call = call;
    this.#renew = renew;
  }

  async run(): Promise<Undone> {
    const { record, left, calls } = this.#undoable;
    const changed = this.#gone()
      ? ['the resource does not exist any more']
      : differences(left, this.#state(), this.#uncounted);
    if (changed.length > 0) throw new ChangedSinceError(record.id, changed);
    const exemption = this.#exemption(this.#control);
    if (this.#request.dryRun) return { record, calls, exemptions: [exemption], undoId: null };
    const wrongBefore = await this.#wrong();
    await this.#look.engine.ledger.saveExemption(exemption);
    const undoId = await this.#carryOut(exemption);
    const wrongNow = (await this.#wrong()).filter((control) => !wrongBefore.includes(control));
    const others = wrongNow.filter((control) => control !== this.#control).map((control) => this.#exemption(control));
    for (const other of others) await this.#look.engine.ledger.saveExemption(other);
    return { record, calls, exemptions: [exemption, ...others], undoId };
  }

  /** Names of fields in which two states may differ and are the same all the same. */
  get #uncounted(): readonly string[] {
    return [...GIVEN_ANEW, ...(this.#look.subject.resource.volatile ?? [])];
  }

  #gone = () => this.#look.observation.gone && this.#control.whenDeleted === undefined;

  /** What the control sees, as the record keeps it. */
  #state = () => withoutSecrets(this.#look.judge(this.#control).state);

  /** The controls by which the resource is wrong and that may act on it. They come no nearer while we hold the lease. */
  async #wrong(): Promise<readonly AnyControl[]> {
    const around = this.#around;
    await around.observe();
    return around.subject.controls.filter((control) => {
      if (!isAtLeast(around.engine.policy.reach(control, around.place()), 'approve')) return false;
      try {
        return around.judge(control).evaluation.complianceType === 'NON_COMPLIANT';
      } catch {
        return false;
      }
    });
  }

  async #carryOut(exemption: Exemption): Promise<string> {
    const { ledger } = this.#look.engine;
    let own = this.#ownRecord();
    const save = async (change: Partial<Remediation>) => {
      own = { ...own, ...change };
      await ledger.saveRemediation(own);
    };
    const stamp = (moment: 'applied' | 'verified') => ({ ...own.times, [moment]: this.#look.now().toISOString() });
    const saveStep = (index: number, change: Partial<RecordedStep>) =>
      save({ steps: own.steps.with(index, { ...(own.steps[index] as RecordedStep), ...change }) });
    await save({});
    try {
      for (const [index, call] of this.#undoable.calls.entries()) {
        await this.#renew();
        await saveStep(index, await this.#made(call));
        const step = own.steps[index];
        if (step?.status === 'failed')
          throw new StepFailedError(`${call.service}:${call.operation} failed: ${step.error}`);
      }
      await save({ times: stamp('applied') });
      await this.#verify();
      const { state, evaluation } = this.#look.judge(this.#control);
      const after = { after: withoutSecrets(state), afterCompliance: evaluation.complianceType };
      await save({ status: 'remediated', ...after, times: stamp('verified') });
    } catch (error) {
      await this.#look.observe();
      await save({ status: 'failed', error: messageOf(error), after: this.#stateOrNull() });
      if (!this.#begun(own)) await this.#end(exemption);
      throw error;
    }
    await this.#tell(own.id);
    return own.id;
  }

  async #made(call: UndoCall): Promise<Partial<RecordedStep>> {
    try {
      const output = (await this.#call(call, this.#undoable.record.ref)) as { $metadata?: { requestId?: string } };
      return { status: 'made', requestId: output?.$metadata?.requestId ?? null };
    } catch (error) {
      return { status: 'failed', error: messageOf(error) };
    }
  }

  /** Reads again, with growing waits, until all is as it was before. */
  async #verify(): Promise<void> {
    let left: readonly string[] = [];
    for (const delay of VERIFY_DELAYS) {
      if (delay > 0) await this.#look.engine.clock.sleep(delay);
      await this.#look.observe();
      left = differences(this.#undoable.record.before, this.#state(), this.#uncounted);
      if (left.length === 0) return;
    }
    throw new NotConvergedError(`not all is as it was before: ${left.join('; ')}`);
  }

  #stateOrNull(): unknown {
    try {
      return this.#state();
    } catch {
      return null;
    }
  }

  /** True where this undo, or the one that it goes on from, has changed something. */
  #begun = ({ steps }: Remediation) => this.#undoable.goesOn || steps.some(({ status }) => status === 'made');

  #exemption(control: AnyControl): Exemption {
    const { by, reason, expires } = this.#request;
    const createdAt = this.#look.now().toISOString();
    const resource = this.#look.place().arn;
    const id = `ex-${createdAt.slice(0, 10)}-${randomUUID().slice(0, 8)}`;
    return { id, control: control.id, resource, owner: by, reason, expires, createdAt, createdBy: by };
  }

  /** Nothing was changed, so nothing has to stay. */
  async #end(exemption: Exemption): Promise<void> {
    const yesterday = new Date(this.#look.now().getTime() - DAY).toISOString().slice(0, 10);
    await this.#look.engine.ledger.saveExemption({ ...exemption, expires: yesterday });
  }

  #ownRecord(): Remediation {
    const { by, reason, id } = this.#request;
    const now = this.#look.now().toISOString();
    const { record, calls } = this.#undoable;
    return {
      ...record,
      id: newId(now),
      kind: 'undo',
      undoes: id,
      status: 'applying',
      mode: 'remediate',
      annotation: `Undo of ${id}: ${reason}`,
      before: this.#state(),
      after: null,
      afterCompliance: null,
      steps: calls.map((call) => ({ ...call, ...NOTHING_UNDONE })),
      error: null,
      eventId: null,
      eventName: 'Undo',
      attribution: this.#look.cause.attribution,
      decidedBy: by,
      expires: null,
      times: { event: null, received: this.#look.cause.receivedAt, decided: now, applied: null, verified: null },
      codeVersion: this.#look.engine.codeVersion,
      policyVersion: this.#look.engine.policy.version,
    };
  }

  /** The drift is back by a person's will: it is a finding like any other that is allowed. */
  async #tell(undoId: string): Promise<void> {
    const { by, reason, expires, id } = this.#request;
    const annotation = `Allowed until ${expires} by ${by}: ${reason}. ${undoId} has taken back ${id}.`;
    const { complianceType } = this.#look.judge(this.#control).evaluation;
    const tell = () => this.#look.tell(this.#control, { outcome: 'exempted', after: complianceType, annotation }, []);
    if (complianceType === 'NON_COMPLIANT') await this.#look.recordFinding(this.#control, 'exempted', annotation, tell);
    else await tell();
  }
}

const causeOf = ({ by }: UndoRequest, engine: Engine): Cause => ({
  eventId: null,
  eventName: 'Undo',
  eventTime: null,
  receivedAt: engine.clock.now().toISOString(),
  attribution: { actor: by, sourceIp: null, userAgent: null, tool: null },
});
