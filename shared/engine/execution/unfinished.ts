import type { AnyControl } from '../../control.ts';
import { hashOf } from '../../hash.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { CallData, Step } from '../../step.ts';
import { callOf } from '../../step.ts';
import { HOUR_MS } from '../../time.ts';
import type { Evaluated } from '../run/observation.ts';
import { redact, redactedCall } from '../run/redact.ts';
import type { Run } from '../run/run.ts';
import { stateDiff } from '../run/state-diff.ts';

/** For this long the rest of a plan that was made in part is tried again; then it is left to a person. */
const UNFINISHED_MS = HOUR_MS;

/** A plan that was made in part, and whose rest no later plan would make. */
export interface Unfinished {
  /** Its record, with the steps that were made. */
  readonly record: Remediation;
  /** All steps of the plan. */
  readonly steps: readonly Step[];
}

const isMade = ({ status }: Remediation['steps'][number]) => status === 'made' || status === 'alreadySo';

/** The hash by which two calls are the same. */
const hashOfCall = (call: CallData): string => {
  const { service, operation, input, region } = redactedCall(call);
  return hashOf([service, operation, input, region ?? null]);
};

/** What of a plan is still to be made, where its first steps have changed the resource and neither the evaluation nor a new plan would bring the others; null where nothing is. `steps`: the plan of the record. */
export function unfinishedPart(
  run: Run,
  control: AnyControl,
  record: Remediation,
  steps: readonly Step[],
  evaluated: Evaluated,
): Unfinished | null {
  if (record.kind !== 'remediation' || steps.length < 2 || steps.length !== record.steps.length) return null;
  const known = withFirstStep(run, record, evaluated);
  if (!known.steps.some(isMade)) return null;
  const left = steps.filter((_, index) => !isMade(known.steps[index] as Remediation['steps'][number]));
  if (left.length === 0) return null;
  if (evaluated.evaluation.complianceType !== 'NON_COMPLIANT')
    return left.some(({ unseen }) => unseen === true) ? { record: known, steps } : null;
  const planned = new Set(plannedNow(run, control, evaluated).map(hashOfCall));
  return left.every((one) => planned.has(hashOfCall(callOf(one)))) ? null : { record: known, steps };
}

/** True where the rest of a plan is no longer tried. */
export const isGivenUp = ({ times }: Remediation, now: Date): boolean =>
  Date.parse(times.decided) + UNFINISHED_MS < now.getTime();

/** The plan of a record that was interrupted, made again from what it was made from; null where that does not give the same calls. */
export function planOfRecord(run: Run, control: AnyControl, record: Remediation): readonly Step[] | null {
  const context = run.context(control);
  const made = [
    () => control.plan?.(record.before as never, context),
    () => control.whenDeleted?.plan({ ...context.lastKnown, ref: run.subject.ref } as never, context),
  ];
  const wanted = record.steps.map(hashOfCall).join();
  for (const plan of made) {
    const steps = orNothing(plan);
    if (steps.map(callOf).map(hashOfCall).join() === wanted) return steps;
  }
  return null;
}

/** The plan where it needs no more than is known here; else nothing. */
function orNothing(plan: () => readonly Step[] | { readonly byHand: string } | undefined): readonly Step[] {
  try {
    const planned = plan();
    return planned === undefined || 'byHand' in planned ? [] : planned;
  } catch {
    return [];
  }
}

/** The record; where nothing says whether its first step was made, the resource does. */
export function withFirstStep({ subject }: Run, record: Remediation, { state, deleted }: Evaluated): Remediation {
  const [first] = record.steps;
  if (first === undefined || (first.status !== 'intended' && first.status !== 'unknown') || deleted) return record;
  if (stateDiff(record.before, redact(state), subject.resource.volatile).length === 0) return record;
  return { ...record, steps: record.steps.with(0, { ...first, status: 'made', error: null }) };
}

function plannedNow(run: Run, control: AnyControl, evaluated: Evaluated): readonly CallData[] {
  try {
    return run.plan(control, evaluated).steps.map(callOf);
  } catch {
    return [];
  }
}
