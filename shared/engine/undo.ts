import { randomUUID } from 'node:crypto';
import type { AnyControl } from '../control.ts';
import type { Exemption, RecordedStep, Remediation, UndoCall } from '../ledger/ledger.ts';
import { NotDecidableError } from './decide.ts';
import { differences } from './differences.ts';
import type { Cause, Engine } from './engine.ts';
import { messageOf } from './errors.ts';
import { Look } from './look.ts';
import { newId } from './record.ts';
import { withoutSecrets } from './secrets.ts';

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
  readonly exemption: Exemption;
  /** The undo's own record; null in a dry run. */
  readonly undoId: string | null;
}

/** Makes a call that the ledger holds as data. */
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

/** Ids that AWS gives anew when a thing is made again. */
const GIVEN_ANEW = ['SecurityGroupRuleId', 'SecurityGroupRuleArn'];

/** Takes a remediation back, exactly: refuses where somebody changed the resource since, exempts the resource first (else its own event would undo the undo), records itself and tells. Throws NotDecidableError, ChangedSinceError, or what the service said. */
export async function undo(
  request: UndoRequest,
  engine: Engine,
  controls: readonly AnyControl[],
  call: CallMaker,
): Promise<Undone> {
  const record = await undoable(request.id, engine);
  const control = controls.find(({ id }) => id === record.controlId);
  if (control === undefined) throw new NotDecidableError(`this version has no control ${record.controlId}`);
  const subject = { resource: control.resource, ref: record.ref, controls: [control] };
  const look = new Look(subject, causeOf(request, engine), engine);
  const holder = randomUUID();
  if (!request.dryRun && !(await engine.ledger.acquire(look.key, holder)))
    throw new NotDecidableError('another run is at work on the resource: try again in a minute');
  try {
    return await new Undo(request, record, control, look, call).run();
  } finally {
    if (!request.dryRun) await engine.ledger.release(look.key, holder);
  }
}

class Undo {
  readonly #request: UndoRequest;
  readonly #record: Remediation;
  readonly #control: AnyControl;
  readonly #look: Look;
  readonly #call: CallMaker;

  constructor(request: UndoRequest, record: Remediation, control: AnyControl, look: Look, call: CallMaker) {
    this.#request = request;
    this.#record = record;
    this.#control = control;
    this.#look = look;
    this.#call = call;
  }

  get #volatile(): readonly string[] {
    return this.#look.subject.resource.volatile ?? [];
  }

  async run(): Promise<Undone> {
    const record = this.#record;
    const now = await this.#state();
    const changed = differences(record.after, now, this.#volatile);
    if (changed.length > 0) throw new ChangedSinceError(record.id, changed);
    const calls = record.steps.toReversed().flatMap(({ undo }) => undo ?? []);
    const exemption = this.#exemption();
    if (this.#request.dryRun) return { record, calls, exemption, undoId: null };
    await this.#look.engine.ledger.saveExemption(exemption);
    const undoId = await this.#carryOut(now, calls);
    return { record, calls, exemption, undoId };
  }

  async #carryOut(now: unknown, calls: readonly UndoCall[]): Promise<string> {
    const { ledger } = this.#look.engine;
    let own = this.#ownRecord(now, calls);
    const save = async (change: Partial<Remediation>) => {
      own = { ...own, ...change };
      await ledger.saveRemediation(own);
    };
    await save({});
    try {
      for (const [index, call] of calls.entries()) {
        await this.#call(call, own.ref);
        await save({ steps: own.steps.with(index, { ...(own.steps[index] as RecordedStep), status: 'made' }) });
      }
      const after = await this.#state();
      const left = differences(this.#record.before, after, [...GIVEN_ANEW, ...this.#volatile]);
      if (left.length > 0) throw new Error(`not all is as it was before: ${left.join('; ')}`);
      await save({ status: 'remediated', after, times: { ...own.times, verified: this.#look.now().toISOString() } });
    } catch (error) {
      await save({ status: 'failed', error: messageOf(error), after: await this.#state().catch(() => null) });
      throw error;
    }
    await this.#tell(own.id);
    return own.id;
  }

  /** What the control sees, as the record keeps it. */
  async #state(): Promise<unknown> {
    await this.#look.begin();
    return withoutSecrets(this.#look.judge(this.#control).state);
  }

  #exemption(): Exemption {
    const { by, reason, expires } = this.#request;
    const createdAt = this.#look.now().toISOString();
    const resource = this.#look.place().arn;
    const id = `ex-${createdAt.slice(0, 10)}-${randomUUID().slice(0, 8)}`;
    return { id, control: this.#control.id, resource, owner: by, reason, expires, createdAt, createdBy: by };
  }

  #ownRecord(before: unknown, calls: readonly UndoCall[]): Remediation {
    const { by, reason, id } = this.#request;
    const now = this.#look.now().toISOString();
    const step = (call: UndoCall): RecordedStep => ({
      ...call,
      undo: null,
      status: 'intended',
      requestId: null,
      error: null,
    });
    return {
      ...this.#record,
      id: newId(now),
      kind: 'undo',
      undoes: id,
      status: 'applying',
      annotation: `Undo of ${id}: ${reason}`,
      before,
      after: null,
      afterCompliance: null,
      steps: calls.map(step),
      error: null,
      decidedBy: by,
      times: { event: null, received: now, decided: now, applied: null, verified: null },
      codeVersion: this.#look.engine.codeVersion,
      policyVersion: this.#look.engine.policy.version,
    };
  }

  async #tell(undoId: string): Promise<void> {
    const { by, reason, expires, id } = this.#request;
    const annotation = `Undone by ${by} (${undoId} takes back ${id}): ${reason}. Allowed until ${expires}.`;
    await this.#look.tell(this.#control, { outcome: 'exempted', after: 'NON_COMPLIANT', annotation }, []);
  }
}

async function undoable(id: string, engine: Engine): Promise<Remediation> {
  const record = await engine.ledger.remediation(id);
  if (record === null) throw new NotDecidableError(`there is no remediation ${id}`);
  if (record.kind === 'undo') throw new NotDecidableError(`${id} is itself an undo, of ${record.undoes}`);
  const made = record.steps.filter(({ status }) => status === 'made' || status === 'unknown');
  if (made.length === 0) throw new NotDecidableError(`${id} changed nothing: it is ${record.status}`);
  const final = made.find(({ undo }) => undo === null);
  if (final !== undefined)
    throw new NotDecidableError(`${final.service}:${final.operation} of ${id} cannot be taken back`);
  for await (const other of engine.ledger.remediations(record.times.decided))
    if (other.undoes === id && other.status === 'remediated')
      throw new NotDecidableError(`${id} was taken back already, by ${other.id}`);
  return record;
}

const causeOf = ({ by, id }: UndoRequest, engine: Engine): Cause => ({
  eventId: id,
  eventName: 'Undo',
  eventTime: null,
  receivedAt: engine.clock.now().toISOString(),
  attribution: { actor: by, sourceIp: null, userAgent: null, tool: null },
});
