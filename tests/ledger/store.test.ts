import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { memoryStore } from '../../shared/ledger/memory.ts';
import { ConflictError, putLatest, retryOnConflict, type Store, update } from '../../shared/ledger/store.ts';

test('what is put whatever stood there goes on from its version', async () => {
  const store = memoryStore();
  const at = { pk: 'p', sk: 's' };
  for (const document of [1, 2, null, 3]) await putLatest(store, { ...at, document });
  expect(await store.get('p', 's')).toMatchObject({ version: 4, document: 3 });
});

describe('retryOnConflict', () => {
  /** A clock whose waits pass at once and are recorded. */
  const clock = () => {
    const waits: number[] = [];
    return { waits, sleep: async (milliseconds: number) => void waits.push(milliseconds) };
  };
  const conflicts = (times: number) => {
    let left = times;
    return async () => {
      if (left-- > 0) throw new ConflictError('again');
      return 'done';
    };
  };

  test('goes on while others come between, with waits that grow and stay short', async () => {
    const { waits, sleep } = clock();
    expect(await retryOnConflict(conflicts(30), { sleep })).toBe('done');
    expect(waits).toHaveLength(30);
    expect(Math.max(...waits.slice(0, 3))).toBeLessThan(8);
    expect(Math.max(...waits)).toBeGreaterThan(50);
    expect(Math.max(...waits)).toBeLessThanOrEqual(500);
  });

  test('does not wait for ever', async () => {
    const { waits, sleep } = clock();
    await expect(retryOnConflict(conflicts(Number.POSITIVE_INFINITY), { sleep })).rejects.toThrow(ConflictError);
    expect(waits.length).toBeGreaterThan(20);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(25_000);
  });

  test('does not try again what failed by anything else', async () => {
    let tries = 0;
    const down = async () => {
      tries += 1;
      throw new Error('down');
    };
    await expect(retryOnConflict(down)).rejects.toThrow('down');
    expect(tries).toBe(1);
  });
});

test('updates under any interleaving add up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), async (scheduler, runs) => {
      const memory = memoryStore();
      const store: Store = {
        ...memory,
        get: scheduler.scheduleFunction(memory.get),
        commit: scheduler.scheduleFunction(memory.commit),
      };
      const spy = jest
        .spyOn(globalThis, 'setTimeout')
        .mockImplementation(((done: () => void) => scheduler.schedule(Promise.resolve(), 'wait').then(done)) as never);
      try {
        const add = () =>
          update(store, [{ pk: 'p', sk: 's' }], ([n]) => ({ next: [Number(n ?? 0) + 1], answer: null }));
        await scheduler.waitFor(Promise.all(Array.from({ length: runs }, add)));
      } finally {
        spy.mockRestore();
      }
      expect(await memory.get('p', 's')).toMatchObject({ document: runs, version: runs });
    }),
    { numRuns: 100 },
  );
});
