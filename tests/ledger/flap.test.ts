import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { counted, type Flap, type FlapLimit, look, STEADY } from '../../shared/ledger/flap.ts';

const LIMIT: FlapLimit = { times: 3, within: 1000 };
const T = 1_000_000;
const after = (...times: readonly number[]): Flap =>
  times.reduce((flap, time) => counted(look(flap, LIMIT, time).next, time), STEADY);

describe('a drift', () => {
  test('that was put right fewer times than the limit is put right again', () => {
    expect(look(STEADY, LIMIT, T)).toMatchObject({ stopped: false, tripped: false });
    expect(look(after(T, T + 1), LIMIT, T + 2)).toMatchObject({ stopped: false, tripped: false });
  });

  test('that comes back after as many stops us, once', () => {
    const { stopped, tripped, next } = look(after(T, T + 1, T + 2), LIMIT, T + 3);
    expect({ stopped, tripped }).toEqual({ stopped: true, tripped: true });
    expect(next).toMatchObject({ trippedAt: T + 3, lastDrift: T + 3 });
    expect(look(next, LIMIT, T + 4)).toMatchObject({ stopped: true, tripped: false, next: { trippedAt: T + 3 } });
  });

  test('that comes back more slowly than the window does not', () => {
    expect(look(after(T, T + 500, T + 999), LIMIT, T + 1000).stopped).toBe(false);
    expect(look(after(T, T + 500, T + 999), LIMIT, T + 999).stopped).toBe(true);
  });

  test('that is seen again and again keeps us stopped, and lets us go on after a time as long as the window', () => {
    let { next } = look(after(T, T, T), LIMIT, T);
    for (let now = T; now < T + 10_000; now += 900) {
      const seen = look(next, LIMIT, now);
      expect(seen.stopped).toBe(true);
      next = seen.next;
    }
    const last = next.lastDrift;
    expect(look(next, LIMIT, last + 1000).stopped).toBe(true);
    expect(look(next, LIMIT, last + 1001)).toEqual({
      stopped: false,
      tripped: false,
      next: { times: [], trippedAt: null, lastDrift: last + 1001 },
    });
  });

  test('is counted by what is put right and not by what is seen', () => {
    let flap = STEADY;
    for (let turn = 0; turn < 20; turn += 1) flap = look(flap, LIMIT, T + turn).next;
    expect(flap.times).toEqual([]);
    expect(look(flap, LIMIT, T + 20).stopped).toBe(false);
  });

  test('is never put right more often than the limit within the window, whenever it comes', () => {
    const limits = fc.record({ times: fc.integer({ min: 1, max: 5 }), within: fc.integer({ min: 1, max: 5000 }) });
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 60 }), (limit, waits) => {
        let flap = STEADY;
        let now = T;
        const made: number[] = [];
        for (const wait of waits) {
          now += wait;
          const seen = look(flap, limit, now);
          flap = seen.stopped ? seen.next : counted(seen.next, now);
          if (!seen.stopped) made.push(now);
          expect(flap.times.length).toBeLessThanOrEqual(limit.times);
        }
        for (const time of made)
          expect(made.filter((other) => other >= time && other < time + limit.within).length).toBeLessThanOrEqual(
            limit.times,
          );
      }),
    );
  });
});
