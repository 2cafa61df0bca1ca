import { randomUUID } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { type AnyControl, compliant, nonCompliant, step } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { reconcile } from '../../shared/engine/reconcile/reconciler.ts';
import { troublesOf } from '../../shared/ledger/chain.ts';
import {
  BusyError,
  type Claim,
  LEASE,
  LEASE_TIME,
  LeaseLostError,
  leasesIn,
  standing,
} from '../../shared/ledger/lease.ts';
import { type Ledger, resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryStore, type Store } from '../../shared/ledger/store.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { testEngine } from '../support/engine.ts';
import {
  type Box,
  BoxClient,
  box,
  CAUSE,
  GOOD,
  labelled,
  lidClosed,
  locked,
  REF,
  TurnKeyCommand,
  World,
} from '../support/fake-resource.ts';

const ALL: Claim = { wants: ['a'], covers: ['a', 'b', 'c'] };

/** Leases over a store in memory, with a clock that stands still. */
function scene(store: Store = memoryStore()) {
  let now = 1_000_000;
  const leases = leasesIn(
    store,
    (key) => key,
    () => now,
  );
  const later = (milliseconds: number) => {
    now += milliseconds;
  };
  const stands = async () => standing((await store.get('key', LEASE))?.document ?? null, now);
  return { leases, later, stands };
}

