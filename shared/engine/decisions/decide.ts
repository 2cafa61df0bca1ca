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
  async undo(decision, engine, controls) {
    assertActs(decision, engine, controls);
    const { id, by, reason } = decision;
    const expires = defaultExpiry(engine.clock.now());
    const request = { id, by, reason, expires, dryRun: false };
    const make = (call: UndoCall, ref: Parameters<typeof sendUndoCallOf>[2]) =>
      sendUndoCallOf(controls, call, ref, engine.aws(ref.region));
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

/** Throws where policy.yml lets the control write nowhere by now: the role of the function has no permission then, and an undo that begins is not to end half-way. */
function assertActs({ id, controlId }: Decision, { policy }: Engine, controls: readonly AnyControl[]): void {
  const control = controls.find((one) => one.id === controlId);
  const mode = control === undefined ? 'off' : policy.reachAnywhere(control);
  if (!['approve', 'remediate'].includes(mode))
    throw new NotDecidableError(
      `${controlId} is in mode ${mode}, in which the function may write nothing; undo it with your own permissions: npx evenkeel undo ${id}`,
    );
}
