import type { RecordedStep, Remediation, UndoCall } from '../../ledger/ledger.ts';
import type { Engine } from '../context.ts';
import { NotDecidableError } from '../errors.ts';

/** A remediation that can be taken back. */
export interface Undoable {
  readonly record: Remediation;
  /** How it left the resource, or how an undo left it that was cut short. */
  readonly left: unknown;
  /** The calls that take it back, in their order. */
  readonly calls: readonly UndoCall[];
  /** A former undo has begun. */
  readonly goesOn: boolean;
}

/** How a call of an undo is recorded before it is made. */
export const NOTHING_UNDONE = { undo: null, status: 'intended', requestId: null, error: null } as const;

/** What there is to take back. Throws NotDecidableError where there is nothing, or where it cannot be done. */
export async function undoable(id: string, engine: Engine): Promise<Undoable> {
  const record = await engine.ledger.remediation(id);
  if (record === null) throw new NotDecidableError(`there is no remediation ${id}`);
  if (record.kind === 'undo') throw new NotDecidableError(`${id} is itself an undo, of ${record.undoes}`);
  if (record.status === 'applying') throw new NotDecidableError(`${id} has not come to its end`);
  const made = record.steps.filter(({ status }) => isMade(status));
  if (made.length === 0) throw new NotDecidableError(`${id} changed nothing: it is ${record.status}`);
  const final = made.find(({ undo }) => undo === null);
  if (final !== undefined)
    throw new NotDecidableError(`${final.service}:${final.operation} of ${id} cannot be taken back`);
  const former = await formerUndo(record, engine);
  const left = former === null ? record.after : former.after;
  if (left === null) throw new NotDecidableError(`nobody could read how ${former?.id ?? id} left the resource`);
  if (former === null)
    return { record, left, calls: made.toReversed().flatMap(({ undo }) => undo ?? []), goesOn: false };
  const calls = former.steps.filter(({ status }) => status !== 'made').map(callOf);
  return { record, left, calls, goesOn: true };
}

/** `unknown`: its run was cut off, and it may have been made. */
const isMade = (status: RecordedStep['status']) => status === 'made' || status === 'unknown';

/** The last undo of a record that was cut short after it had begun; null where there is none. Throws NotDecidableError where one went well. */
async function formerUndo({ id, times }: Remediation, engine: Engine): Promise<Remediation | null> {
  let former: Remediation | null = null;
  for await (const other of engine.ledger.remediations(times.decided)) {
    if (other.undoes !== id) continue;
    if (other.status === 'remediated') throw new NotDecidableError(`${id} was taken back already, by ${other.id}`);
    if (other.status === 'applying') throw new NotDecidableError(`${other.id}, which takes it back, is at work`);
    if (former !== null || other.steps.some(({ status }) => isMade(status))) former = other;
  }
  return former;
}

/** A call as it was meant, without how it went. */
const callOf = ({
  undo: _undo,
  status: _status,
  requestId: _request,
  error: _error,
  ...call
}: RecordedStep): UndoCall => call;
