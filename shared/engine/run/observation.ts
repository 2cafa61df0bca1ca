import { cachingReads } from '../../aws/caching-clients.ts';
import { type AnyControl, type Context, type Evaluation, notApplicable } from '../../control.ts';
import {
  type Aws,
  Foreign,
  Gone,
  type Related,
  type ResourceRef,
  Unreadable,
  type UnreadableError,
} from '../../resource.ts';
import type { Engine, Subject } from '../context.ts';

/** One round of reads of a resource: the facets, those that could not be read, or that it is gone. */
export interface Observation {
  readonly gone: boolean;
  /** Why nothing is evaluated: another account owns the resource. */
  readonly foreign?: string;
  readonly facets: Readonly<Record<string, unknown>>;
  readonly unreadable: Readonly<Record<string, Unreadable>>;
  /** Clients that cache the answers of this round. */
  readonly aws: Aws;
  /** Those for regional facets, where their answers are kept for longer. */
  readonly regional?: Aws;
}

/** The facets that a control sees, with the reference of their resource. */
export type PlainState = { readonly ref: ResourceRef };

/** An evaluation with the state it is based on. */
export interface Evaluated {
  readonly evaluation: Evaluation;
  /** What records hold and `plan` sees; null where there is nothing to plan from. */
  readonly state: PlainState | null;
  readonly deleted: boolean;
}

/** Reads the facets concurrently, each once. Never throws: failed reads are in `unreadable`. */
export async function observe(
  { resource, ref }: Subject,
  facetNames: readonly string[],
  engine: Pick<Engine, 'aws' | 'regionalAws'>,
  known: Readonly<Record<string, unknown>> = {},
): Promise<Observation> {
  const aws = cachingReads(engine.aws)(ref.region);
  const regional = engine.regionalAws?.(ref.region) ?? aws;
  return readMore({ resource, ref }, facetNames, { gone: false, facets: known, unreadable: {}, aws, regional });
}

/** The observation with further facets of the same round; those it has are not read again. */
export async function readMore(
  { resource, ref }: Pick<Subject, 'resource' | 'ref'>,
  facetNames: readonly string[],
  observation: Observation,
): Promise<Observation> {
  const { aws, regional = aws } = observation;
  const facets: Record<string, unknown> = {};
  const unreadable: Record<string, Unreadable> = { ...observation.unreadable };
  let { gone, foreign } = observation;
  for (const [name, value] of Object.entries(observation.facets)) facets[name] = frozen(value);
  const missing = [...new Set(facetNames)].filter((name) => !(name in facets) && !(name in unreadable));
  await Promise.all(
    missing.map(async (name) => {
      try {
        const facet = resource.facets[name];
        facets[name] = frozen(await facet?.read(facet.regional ? regional : aws, ref));
      } catch (error) {
        if (error instanceof Foreign) foreign ??= error.message;
        gone ||= error instanceof Gone || (error instanceof Error && resource.gone.includes(error.name));
        unreadable[name] = new Unreadable(`${name} of ${ref.resourceId}`, error);
      }
    }),
  );
  return { gone, facets, unreadable, aws, ...(foreign === undefined ? {} : { foreign }) };
}

/** The observation with what a control's plan sees of other resources; what could not be read is in `unreadable`. */
export async function readRelated(
  control: AnyControl,
  ref: ResourceRef,
  observation: Observation,
  context: Context,
): Promise<Observation> {
  const facets: Record<string, unknown> = { ...observation.facets };
  const unreadable: Record<string, Unreadable> = { ...observation.unreadable };
  const read = async ([name, { read }]: [string, Related<unknown, Context>]) => {
    const key = relatedKey(control, name);
    if (key in facets || key in unreadable) return;
    try {
      facets[key] = frozen(await read(observation.aws, ref, context));
    } catch (error) {
      unreadable[key] = new Unreadable(`${name} of ${ref.resourceId}`, error);
    }
  };
  await Promise.all(Object.entries(control.related ?? {}).map(read as never));
  return { ...observation, facets, unreadable };
}

/** Each control has related facets of its own: they go by its parameters. */
const relatedKey = ({ id }: AnyControl, name: string) => `${id} ${name}`;

/** What was read of other resources for this control, unreadable ones as values. */
export const relatedState = (control: AnyControl, { facets, unreadable }: Observation): object =>
  Object.fromEntries(
    Object.keys(control.related ?? {}).map((name) => {
      const key = relatedKey(control, name);
      return [name, unreadable[key] ?? facets[key]];
    }),
  );

/** Deeply frozen, so that no control can change what its siblings see. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(frozen);
  return value;
}

/** Evaluates what was observed. Throws UnreadableError where that needs a facet that could not be read: silence is never compliance. */
export function evaluate(
  control: AnyControl,
  { ref }: Pick<Subject, 'ref'>,
  observation: Observation,
  context: Context,
): Evaluated {
  if (observation.foreign !== undefined)
    return { evaluation: notApplicable(observation.foreign), state: null, deleted: false };
  if (observation.gone) return evaluateDeleted(control, ref, context);
  const state = stateOf(control.needs, ref, observation);
  const evaluation = control.evaluate(guarded(state), context);
  return { evaluation, state, deleted: false };
}

function evaluateDeleted(control: AnyControl, ref: ResourceRef, context: Context): Evaluated {
  if (control.whenDeleted === undefined)
    return { evaluation: notApplicable('The resource does not exist (any more).'), state: null, deleted: true };
  const state = frozen({ ...context.lastKnown, ref });
  const evaluation = control.whenDeleted.evaluate(context.lastKnown === null ? null : state, context);
  return { evaluation, state, deleted: true };
}

/** The state of these facets, unreadable ones as values. */
export const stateOf = (names: readonly string[], ref: ResourceRef, { facets, unreadable }: Observation): PlainState =>
  frozen({ ...Object.fromEntries(names.map((name) => [name, unreadable[name] ?? facets[name]])), ref });

/** The state as a control sees it: touching an unreadable facet throws, so that a decision without it holds. */
export const guarded = <T extends object>(state: T): T =>
  new Proxy(state, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (value instanceof Unreadable) throw value.error satisfies UnreadableError;
      return value;
    },
  });
