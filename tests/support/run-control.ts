import type { AnyControl, Mode, Trusted } from '../../shared/control.ts';
import type { Cause } from '../../shared/engine/context.ts';
import { reconcile } from '../../shared/engine/reconcile/reconciler.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { type Aws, Gone, type ResourceRef } from '../../shared/resource.ts';
import { testEngine } from './engine.ts';
import { frozen } from './frozen.ts';

const CAUSE: Cause = {
  eventId: 'e-1',
  eventName: 'Test',
  eventTime: null,
  receivedAt: '2026-01-01T00:00:00.000Z',
  attribution: null,
};

/** How a resource reads while the engine is at work on it. */
export interface Reads {
  /** By facet name, before the first call; null for a resource that is gone. */
  readonly given: object | null;
  /** After the first call; as before where it says nothing. */
  readonly after?: object;
  /** What AWS Config knows of a resource that is gone. */
  readonly lastKnown?: object | null;
  /** What calls are answered with, by operation. */
  readonly answers?: Readonly<Record<string, object>>;
}

/** Under which circumstances the engine runs. */
export interface RunOptions {
  readonly now: Date;
  readonly parameters?: object;
  /** The last good values that the ledger kept. */
  readonly kept?: object;
  /** With whom may be shared. */
  readonly trusted?: Trusted;
}

/** Runs the real engine on a resource that reads as the case says, and gives the result and the calls that were made. */
export async function runControl(
  control: AnyControl,
  ref: ResourceRef,
  mode: Mode,
  { given, after, lastKnown = null, answers = {} }: Reads,
  { now, parameters = {}, kept = {}, trusted }: RunOptions,
) {
  const calls: (readonly [operation: string, input: object])[] = [];
  const aws = (() => ({
    async send(command: object & { readonly input: object }) {
      const operation = command.constructor.name.replace(/Command$/, '');
      calls.push([operation, command.input]);
      return { ...answers[operation], $metadata: { requestId: 'r-1' } };
    },
  })) as unknown as Aws;
  const facetNamed = (name: string) => ({
    grants: {},
    async read() {
      const state = calls.length > 0 && after ? { ...given, ...after } : given;
      if (state === null) throw new Gone('It is gone.');
      return frozen(state as Record<string, unknown>)[name];
    },
  });
  const names = [...control.needs, ...(control.planNeeds ?? [])];
  const facets = Object.fromEntries(names.map((name) => [name, facetNamed(name)]));
  const { ownership: _, ...rest } = control.resource;
  const resource = { ...rest, facets, lastKnown: { grants: {}, read: async () => lastKnown } };
  const clock = { now: () => now, sleep: async () => {} };
  const plain = testEngine(() => aws, mode, { parameters: { ...parameters }, clock });
  const engine = { ...plain, policy: { ...plain.policy, trusted: trusted ?? null } };
  const key = resourceKey(resource.service.id, ref);
  await engine.ledger.update(await engine.ledger.load(key), (state) => ({
    next: { ...state, lastKnown: { ...kept } },
    answer: null,
  }));
  const related = Object.fromEntries(Object.keys(control.related ?? {}).map((name) => [name, facetNamed(name)]));
  const controls = [{ ...control, resource, related }];
  const [result] = await reconcile({ resource, ref, controls }, CAUSE, engine);
  return { result, calls };
}
