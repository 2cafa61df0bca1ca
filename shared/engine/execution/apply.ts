import { callOf, type Step } from '../../control.ts';
import type { RecordedStep, UndoCall } from '../../ledger/ledger.ts';
import type { ResourceRef } from '../../resource.ts';
import type { Engine } from '../context.ts';
import { messageOf } from '../errors.ts';

interface Sender {
  send(command: object): Promise<{ readonly $metadata?: { readonly requestId?: string } }>;
}

/** A step that is in the ledger and not yet made; should its run be cut off, it can be taken back all the same. */
export const intended = (step: Step): RecordedStep => ({
  ...callOf(step),
  status: 'intended',
  requestId: null,
  undo: undoOf(step, {}).undo,
  error: null,
});

/** Makes one call and says how it went; never throws. An answer that it is so already counts as done, with nothing to take back. */
export async function make(step: Step, ref: ResourceRef, engine: Engine): Promise<RecordedStep> {
  const recorded = intended(step);
  try {
    const client = engine.aws(step.region ?? ref.region)(step.client) as Sender;
    const output = await client.send(new step.command(step.input as never));
    return { ...recorded, status: 'made', requestId: output.$metadata?.requestId ?? null, ...undoOf(step, output) };
  } catch (error) {
    if (error instanceof Error && step.satisfiedBy?.includes(error.name))
      return { ...recorded, status: 'alreadySo', undo: [] };
    return { ...recorded, status: 'failed', error: messageOf(error) };
  }
}

const undoCallOf = (step: Step): UndoCall => ({
  ...callOf(step),
  ...(step.satisfiedBy === undefined ? {} : { satisfiedBy: step.satisfiedBy }),
});

/** The call is made by now: an undo that cannot be told must not make it look as if it had failed. */
function undoOf({ undo }: Step, output: object): Pick<RecordedStep, 'undo' | 'error'> {
  try {
    return { undo: undo?.(output).map(undoCallOf) ?? null, error: null };
  } catch (error) {
    return { undo: null, error: `made, and it is not known how to take it back: ${messageOf(error)}` };
  }
}
