import { successful } from '../../aws/answer.ts';
import { isDefiniteRefusal, lastingRefusal, missingPermission, type Refusal, wasRetried } from '../../aws/refusals.ts';
import type { RecordedStep } from '../../ledger/records.ts';
import type { ResourceRef } from '../../resource.ts';
import type { Step } from '../../step.ts';
import type { Engine } from '../context.ts';
import { messageOf } from '../errors.ts';
import { intendedStep, undoOf } from '../run/recorded-step.ts';

interface Sender {
  send(command: object): Promise<{ readonly $metadata?: { readonly requestId?: string } }>;
}

/** The outcome of one call. */
export interface Attempt {
  readonly step: RecordedStep;
  /** Set where the refusal lasts; null where the call was made, or a retry may succeed. */
  readonly refusal: Refusal | null;
  /** Set where access is denied and nobody says by whom: lasts where it is so some minutes later too. */
  readonly missing?: Refusal | null;
}

/** Makes one call of a record and returns its outcome; never throws. `wasSent`: it may have been made before. */
export type Send = (index: number, wasSent: boolean) => Promise<Attempt>;

/** Makes the calls of a plan. `isRepeat`: an earlier plan has made such calls, and got no answer. */
export const sendSteps =
  (plan: readonly Step[], ref: ResourceRef, engine: Engine, isRepeat = false): Send =>
  async (index, wasSent) => {
    const step = plan[index] as Step;
    const recorded = intendedStep(step);
    try {
      const client = engine.aws(step.region ?? ref.region)(step.client) as Sender;
      const output = successful(await client.send(new step.command(step.input as never)));
      const requestId = output.$metadata?.requestId ?? null;
      return { step: { ...recorded, status: 'made', requestId, ...undoOf(step, output) }, refusal: null };
    } catch (error) {
      return attemptAfterError(recorded, error, step.satisfiedBy, wasSent || isRepeat);
    }
  };

/** Classifies the error of a call: already in that state (another actor was faster, or our own earlier attempt whose answer was lost), refused, or unknown. An unknown step keeps its undo: the state decides. */
export function attemptAfterError(
  step: RecordedStep,
  error: unknown,
  satisfiedBy: readonly string[] = [],
  wasSent = false,
): Attempt {
  const isSo = error instanceof Error && satisfiedBy.includes(error.name);
  if (isSo)
    return {
      step: wasSent || wasRetried(error) ? { ...step, status: 'unknown' } : { ...step, status: 'alreadySo', undo: [] },
      refusal: null,
    };
  const status = isDefiniteRefusal(error) && !wasRetried(error) ? 'failed' : 'unknown';
  const refusal = lastingRefusal(error, step);
  const missing = refusal === null ? missingPermission(error, `${step.service}:${step.operation}`) : null;
  return { step: { ...step, status: refusal === null ? status : 'failed', error: messageOf(error) }, refusal, missing };
}
