import type { RecordedStep, Remediation, UndoCall } from '../../ledger/records.ts';
import type { CallData } from '../../step.ts';

/** A call of a record without how it went. */
export const callIn = ({ service, operation, input, region }: CallData): CallData => ({
  service,
  operation,
  input,
  ...(region === undefined ? {} : { region }),
});

/** The same, as a call of an undo. */
export const undoCallIn = (step: RecordedStep & Pick<UndoCall, 'satisfiedBy'>): UndoCall => ({
  ...callIn(step),
  ...(step.satisfiedBy === undefined ? {} : { satisfiedBy: step.satisfiedBy }),
});

/** Whether every step that was made, or may have been, can be undone. */
export const isReversible = ({ steps }: Pick<Remediation, 'steps'>): boolean =>
  steps.every(({ status, undo }) => undo !== null || (status !== 'made' && status !== 'unknown'));
