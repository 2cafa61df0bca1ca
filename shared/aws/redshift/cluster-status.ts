import { byHand, type Evaluation, nonCompliant, notApplicable, type Plan, settling } from '../../control.ts';
import type { Step } from '../../step.ts';

/** Statuses in which a cluster stays until a person acts. */
const STUCK = /^(paused|hardware-failure|storage-full|incompatible-.*)$/;
/** `available, prep-for-resize` and `available, resize-cleanup` too. */
const AVAILABLE = /^available/;

/** What a cluster is that lacks a setting: non-compliant, and waited for while Redshift is at work on it; not evaluated while it is being deleted. */
export function lacking(status: string | null, annotation: string, offending: unknown): Evaluation {
  if (status === 'deleting' || status === 'final-snapshot') return notApplicable('It is being deleted.');
  return status === null || AVAILABLE.test(status) || STUCK.test(status)
    ? nonCompliant(annotation, offending)
    : settling(`${annotation} Redshift is at work on it: it is ${status}.`, '2m', offending);
}

/** The step, unless a person has to end the cluster's status first. */
export const whereAvailable = (status: string | null, step: Step): Plan =>
  status !== null && STUCK.test(status) ? byHand(`Redshift does not change a cluster that is ${status}.`) : [step];
