import type { AnyControl } from '../../control.ts';
import { resourceKey } from '../../ledger/ledger.ts';
import type { RecordedStep, Remediation, UndoCall } from '../../ledger/records.ts';
import { operationOf, serviceOf } from '../../step.ts';
import type { Engine } from '../context.ts';
import { NotDecidableError } from '../errors.ts';
import { undoCallIn } from '../execution/recorded-call.ts';
import { assertDeclared, assertUntampered, TamperedError } from './trusted.ts';

/** A remediation that can be undone. */
export interface Undoable {
  readonly record: Remediation;
  /** The state that it left, or that an interrupted undo left. */
  readonly stateAfter: unknown;
  /** The calls that undo it, in order. */
  readonly calls: readonly UndoCall[];
  /** The elements that it restores. */
  readonly elements: readonly string[];
  /** An earlier undo was interrupted. */
  readonly isResumed: boolean;
}

/** What an undo of this remediation takes. Throws NotDecidableError where there is nothing to undo, or it cannot be undone; TamperedError where the records cannot be trusted. */
export async function findUndoable(id: string, engine: Engine, control: AnyControl): Promise<Undoable> {
  const record = await engine.ledger.remediation(id);
  if (record === null) throw new NotDecidableError(`there is no remediation ${id}`);
  if (record.id !== id) throw new TamperedError(`the record of ${id} is that of ${record.id}`);
  await assertUntampered(record, engine);
  const undoable = await undoableOf(record, engine, control);
  assertDeclared(undoable.calls, record, control);
  return undoable;
}

async function undoableOf(record: Remediation, engine: Engine, control: AnyControl): Promise<Undoable> {
  const { id } = record;
  if (record.kind === 'undo') throw new NotDecidableError(`${id} is itself an undo, of ${record.undoes}`);
  if (record.status === 'pending') {
    const why = record.error ?? 'AWS is still applying it';
    throw new NotDecidableError(`${id} is pending: ${why}; the next check is at ${record.recheckAt}`);
  }
  if (record.status === 'applying') throw new NotDecidableError(`${id} is still being applied`);
  const made = await Promise.all(record.steps.filter(isMade).map((step) => withUndo(step, record, engine, control)));
  if (made.length === 0) throw new NotDecidableError(`${id} changed nothing: it is ${record.status}`);
  const final = made.find(({ undo }) => undo === null);
  if (final !== undefined) throw new NotDecidableError(`${final.service}:${final.operation} of ${id} cannot be undone`);
  const former = await previousUndo(record, engine);
  const left = former === null ? record.after : former.after;
  if (left === null) throw new NotDecidableError(`the state after ${former?.id ?? id} was not recorded`);
  const elements = [...new Set(made.flatMap((step) => step.elements))];
  if (former !== null) {
    const remaining = former.steps.filter(({ status }) => status !== 'made');
    // Where all were made, the state decides whether that was enough.
    const calls = (remaining.length > 0 ? remaining : former.steps).map(undoCallIn);
    return { record, stateAfter: left, calls, elements, isResumed: true };
  }
  return {
    record,
    stateAfter: left,
    calls: made.toReversed().flatMap(({ undo }) => undo ?? []),
    elements,
    isResumed: false,
  };
}

/** The step with its undo by the states, where no answer told it. */
async function withUndo(
  step: RecordedStep,
  { ref, before, after }: Remediation,
  { aws }: Engine,
  { undoCalls = [] }: AnyControl,
): Promise<RecordedStep> {
  if (step.undo !== null || after === null) return step;
  for (const { client, command, fixed, lost } of undoCalls) {
    const service = serviceOf(client);
    if (service !== step.service || lost?.operation !== step.operation) continue;
    const input = await lost.input(before, after, aws(ref.region), ref);
    if (input !== null)
      return { ...step, undo: [{ service, operation: operationOf(command), input: { ...fixed(ref), ...input } }] };
  }
  return step;
}

/** `unknown`: no answer says whether it was made. */
const isMade = ({ status }: RecordedStep) => status === 'made' || status === 'unknown';

/** The last undo of a record that was interrupted after it had begun; null where there is none. Throws NotDecidableError where one succeeded or is open. */
async function previousUndo({ id, times, service, ref }: Remediation, engine: Engine): Promise<Remediation | null> {
  let former: Remediation | null = null;
  for await (const other of engine.ledger.remediations(times.decided)) {
    if (other.undoes !== id || resourceKey(other.service, other.ref) !== resourceKey(service, ref)) continue;
    if (other.status === 'remediated') throw new NotDecidableError(`${id} was undone already, by ${other.id}`);
    if (other.status === 'applying') throw new NotDecidableError(`its undo ${other.id} is still being applied`);
    if (other.status === 'pending')
      throw new NotDecidableError(`its undo ${other.id} is pending; the next check is at ${other.recheckAt}`);
    if (former !== null || other.steps.some(isMade)) former = other;
  }
  return former;
}
