import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { ACCOUNT } from '../../shared/ledger/breaker.ts';
import { chainErrors } from '../../shared/ledger/chain.ts';
import { LEASE_MS } from '../../shared/ledger/lease.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import type { Store } from '../../shared/ledger/store.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { REF } from '../support/ledger-fixtures.ts';
import { driftedBox, ledgerRun, type RunAccount, runOptions } from '../support/ledger-run.ts';

const KEY = resourceKey('ec2', REF);
// Hundreds of runs need their time on a machine that does other things too.
jest.setTimeout(180_000);

const T = Date.parse('2026-01-31T23:59:59.456Z');

describe('under any interleaving', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** A ledger and an account whose every call is scheduled; waits pass when the scheduler says so. */
  function scheduled(scheduler: fc.Scheduler) {
    jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation(((done: () => void) => scheduler.schedule(Promise.resolve(), 'wait').then(done)) as never);
    const memory = memoryStore();
    const { account, state } = driftedBox();
    const runAs = (holder: string) => {
      const later =
        <A extends readonly unknown[], T>(label: string, work: (...given: A) => Promise<T>) =>
        (...given: A): Promise<T> =>
          scheduler
            .schedule(Promise.resolve(), `${holder} asks: ${label}`)
            .then(() => work(...given))
            .then((answer) => scheduler.schedule(Promise.resolve(answer), `${holder} hears: ${label}`));
      const store: Store = {
        ...memory,
        get: later('get', memory.get),
        query: later('query', memory.query),
        commit: later('commit', memory.commit),
      };
      const far: RunAccount = {
        read: later('read', account.read),
        call: later('call', account.call),
        publish: later('publish', account.publish),
      };
      return ledgerRun(far, runOptions(ledgerIn(store), holder));
    };
    return { memory, state, runAs };
  }

  async function proven(store: Store, writes: number) {
    const ledger = ledgerIn(store);
    const records = await Array.fromAsync(ledger.remediations());
    expect(records.map(({ status }) => status)).toEqual(Array.from({ length: writes }, () => 'remediated'));
    expect(await ledger.load(KEY)).toMatchObject({
      state: { lease: { holder: null, wanted: [], dirty: false }, findings: {}, open: [], outbox: [] },
    });
    for (const chain of (await ledger.chains()).values())
      expect(chainErrors(chain.head, chain.links, (id) => chain.evidence.get(id) ?? null)).toEqual([]);
    const { times } = (await ledger.breakers.all()).get(ACCOUNT) ?? { times: [] };
    expect(times).toHaveLength(writes);
  }

  test('two runs on one resource make one write, one record and one notification', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { memory, state, runAs } = scheduled(scheduler);
        const ends = await scheduler.waitFor(Promise.all(['ann', 'bob'].map(runAs)));
        expect(ends.filter(({ outcome }) => outcome === 'remediated')).toHaveLength(1);
        expect(state).toMatchObject({ drifted: false, calls: 1 });
        expect(state.published).toHaveLength(1);
        await proven(memory, 1);
      }),
      { numRuns: 1000 },
    );
  });

  test('runs on a resource that drifts meanwhile, each time with its event: no drift is left, and each write has its record', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 3 }), async (scheduler, drifts) => {
        const { memory, state, runAs } = scheduled(scheduler);
        const driftAgain = async (index: number) => {
          await scheduler.schedule(Promise.resolve(), 'drifts');
          state.drifted = true;
          return runAs(`run-${index}`);
        };
        const again = Array.from({ length: drifts }, (_, index) => driftAgain(index));
        await scheduler.waitFor(Promise.all([runAs('first'), ...again]));
        expect(state.drifted).toBe(false);
        expect(state.calls).toBeLessThanOrEqual(1 + drifts);
        await proven(memory, state.calls);
      }),
      { numRuns: 500 },
    );
  });
});

describe('runs that die', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** After how many calls a run dies; half a call more: the last is made, and its answer never arrives. */
  const lives = fc.option(
    fc.integer({ min: 1, max: 40 }).map((halves) => halves / 2),
    { freq: 3 },
  );

  test('never write at once with another, lose no drift, and leave records and chains that are whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(lives, { minLength: 2, maxLength: 4 }), async (scheduler, all) => {
        jest
          .spyOn(globalThis, 'setTimeout')
          .mockImplementation(((done: () => void) =>
            scheduler.schedule(Promise.resolve(), 'wait').then(done)) as never);
        const memory = memoryStore();
        const { account, state } = driftedBox();
        let now = T;
        let writing = 0;
        let overlaps = 0;
        const deliver = (holder: string, life: number | null): Promise<boolean> => {
          const dead = Promise.withResolvers<boolean>();
          let left = life ?? Number.POSITIVE_INFINITY;
          const step = async <R>(label: string, work: () => Promise<R>): Promise<R> => {
            left -= 1;
            if (left < 0 && left > -0.6) {
              await scheduler.schedule(Promise.resolve(), `${holder} ${label}, and is not heard of again`);
              await work();
            } else if (left >= 0) {
              await scheduler.schedule(Promise.resolve(), `${holder} ${label}`);
              return work();
            }
            dead.resolve(false);
            return new Promise<never>(() => {});
          };
          const store: Store = {
            ...memory,
            get: (pk, sk) => step('get', () => memory.get(pk, sk)),
            query: (pk, prefix) => step('query', () => memory.query(pk, prefix)),
            commit: (writes, checks) => step('commit', () => memory.commit(writes, checks)),
          };
          const far: RunAccount = {
            read: () => step('read', account.read),
            publish: (notice) => step('publish', () => account.publish(notice)),
            call: () =>
              step('call', async () => {
                writing += 1;
                if (writing > 1) overlaps += 1;
                await scheduler.schedule(Promise.resolve(), `${holder} writes`);
                writing -= 1;
                await account.call();
              }),
          };
          const run = ledgerRun(far, { ...runOptions(ledgerIn(store), holder), now: () => now });
          return Promise.race([run.then(() => true), dead.promise]);
        };
        const driftAnd = async (index: number, life: number | null) => {
          await scheduler.schedule(Promise.resolve(), 'drifts');
          state.drifted = true;
          return deliver(`run-${index}`, life);
        };
        const done = await scheduler.waitFor(Promise.all(all.map((life, index) => driftAnd(index, life))));
        // What died comes again, when its lease has ended, and so does whatever was left to a run that died.
        for (let turn = 0; done.includes(false) && turn < 2; turn += 1) {
          now += 2 * LEASE_MS;
          await scheduler.waitFor(deliver(`retry-${turn}`, null));
        }
        expect(overlaps).toBe(0);
        expect(state.drifted).toBe(false);
        const ledger = ledgerIn(memory);
        const { lease, open } = (await ledger.load(KEY)).state;
        expect({ held: lease.holder, wanted: lease.wanted, open }).toEqual({ held: null, wanted: [], open: [] });
        const records = await Array.fromAsync(ledger.remediations());
        expect(records.filter(({ status }) => status !== 'remediated' && status !== 'interrupted')).toEqual([]);
        expect(records.length).toBeGreaterThanOrEqual(state.calls);
        for (const { head, links, evidence } of (await ledger.chains()).values())
          expect(chainErrors(head, links, (id) => evidence.get(id) ?? null)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
