import { callOf, type Step } from '../control.ts';
import type { RecordedStep } from '../ledger/ledger.ts';
import type { ResourceRef } from '../resource.ts';
import type { Engine } from './engine.ts';
import { messageOf, StepFailedError } from './errors.ts';

interface Sender {
  send(command: object): Promise<{ readonly $metadata?: { readonly requestId?: string } }>;
}

/** A step that is in the ledger and not yet made. */
export const intended = (step: Step): RecordedStep => ({
  ...callOf(step),
  undo: null,
  status: 'intended',
  requestId: null,
  error: null,
});

/** Makes one call. An answer that it is so already counts as done, with nothing to take back. Throws StepFailedError on any other refusal. */
export async function make(step: Step, ref: ResourceRef, engine: Engine): Promise<RecordedStep> {
  const recorded = intended(step);
  try {
    const client = engine.aws(step.region ?? ref.region)(step.client) as Sender;
    const output = await client.send(new step.command(step.input as never));
    return {
      ...recorded,
      status: 'made',
      undo: step.undo?.(output).map(callOf) ?? null,
      requestId: output.$metadata?.requestId ?? null,
    };
  } catch (error) {
    if (error instanceof Error && step.satisfiedBy?.includes(error.name))
      return { ...recorded, status: 'alreadySo', undo: [] };
    throw new StepFailedError(`${recorded.service}:${recorded.operation} failed: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
