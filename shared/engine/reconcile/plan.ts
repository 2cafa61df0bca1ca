import type { AnyControl, Step } from '../../control.ts';
import type { Judgement } from './observation.ts';

/** The steps for a verdict; none where there is nothing to plan from or the control has no plan. */
export function planOf(control: AnyControl, { state, deleted }: Judgement, parameters: object): readonly Step[] {
  if (state === null) return [];
  return (deleted ? control.whenDeleted?.plan(state, parameters) : control.plan?.(state, parameters)) ?? [];
}
