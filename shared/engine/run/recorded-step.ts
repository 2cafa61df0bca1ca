import type { RecordedStep, UndoCall } from '../../ledger/records.ts';
import { callOf, type Step } from '../../step.ts';
import { messageOf } from '../errors.ts';
import { redactedCall, redactTags } from './redact.ts';

/** A step that is recorded and not yet made; its undo is recorded too, so that an interrupted run can be undone. */
export const intendedStep = (step: Step): RecordedStep => ({
  ...redactedCall(callOf(step)),
  elements: step.elements,
  status: 'intended',
  requestId: null,
  undo: undoOf(step, {}).undo,
  error: null,
});

const undoCallOf = (step: Step): UndoCall => ({
  ...callOf(step),
  input: redactTags(step.input),
  ...(step.satisfiedBy === undefined ? {} : { satisfiedBy: step.satisfiedBy }),
});

/** The undo of a step by the answer to its call. The call has succeeded by now: an undo that cannot be built must not make it look failed. */
export function undoOf({ undo }: Step, output: object): Pick<RecordedStep, 'undo' | 'error'> {
  try {
    return { undo: undo?.(output).map(undoCallOf) ?? null, error: null };
  } catch (error) {
    return { undo: null, error: `made, and its undo is not known: ${messageOf(error)}` };
  }
}