describe('a lease', () => {
  test('is had by one, until it is let go of', async () => {
    const { leases, stands } = scene();
    expect(await stands()).toEqual({ held: false, leftBehind: [] });
    expect(await leases.acquire('key', 'ann', ALL)).toBe(true);
    expect(await stands()).toEqual({ held: true, leftBehind: [] });
    expect(await leases.acquire('another', 'bob', ALL)).toBe(true);
    expect(await leases.release('key', 'ann')).toEqual([]);
    expect(await stands()).toEqual({ held: false, leftBehind: [] });
    expect(await leases.acquire('key', 'bob', ALL)).toBe(true);
  });

  test('is ours still when we ask again: the answer may have been lost', async () => {
    const { leases } = scene();
    expect(await leases.acquire('key', 'ann', ALL)).toBe(true);
    expect(await leases.acquire('key', 'ann', ALL)).toBe(true);
    expect(await leases.release('key', 'ann')).toEqual([]);
  });

  test('is left with the mark of whoever came meanwhile: the holder looks again, as often as somebody came', async () => {
    const { leases } = scene();
    await leases.acquire('key', 'ann', ALL);
    expect(await leases.acquire('key', 'bob', ALL)).toBe(false);
    expect(await leases.acquire('key', 'cyd', { wants: ['b'], covers: [] })).toBe(false);
    expect(await leases.release('key', 'ann')).toEqual(['a', 'b']);
    expect(await leases.acquire('key', 'bob', ALL)).toBe(false);
    expect(await leases.release('key', 'ann')).toEqual(['a', 'b']);
    expect(await leases.release('key', 'ann')).toEqual([]);
    expect(await leases.acquire('key', 'bob', ALL)).toBe(true);
    expect(await leases.release('key', 'bob')).toEqual([]);
  });

  test('turns away whoever wants what its holder cannot look at, and keeps no mark of it', async () => {
    const { leases } = scene();
    await leases.acquire('key', 'ann', { wants: ['a'], covers: ['a'] });
    await expect(leases.acquire('key', 'bob', { wants: ['a', 'd'], covers: ['a', 'd'] })).rejects.toThrow(BusyError);
    expect(await leases.release('key', 'ann')).toEqual([]);
  });

  test('of a holder that died is had by the next, once it has ended', async () => {
    const { leases, later, stands } = scene();
    await leases.acquire('key', 'ann', ALL);
    later(LEASE_TIME - 1);
    expect(await leases.acquire('key', 'bob', { ...ALL, wants: ['b'] })).toBe(false);
    expect((await stands()).held).toBe(true);
    later(1);
    expect(await stands()).toEqual({ held: false, leftBehind: ['a', 'b'] });
    expect(await leases.acquire('key', 'bob', { ...ALL, wants: ['c'] })).toBe(true);
    // What the dead one was to look at, and what it was asked for, is now the next one's.
    expect(await leases.release('key', 'bob')).toEqual(['a', 'b', 'c']);
    expect(await leases.release('key', 'bob')).toEqual([]);
    expect(await stands()).toEqual({ held: false, leftBehind: [] });
  });

  test('leaves what its next holder cannot look at to one that can', async () => {
    const { leases, stands } = scene();
    await leases.acquire('key', 'ann', { wants: ['a', 'b'], covers: ['a', 'b'] });
    await leases.abandon('key', 'ann');
    await leases.acquire('key', 'bob', { wants: ['c'], covers: ['b', 'c'] });
    expect(await leases.release('key', 'bob')).toEqual(['b', 'c']);
    expect(await leases.release('key', 'bob')).toEqual([]);
    expect(await stands()).toEqual({ held: false, leftBehind: ['a'] });
    await leases.acquire('key', 'cyd', ALL);
    expect(await leases.release('key', 'cyd')).toEqual([]);
    expect(await stands()).toEqual({ held: false, leftBehind: [] });
  });

  test('holds on for as long as it is renewed', async () => {
    const { leases, later } = scene();
    await leases.acquire('key', 'ann', ALL);
    for (let turn = 0; turn < 5; turn += 1) {
      later(LEASE_TIME - 1);
      await leases.renew('key', 'ann');
    }
    expect(await leases.acquire('key', 'bob', ALL)).toBe(false);
    expect(await leases.release('key', 'ann')).toEqual(['a']);
  });

  test('that ended and that nobody took is still ours', async () => {
    const { leases, later } = scene();
    await leases.acquire('key', 'ann', ALL);
    later(2 * LEASE_TIME);
    await leases.renew('key', 'ann');
    expect(await leases.acquire('key', 'bob', ALL)).toBe(false);
  });

  test('that another has taken over is not ours any more, whatever we ask', async () => {
    const { leases, later, stands } = scene();
    await leases.acquire('key', 'ann', ALL);
    later(LEASE_TIME);
    await leases.acquire('key', 'bob', ALL);
    await expect(leases.renew('key', 'ann')).rejects.toThrow(LeaseLostError);
    await expect(leases.release('key', 'ann')).rejects.toThrow(LeaseLostError);
    await leases.abandon('key', 'ann');
    expect((await stands()).held).toBe(true);
    expect(await leases.release('key', 'bob')).toEqual([]);
    await expect(leases.release('key', 'bob')).rejects.toThrow(LeaseLostError);
  });

  test('that was renewed too slowly to be sure of is no right to write', async () => {
    const memory = memoryStore();
    let slow = 0;
    const { leases, later } = scene({
      ...memory,
      async commit(writes) {
        later(slow);
        await memory.commit(writes);
      },
    });
    await leases.acquire('key', 'ann', ALL);
    slow = LEASE_TIME / 2;
    await leases.renew('key', 'ann');
    slow += 1;
    await expect(leases.renew('key', 'ann')).rejects.toThrow(LeaseLostError);
  });

  test('that is given up leaves its work to the next', async () => {
    const { leases, stands } = scene();
    await leases.acquire('key', 'ann', ALL);
    await leases.acquire('key', 'bob', { ...ALL, wants: ['c'] });
    await leases.abandon('key', 'ann');
    expect(await stands()).toEqual({ held: false, leftBehind: ['a', 'c'] });
  });
});

/** Sees the lock alone, as `lidClosed` sees the lid: no control puts right what is another's. */
const keyed: AnyControl = {
  ...locked,
  id: 'box-keyed',
  needs: ['lock'],
  evaluate: ({ lock }) => (lock.on ? compliant('It is locked.') : nonCompliant('It is not locked.')),
  plan: () => [step(BoxClient, TurnKeyCommand, { turns: 2 })],
};

const SIBLINGS = [lidClosed, keyed, labelled];

