import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/memory.ts';
import type { Store } from '../../../shared/ledger/store.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import type { Aws } from '../../../shared/resource.ts';
import { testEngine } from '../../support/engine.ts';
import { CAUSE, lidClosed, locked, REF, subjectOf, World } from '../../support/fake-resource.ts';

const KEY = resourceKey('box', REF);
const RUNS = 1000;
const NOW = Date.parse('2026-01-01T12:00:00Z');

/** A store, and an account, whose every call comes to its turn when the scheduler says so. */
function scheduled(scheduler: fc.Scheduler) {
  const inner = memoryStore();
  const later = <A extends readonly unknown[], T>(call: (...given: A) => Promise<T>): ((...given: A) => Promise<T>) =>
    scheduler.scheduleFunction(call as never) as never;
  const store: Store = {
    ...inner,
    get: later((...given: Parameters<Store['get']>) => inner.get(...given)),
    query: later((...given: Parameters<Store['query']>) => inner.query(...given)),
    commit: later((...given: Parameters<Store['commit']>) => inner.commit(...given)),
  };
  const world = new World({ lid: { open: true }, lock: { on: false } });
  const read = later((facet: Parameters<World['read']>[0]) => world.read(facet));
  const send = later((aws: Aws, command: object) =>
    (aws(Object as never) as { send(command: object): Promise<object> }).send(command),
  );
  const view = new Proxy(world, { get: (target, name) => (name === 'read' ? read : Reflect.get(target, name)) });
  const aws = (region: string): Aws =>
    ((_client: unknown) => ({
      world: view,
      send: (command: object) => send(world.aws(region), command),
    })) as unknown as Aws;
  return { store, inner, world, aws };
}

describe.each([
  ['one step', [lidClosed], ['CloseLid']],
  ['two controls, the second of which needs the first', [lidClosed, locked], ['CloseLid', 'TurnKey']],
])('two runs on one resource, in any interleaving (%s)', (_name, controls, writes) => {
  test('make one write and one record of each remediation, and tell it once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { store, inner, world, aws } = scheduled(scheduler);
        const clock = { now: () => new Date(NOW), sleep: async () => {} };
        const engines = [0, 1].map(() => testEngine(aws, 'remediate', { ledger: ledgerIn(store, () => NOW), clock }));
        const results = Promise.all(engines.map((engine) => reconcile(subjectOf(...controls), CAUSE, engine)));
        await scheduler.waitFor(results);

        expect(world.calls.map(({ operation }) => operation)).toEqual(writes);
        const ledger = ledgerIn(inner, () => NOW);
        const records = await Array.fromAsync(ledger.remediations());
        expect(records.map(({ status }) => status)).toEqual(writes.map(() => 'remediated'));
        const { state } = await ledger.load(KEY);
        expect(state).toMatchObject({ open: [], findings: {}, outbox: [], lease: { holder: null, wanted: [] } });
        const notified = engines.flatMap(({ notified }) =>
          notified.map(({ result }) => `${result.controlId} ${result.outcome}`),
        );
        expect(notified.filter((one) => one.endsWith('remediated'))).toHaveLength(writes.length);
        for (const result of (await results).flat()) expect(result.outcome).not.toBe('failed');
        const broken = [...(await ledger.chains()).values()]
          .flatMap(({ links }) => links)
          .map(({ sequence }) => sequence);
        expect(broken).toEqual(broken.map((_, index) => index + 1));
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});

describe('what was read before the lease and changed by another run meanwhile', () => {
  const clock = { now: () => new Date(NOW), sleep: async () => {} };

  /** Run A reads the resource; then, before its `stop`-th call of the store, run B comes, remediates and ends. */
  test.each([0, 1, 2, 3])('never leads to a second write or record: before call %i', async (stop) => {
    const inner = memoryStore();
    const world = new World({ lid: { open: true } });
    const aws = (region: string) => world.aws(region);
    const run = (store: Store) =>
      reconcile(
        subjectOf(lidClosed),
        CAUSE,
        testEngine(aws, 'remediate', { ledger: ledgerIn(store, () => NOW), clock }),
      );
    let calls = 0;
    const rival = async () => {
      if (calls++ !== stop) return;
      // The reads of run A have been answered by now.
      await new Promise((resolve) => setImmediate(resolve));
      await run(inner);
    };
    const after =
      <A extends readonly unknown[], T>(call: (...given: A) => Promise<T>) =>
      async (...given: A): Promise<T> => {
        await rival();
        return call(...given);
      };
    const results = await run({
      ...inner,
      get: after(inner.get),
      query: after(inner.query),
      commit: after(inner.commit),
    });
    expect(world.calls).toHaveLength(1);
    const records = await Array.fromAsync(ledgerIn(inner, () => NOW).remediations());
    expect(records.map(({ status }) => status)).toEqual(['remediated']);
    expect(results.map(({ outcome }) => outcome)).not.toContain('failed');
  });
});
