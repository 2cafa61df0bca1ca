import type { RecordedStep, Remediation, UndoCall } from '../../ledger/records.ts';
import { DAY_MS, dayOf } from '../../time.ts';
import { newId } from '../run/record.ts';
import { redactedCall } from '../run/redact.ts';
import type { Run } from '../run/run.ts';
import type { Undoable } from './undoable.ts';

/** Who undoes a remediation, why, and until when the drift is exempt. */
export interface UndoRequest {
  readonly id: string;
  readonly by: string;
  readonly reason: string;
  /** The last day of the exemption, `2027-01-31`. */
  readonly expires: string;
  readonly dryRun: boolean;
}

/** Days of the exemption that an undo leaves, unless a person sets the end. */
export const DEFAULT_EXEMPTION_DAYS = 30;

/** The last day of that exemption. */
export const defaultExpiry = (now: Date): string => dayOf(new Date(now.getTime() + DEFAULT_EXEMPTION_DAYS * DAY_MS));

/** A call of an undo before it is made. */
export const intendedCall = (call: UndoCall, { elements }: Pick<Undoable, 'elements'>): RecordedStep => ({
  ...redactedCall(call),
  elements,
  undo: null,
  status: 'intended',
  requestId: null,
  error: null,
});

/** The record of an undo before its first call. `before`: the state that it begins with. */
export function newUndoRecord(
  { by, reason, id }: UndoRequest,
  { record, calls, elements }: Undoable,
  { cause, engine }: Run,
  before: unknown,
): Remediation {
  const now = engine.clock.now().toISOString();
  return {
    ...record,
    id: newId(now),
    kind: 'undo',
    undoes: id,
    status: 'applying',
    mode: 'remediate',
    annotation: `Undo of ${id}: ${reason}`,
    before,
    after: null,
    afterCompliance: null,
    steps: calls.map((call) => intendedCall(call, { elements })),
    error: null,
    eventId: null,
    eventName: 'Undo',
    attribution: cause.attribution,
    decidedBy: by,
    expires: null,
    recheckAt: null,
    times: { event: null, received: cause.receivedAt, decided: now, applied: null, verified: null },
    codeVersion: engine.codeVersion,
    policyVersion: engine.policy.version,
  };
}