describe('a run', () => {
  const stage = (state: Partial<Box>) => {
    let now = Date.parse('2026-01-01T12:00:00Z');
    const world = new World(state);
    const ledger = ledgerIn(memoryStore(), () => now);
    const run = (controls: readonly AnyControl[], change: Partial<Ledger> = {}) =>
      reconcile(
        { resource: box, ref: REF, controls, siblings: SIBLINGS },
        CAUSE,
        testEngine((region) => world.aws(region), 'remediate', {
          ledger: { ...ledger, ...change },
          clock: { now: () => new Date(now), sleep: async () => {} },
        }),
      );
    const later = () => {
      now += LEASE_TIME;
    };
    return { world, ledger, run, later };
  };
  const key = resourceKey('box', REF);

  test('that fails lets go at once, and its results say that it failed and what it did', async () => {
    const { ledger, run } = stage({ lid: { open: true } });
    const release = async () => {
      throw new Error('down');
    };
    expect(await run([lidClosed], { release })).toMatchObject([
      { outcome: 'failed', error: 'down', remediationId: expect.stringMatching(/^rem-/), after: 'COMPLIANT' },
    ]);
    expect(await ledger.recall(key)).toMatchObject({ held: false, leftBehind: [lidClosed.id] });
  });

  test('takes over what one that was cut off was to look at, though all is well by its own controls', async () => {
    const { world, ledger, run, later } = stage({ lock: { on: false } });
    await ledger.acquire(key, 'dead', { wants: [keyed.id], covers: SIBLINGS.map(({ id }) => id) });
    expect(await run([lidClosed])).toMatchObject([{ outcome: 'compliant' }]);
    expect(world.box).toMatchObject({ lock: { on: false } });
    later();
    expect(await run([lidClosed])).toMatchObject([
      { controlId: lidClosed.id, outcome: 'compliant' },
      { controlId: keyed.id, outcome: 'remediated' },
    ]);
    expect(world.box).toEqual(GOOD);
    expect(await ledger.recall(key)).toMatchObject({ held: false, leftBehind: [] });
  });

  test('that comes while another is at work says so, writes nothing, tells nobody and counts nothing', async () => {
    const { world, ledger, run } = stage({ lid: { open: true } });
    await ledger.acquire(key, 'another', { wants: [keyed.id], covers: SIBLINGS.map(({ id }) => id) });
    const [result] = await run([lidClosed]);
    expect(result).toMatchObject({ outcome: 'detected', after: 'NON_COMPLIANT', error: null });
    expect(result?.annotation).toMatch(/^Another run is at work on it and will look again\./);
    expect(world.calls).toEqual([]);
    expect((await ledger.recall(key)).findings).toEqual([]);
    expect(await ledger.breakers.all()).toEqual(new Map());
    expect(await ledger.release(key, 'another')).toEqual([keyed.id, lidClosed.id]);
  });

  test('that wants what the other cannot look at fails, so that it comes again', async () => {
    const { ledger, run } = stage({ lid: { open: true } });
    await ledger.acquire(key, 'another', { wants: [], covers: [] });
    expect(await run([lidClosed])).toMatchObject([{ outcome: 'failed', error: expect.stringMatching(/^BusyError/) }]);
  });
});

/** What becomes of a box while runs are at work on it. */
type Action =
  | { readonly kind: 'event'; readonly controls: readonly AnyControl[]; readonly lives: number | null }
  | { readonly kind: 'change'; readonly change: Partial<Box>; readonly controls: readonly AnyControl[] };

const BY_FACET: readonly (readonly [Partial<Box>, readonly AnyControl[]])[] = [
  [{ lid: { open: true } }, [lidClosed]],
  [{ lock: { on: false } }, [keyed]],
  [{ lid: { open: true }, lock: { on: false } }, [lidClosed, keyed]],
  [{ label: { text: '' } }, [labelled]],
];
const isRight = ({ lid, lock }: Box) => !lid.open && lock.on;

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom(...BY_FACET).map(([change, controls]) => ({ kind: 'change' as const, change, controls })),
  fc.record({
    kind: fc.constant('event' as const),
    controls: fc.constantFrom([lidClosed, keyed], [keyed], [labelled]),
    lives: fc.option(fc.double({ min: 0.5, max: 25.5, noNaN: true }), { freq: 3 }),
  }),
);

/** A box whose every call is scheduled, and which notices two writers at once. */
class WatchedWorld extends World {
  writing = new Set<string>();
  readonly overlaps: string[] = [];
}

