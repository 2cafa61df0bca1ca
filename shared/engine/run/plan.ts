import type { AnyControl, Context } from '../../control.ts';
import type { Step } from '../../step.ts';
import { type Evaluated, guarded, type Observation, type PlainState, relatedState, stateOf } from './observation.ts';

/** The calls that would remediate, or why that requires a person. */
export interface Planned {
  readonly steps: readonly Step[];
  readonly byHand: string | null;
  /** The state that the plan was made from: what `evaluate` saw, and what only the plan needs. */
  readonly state: PlainState | null;
}

/** The facets that a control's plan needs beside those of its evaluation. */
export const planNeeds = ({ planNeeds = [], plan }: AnyControl): readonly string[] =>
  plan === undefined ? [] : (planNeeds as readonly string[]);

const needed = (control: AnyControl) => [...new Set([...control.needs, ...planNeeds(control)])];

/** The plan for an evaluation; no steps where there is nothing to plan from or the control has no plan. Throws UnreadableError where it needs a facet that could not be read. */
export function planOf(control: AnyControl, evaluated: Evaluated, observation: Observation, context: Context): Planned {
  if (evaluated.state === null) return { steps: [], byHand: null, state: null };
  const { ref } = evaluated.state;
  const state = evaluated.deleted
    ? evaluated.state
    : { ...stateOf(needed(control), ref, observation), ...relatedState(control, observation) };
  const plan = evaluated.deleted
    ? control.whenDeleted?.plan(state, context)
    : control.plan?.(guarded(state) as never, context);
  if (plan === undefined) return { steps: [], byHand: null, state };
  return 'byHand' in plan ? { steps: [], byHand: plan.byHand, state } : { steps: plan, byHand: null, state };
}
