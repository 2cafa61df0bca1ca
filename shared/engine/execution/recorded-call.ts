import type { RecordedStep, Remediation, UndoCall } from '../../ledger/records.ts';
import type { CallData } from '../../step.ts';

/** A recorded step as a call, without its outcome. */
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

/** True where every step that was made, or may have been, can be undone. */
export const isReversible = ({ steps }: Pick<Remediation, 'steps'>): boolean =>
  steps.every(({ status, undo }) => undo !== null || (status !== 'made' && status !== 'unknown'));
