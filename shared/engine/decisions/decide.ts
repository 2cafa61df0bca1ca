import type { AnyControl } from '../../control.ts';
import { LeaseHeldError } from '../../ledger/lease.ts';
import type { UndoCall } from '../../ledger/records.ts';
import type { Verb } from '../../notify/slack-press.ts';
import { visible, withoutErrorNames } from '../../text.ts';
import type { Engine } from '../context.ts';
import { messageOf, NotDecidableError } from '../errors.ts';
import { approve, reject } from '../reconcile/approvals.ts';
import { undo } from '../undo/undo.ts';
import { sendUndoCallOf } from '../undo/undo-call.ts';
import { defaultExpiry } from '../undo/undo-record.ts';
import { approvalNote } from './approved.ts';
import { assertOwnRecord } from './own-record.ts';

/** What a person decides about a remediation. */
export interface Decision {
  readonly verb: Verb;
  /** The remediation. */
  readonly id: string;
  readonly controlId: string;
  /** Stands in the ledger. */
  readonly by: string;
  readonly reason: string;
}

/** Carries a decision out as the command does, and says what happened. Throws LeaseHeldError and ConflictError, after which it may be tried again; what cannot be decided is an answer. */
export async function decide(
  decision: Decision,
  accountId: string,
  engine: Engine,
  controls: readonly AnyControl[],
): Promise<string> {
  try {
    await assertOwnRecord(decision.id, accountId, engine.ledger);
    await assertControl(decision, engine);
    return visible(await DECIDING[decision.verb](decision, engine, controls));
  } catch (error) {
    if (!(error instanceof Error) || PASSING.includes(error.name)) throw error;
    const why = error instanceof NotDecidableError ? error.message : withoutErrorNames(messageOf(error));
    return visible(`nothing more was done: ${why}`);
  }
}

/** After these the same decision may be carried out a little later. */
const PASSING: readonly string[] = ['LeaseHeldError', 'ConflictError'];

type Deciding = (decision: Decision, engine: Engine, controls: readonly AnyControl[]) => Promise<string>;

const DECIDING: Readonly<Record<Verb, Deciding>> = {
  async approve({ id, by }, engine, controls) {
    const result = await approve(id, by, engine, controls);
    // The engine reports a lease as the outcome of its event; a decision waits for its turn.
    if (result.error?.startsWith('LeaseHeldError') === true)
      throw new LeaseHeldError(result.error.replace(/^LeaseHeldError: /, ''));
    return approvalNote(id, result) ?? `${id} was carried out: ${result.resourceId} is remediated`;
  },
  async reject({ id, by, reason }, engine, controls) {
    await reject(id, by, reason, engine, controls);
    return `${id} was rejected; approval is not requested again while the drift lasts`;
  },
  async undo({ id, by, reason, controlId }, engine, controls) {
    const expires = defaultExpiry(engine.clock.now());
    const request = { id, by, reason, expires, dryRun: false };
    const own = controls.find((control) => control.id === controlId);
    const make = (call: UndoCall, ref: Parameters<typeof sendUndoCallOf>[2]) =>
      sendUndoCallOf(controls, call, ref, engine.aws(ref.region));
    const planned = await undo({ ...request, dryRun: true }, engine, controls, make);
    const missing = planned.calls.filter((call) => !isPermitted(call, own));
    if (missing.length > 0)
      throw new NotDecidableError(
        `the function may not make ${missing.map((call) => `${call.service}:${call.operation}`).join(', ')}, which opens what it may only close; undo it with your own permissions: npx evenkeel undo ${id}`,
      );
    const { undoId, isPending } = await undo(request, engine, controls, make);
    return `${id} was undone (${undoId})${isPending ? '; AWS is still applying it' : ''}; exempt until ${expires}`;
  },
};

/** Throws where the record is of another control than the message said that a person answers. */
async function assertControl({ id, controlId }: Decision, { ledger }: Engine): Promise<void> {
  const record = await ledger.remediation(id);
  if (record !== null && record.controlId !== controlId)
    throw new NotDecidableError(`${id} is of ${record.controlId}, not of ${controlId}`);
}

/** The function's role has the permissions of plans and none beside; an undo that begins is not to end half-way. */
const isPermitted = ({ operation }: UndoCall, control: AnyControl | undefined): boolean =>
  Object.keys(control?.permissions ?? {}).some((action) => {
    const name = action.slice(action.indexOf(':') + 1);
    // S3 names some actions after the bucket and not after the operation.
    return name === operation || name.replace('Bucket', '') === operation.replace('Bucket', '');
  });
