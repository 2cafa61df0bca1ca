import type { AnyControl, Mode } from '../../shared/control.ts';
import type { Cause, Engine, Subject } from '../../shared/engine/context.ts';
import { Draft } from '../../shared/engine/run/draft.ts';
import { observe } from '../../shared/engine/run/observation.ts';
import { facetsOf, Run } from '../../shared/engine/run/run.ts';
import { LEASE_MS } from '../../shared/ledger/lease.ts';
import { resourceKey, type Session, withLease } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { type TestEngine, testEngine } from './engine.ts';
import { CAUSE, REF, subjectOf, World } from './fake-resource.ts';
import { change } from './ledger-fixtures.ts';

/** The box's key in the ledger. */
export const KEY = resourceKey('box', REF);
/** Who holds the lease of the runs that are made here. */
export const HOLDER = 'the run';

/** A box with an engine whose clock stands still but for sleeps and `later`, and runs on it. */
export interface BoxScene {
  readonly world: World;
  readonly engine: TestEngine;
  now(): number;
  later(milliseconds: number): void;
  /** A run that holds the lease, has read what holds for everybody, and has observed the box as it is now. */
  run(controls: readonly AnyControl[], rest?: Partial<Subject> & { readonly cause?: Partial<Cause> }): Promise<Run>;
  session(): Promise<Session>;
}

export function boxScene(
  world: World = new World({ lid: { open: true } }),
  { mode = 'remediate', ...overrides }: Partial<Engine> & { readonly mode?: Mode } = {},
): BoxScene {
  let now = Date.parse('2026-01-01T12:00:00Z');
  const engine = testEngine((region) => world.aws(region), mode, {
    ledger: ledgerIn(memoryStore(), () => now),
    clock: {
      now: () => new Date(now),
      async sleep(milliseconds) {
        now += milliseconds;
      },
    },
    ...overrides,
  });
  const { ledger } = engine;
  return {
    world,
    engine,
    now: () => now,
    later(milliseconds) {
      now += milliseconds;
    },
    async run(controls, { cause, ...rest } = {}) {
      const subject = { ...subjectOf(...controls), ...rest };
      const { state } = await ledger.load(KEY);
      const lease = { ...state.lease, holder: HOLDER, until: now + LEASE_MS, handles: controls.map(({ id }) => id) };
      const leased = await change(ledger, KEY, withLease(state, lease, now));
      const draft = new Draft(engine, await ledger.loadShared(leased), HOLDER);
      const observation = await observe(subject, facetsOf(controls), engine);
      return new Run(subject, { ...CAUSE, ...cause }, engine, draft, observation);
    },
    session: () => ledger.load(KEY),
  };
}
