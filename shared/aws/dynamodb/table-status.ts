import { byHand, type Evaluation, nonCompliant, notApplicable, type Plan, settling } from '../../control.ts';
import type { Step } from '../../step.ts';

/** Statuses in which a table stays until a person acts. */
const STUCK = ['ARCHIVED', 'ARCHIVING', 'INACCESSIBLE_ENCRYPTION_CREDENTIALS'];

/** What a table is that lacks a setting: non-compliant, and waited for while DynamoDB is at work on it; not evaluated while it is being deleted. */
export function lacking(status: string | null, annotation: string, offending: unknown): Evaluation {
  if (status === 'DELETING') return notApplicable('It is being deleted.');
  return status === 'CREATING' || status === 'UPDATING'
    ? settling(`${annotation} DynamoDB is at work on it: it is ${status}.`, '1m', offending)
    : nonCompliant(annotation, offending);
}

/** The step, unless a person has to end the table's status first. */
export const whereActive = (status: string | null, step: Step): Plan =>
  status !== null && STUCK.includes(status) ? byHand(`DynamoDB does not change a table that is ${status}.`) : [step];