describe('runs on one resource, under any interleaving', () => {
  const runAll = async (scheduler: fc.Scheduler, actions: readonly Action[]) => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const memory = memoryStore();
    const world = new WatchedWorld();
    const pending: (readonly AnyControl[])[] = [];
    const tick = <T>(label: string, work: () => Promise<T>): Promise<T> =>
      scheduler.schedule(Promise.resolve(), label).then(work);

    const engineOf = (run: string, lives: number | null, dies: () => void): Engine => {
      let left = lives ?? Number.POSITIVE_INFINITY;
      const die = () => {
        dies();
        return new Promise<never>(() => {});
      };
      /** One call to the world outside; a run that has died makes none, and one that is dying hears no answer. */
      const step = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
        left -= 1;
        if (left < 0) return die();
        const answer = await tick(`${run} ${label}`, work);
        return left < 0.5 ? die() : answer;
      };
      const store: Store = {
        get: (pk, sk) => step('get', () => memory.get(pk, sk)),
        query: (pk, prefix) => step('query', () => memory.query(pk, prefix)),
        list: memory.list,
        commit: (writes) => step('commit', () => memory.commit(writes)),
      };
      const aws: ReturnType<Engine['aws']> = (() => ({
        world: { read: (facet: keyof Box) => step(`read ${facet}`, () => world.read(facet)) },
        send: (command: object) =>
          step('call', async () => {
            if (world.writing.size > 0) world.overlaps.push(`${run} beside ${[...world.writing]}`);
            world.writing.add(run);
            await tick(`${run} writes`, async () => {});
            world.writing.delete(run);
            const client = world.aws(REF.region)(Object as never) as { send(given: object): Promise<object> };
            return client.send(command);
          }),
      })) as never;
      return {
        ...testEngine(() => aws),
        ledger: ledgerIn(store, () => now),
        policy: policyFrom({
          defaults: { mode: 'remediate' },
          limits: { flap: { times: 1000, within: '1h' }, remediationsPerHour: 1000 },
        }),
        clock: { now: () => new Date(now), sleep: (ms) => tick(`${run} sleeps ${ms}`, async () => {}) },
      };
    };
    const subject = (controls: readonly AnyControl[]) => ({ resource: box, ref: REF, controls, siblings: SIBLINGS });
    /** A run as Lambda makes it: one that fails or dies comes again later. */
    const deliver = async (controls: readonly AnyControl[], lives: number | null) => {
      const dead = Promise.withResolvers<null>();
      const engine = engineOf(randomUUID().slice(0, 4), lives, () => dead.resolve(null));
      const results = await Promise.race([reconcile(subject(controls), CAUSE, engine), dead.promise]);
      if (results === null || results.some(({ outcome }) => outcome === 'failed')) pending.push(controls);
    };

    const runs = actions.map((act) =>
      tick(act.kind, async () => {
        if (act.kind === 'event') return deliver(act.controls, act.lives);
        world.box = { ...(world.box as Box), ...act.change };
        return deliver(act.controls, null);
      }),
    );
    await scheduler.waitFor(Promise.all(runs));
    // Whatever failed or died comes again, as the retry and the dead-letter queue bring it, until all is quiet.
    let turns = 0;
    while (pending.length > 0) {
      turns += 1;
      expect(turns).toBeLessThan(10);
      now += LEASE_TIME;
      for (const controls of pending.splice(0)) await scheduler.waitFor(deliver(controls, null));
    }
    return { world, memory, now: () => now };
  };

  test('never write at once, lose no change, and wait for nobody for ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(action, { minLength: 2, maxLength: 6 }), async (scheduler, actions) => {
        const spy = jest
          .spyOn(globalThis, 'setTimeout')
          .mockImplementation(((done: () => void) =>
            scheduler.schedule(Promise.resolve(), 'waits').then(done)) as never);
        try {
          const { world, memory, now } = await runAll(scheduler, actions);
          expect(world.overlaps).toEqual([]);
          expect(isRight(world.box ?? GOOD)).toBe(true);
          const ledger = ledgerIn(memory, now);
          const key = resourceKey('box', REF);
          expect(await ledger.recall(key)).toMatchObject({ held: false });
          const records = new Map<string, never>();
          for await (const record of ledger.remediations()) records.set(record.id, record as never);
          const { head, links } = await ledger.chain(key);
          expect(troublesOf(head, links, (id) => records.get(id) ?? null)).toEqual([]);
          expect(new Set(links.map(({ remediationId }) => remediationId))).toEqual(new Set(records.keys()));
        } finally {
          spy.mockRestore();
        }
      }),
      { numRuns: 150 },
    );
  });
});
