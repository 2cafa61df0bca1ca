import { isThrottled } from '../../aws/throttling.ts';
import type { AnyControl, Context, Evaluation } from '../../control.ts';
import { hashOf } from '../../hash.ts';
import type { ResourceState } from '../../ledger/ledger.ts';
import { type Result, resultWithoutResource } from '../../result.ts';
import { retry } from '../../retry.ts';
import type { Cause, Engine, Subject } from '../context.ts';
import { contextOf, lastKnownBy } from '../run/evaluation-context.ts';
import { compliantFacets } from '../run/last-known.ts';
import { lower } from '../run/modes.ts';
import { evaluate, type Observation, observe } from '../run/observation.ts';
import { facetsOf } from '../run/run.ts';
import type { Pace } from './inventory.ts';

/** A resource's observation, and its evaluation by the enabled controls. */
export interface Assessment {
  readonly subject: Subject;
  readonly observation: Observation;
  /** By control; null where it could not be read or evaluated. */
  readonly evaluations: ReadonlyMap<AnyControl, Evaluation | null>;
}

/** Reads what the listing did not bring, with back-off where AWS throttles, and evaluates it by the enabled controls. `state` is what the ledger knows of it. Throws DeadlineExceededError. */
export async function assess(
  subject: Subject,
  state: ResourceState | undefined,
  engine: Engine,
  pace: Pace,
): Promise<Assessment> {
  const place = { ref: subject.ref, arn: subject.resource.arn(subject.ref), tags: null };
  const controls = subject.controls.filter((control) => engine.policy.reach(control, place) !== 'off');
  const observation = await read({ ...subject, controls }, engine, pace);
  const evaluations = new Map<AnyControl, Evaluation | null>();
  for (const control of controls) {
    const { parameters } = engine.policy.settingsFor(control, place);
    const context = contextOf(engine, parameters, lastKnownBy(control, state?.lastKnown ?? null));
    evaluations.set(control, evaluationOf(control, subject, observation, context));
  }
  return { subject: { ...subject, controls }, observation, evaluations };
}

async function read(subject: Subject, engine: Engine, pace: Pace): Promise<Observation> {
  const names = facetsOf(subject.controls);
  let observation: Observation | undefined;
  const attempt = async () => {
    observation = await observe(subject, names, engine, { ...subject.known, ...observation?.facets });
    const throttled = Object.values(observation.unreadable).find(({ error }) => isThrottled(error));
    if (throttled !== undefined) throw throttled.error;
    return observation;
  };
  try {
    return await retry(attempt, { ...pace, clock: engine.clock, when: isThrottled });
  } catch (error) {
    if (observation === undefined || !isThrottled(error)) throw error;
    return observation; // no try is left: what was read is evaluated, and the rest is unreadable
  }
}

function evaluationOf(control: AnyControl, subject: Subject, observation: Observation, context: Context) {
  // A deletion is evaluated with AWS Config's history too, which only a reconciliation reads.
  if (observation.gone && control.whenDeleted !== undefined) return null;
  try {
    return evaluate(control, subject, observation, context).evaluation;
  } catch {
    return null; // the reconciliation says why
  }
}

/** True where a resource has to be reconciled: it is non-compliant or could not be evaluated (silence is never compliance), or the ledger has something open that is over or unfinished, or lacks the last known values. `state`: undefined where nothing is open or saved. */
export function isToReconcile(assessment: Assessment, state: ResourceState | undefined, now: number): boolean {
  const { subject, evaluations } = assessment;
  return (
    [...evaluations.values()].some((evaluation) => evaluation === null || isNonCompliant(evaluation)) ||
    subject.controls.some(({ id }) => isOpenIn(state, id)) ||
    isUnfinished(state, now) ||
    isNewlyGood(assessment, state)
  );
}

const isNonCompliant = ({ complianceType }: Evaluation) => complianceType === 'NON_COMPLIANT';

/** True where the control has an open finding or an open record. */
export const isOpenIn = (state: ResourceState | undefined, controlId: string): boolean =>
  state !== undefined && (controlId in state.findings || state.open.some((record) => record.controlId === controlId));

/** True where a run was interrupted, or its recheck was lost. */
export const isUnfinished = (state: ResourceState | undefined, now: number): boolean =>
  state !== undefined &&
  (state.outbox.length > 0 || state.lease.wanted.length > 0 || (state.recheckAt !== null && state.recheckAt <= now));

/** True where a reconciliation would save last known values that the ledger does not have. */
function isNewlyGood({ subject, observation, evaluations }: Assessment, state: ResourceState | undefined): boolean {
  const complianceOf = (control: AnyControl) => evaluations.get(control)?.complianceType ?? null;
  const good = compliantFacets(subject.controls, observation.facets, complianceOf);
  return Object.entries(good).some(([name, value]) => hashOf(value) !== hashOf(state?.lastKnown[name]));
}

/** The results that a reconciliation of a compliant resource would have, without reading the ledger. Throws TypeError where it is non-compliant. */
export function resultsOf({ subject, evaluations }: Assessment, cause: Cause, engine: Engine): readonly Result[] {
  const { ref, resource } = subject;
  const place = { ref, arn: resource.arn(ref), tags: null };
  return [...evaluations].map(([control, evaluation]) => {
    if (evaluation === null || isNonCompliant(evaluation)) throw new TypeError(`${ref.resourceId} is to be reconciled`);
    const { complianceType, annotation } = evaluation;
    return resultWithoutResource(cause, {
      controlId: control.id,
      severity: control.severity,
      ...ref,
      mode: lower(engine.policy.settingsFor(control, place).mode, engine.ceiling),
      outcome: complianceType === 'COMPLIANT' ? 'compliant' : 'notApplicable',
      before: complianceType,
      after: complianceType,
      annotation,
    });
  });
}
