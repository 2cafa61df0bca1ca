import type { AnyControl, Evaluation } from '../../control.ts';
import { notApplicable } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import type { Engine, Subject } from '../context.ts';
import { messageOf, UnreadableStateError } from '../errors.ts';

/** What one look at a resource brought: facets that were read, those that could not be, or that it is gone. */
export interface Observation {
  readonly gone: boolean;
  readonly facets: Readonly<Record<string, unknown>>;
  readonly unreadable: Readonly<Record<string, unknown>>;
}

/** The facets that a control sees, and which resource they are of. */
export type JudgedState = { readonly ref: ResourceRef };

/** A verdict with the state that it was given on. */
export interface Judgement {
  readonly evaluation: Evaluation;
  /** What `plan` is given; null where there is nothing to plan from. */
  readonly state: JudgedState | null;
  readonly deleted: boolean;
}

/** Reads the facets that the controls need, in parallel, each once. Never throws: what could not be read is in `unreadable`. */
export async function observe(
  { resource, ref }: Subject,
  facetNames: readonly string[],
  engine: Engine,
  known: Readonly<Record<string, unknown>> = {},
): Promise<Observation> {
  const aws = engine.aws(ref.region);
  const facets: Record<string, unknown> = {};
  const unreadable: Record<string, unknown> = {};
  await Promise.all(
    facetNames.map(async (name) => {
      try {
        facets[name] = frozen(name in known ? known[name] : await resource.facets[name]?.read(aws, ref));
      } catch (error) {
        unreadable[name] = error;
      }
    }),
  );
  const gone = Object.values(unreadable).some((error) => error instanceof Error && resource.gone.includes(error.name));
  return { gone, facets, unreadable };
}

/** Frozen to the bottom, so that no control can change what its siblings see. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(frozen);
  return value;
}

/** Judges what was observed. Throws UnreadableStateError where a needed facet could not be read: silence is never compliance. */
export function judge(
  control: AnyControl,
  { ref }: Subject,
  observation: Observation,
  lastKnown: object | null,
  parameters: Readonly<Record<string, unknown>>,
  now: Date,
): Judgement {
  if (observation.gone) {
    if (control.whenDeleted === undefined)
      return { evaluation: notApplicable('The resource does not exist (any more).'), state: null, deleted: true };
    const state = lastKnown === null ? null : frozen({ ...lastKnown, ref });
    return { evaluation: control.whenDeleted.evaluate(state, parameters), state, deleted: true };
  }
  for (const name of control.needs) {
    if (name in observation.unreadable)
      throw new UnreadableStateError(
        `could not read ${name} of ${ref.resourceId}: ${messageOf(observation.unreadable[name])}`,
        {
          cause: observation.unreadable[name],
        },
      );
  }
  const facets = control.needs.map((name: string) => [name, observation.facets[name]]);
  const state = frozen({ ...Object.fromEntries(facets), ref });
  return { evaluation: control.evaluate(state, parameters, now), state, deleted: false };
}
