import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  currentFlaps,
  evaluateFlap,
  type Flap,
  type FlapLimit,
  NO_FLAP,
  recordRemediation,
  withoutFlapsOf,
} from '../../shared/ledger/flap.ts';

const LIMIT: FlapLimit = { times: 3, within: 1000 };
const T = 1_000_000;
const after = (...times: readonly number[]): Flap =>
  times.reduce((flap, time) => recordRemediation(evaluateFlap(flap, LIMIT, time).next, 'c', time), NO_FLAP);

describe('a drift', () => {
  test('that was remediated fewer times than the limit is remediated again', () => {
    expect(evaluateFlap(NO_FLAP, LIMIT, T)).toMatchObject({ stopped: false, tripped: false });
    expect(evaluateFlap(after(T, T + 1), LIMIT, T + 2)).toMatchObject({ stopped: false, tripped: false });
  });

  test('that comes back after as many is stopped, once', () => {
    const { stopped, tripped, next } = evaluateFlap(after(T, T + 1, T + 2), LIMIT, T + 3);
    expect({ stopped, tripped }).toEqual({ stopped: true, tripped: true });
    expect(next).toMatchObject({ trippedAt: T + 3, lastDrift: T + 3 });
    expect(evaluateFlap(next, LIMIT, T + 4)).toMatchObject({
      stopped: true,
      tripped: false,
      next: { trippedAt: T + 3 },
    });
  });

  test('that comes back more slowly than the window does not', () => {
    expect(evaluateFlap(after(T, T + 500, T + 999), LIMIT, T + 1000).stopped).toBe(false);
    expect(evaluateFlap(after(T, T + 500, T + 999), LIMIT, T + 999).stopped).toBe(true);
  });

  test('that is seen again and again stays stopped, and goes on after a time as long as the window', () => {
    let { next } = evaluateFlap(after(T, T, T), LIMIT, T);
    for (let now = T; now < T + 10_000; now += 900) {
      const seen = evaluateFlap(next, LIMIT, now);
      expect(seen.stopped).toBe(true);
      next = seen.next;
    }
    const last = next.lastDrift;
    expect(evaluateFlap(next, LIMIT, last + 1000).stopped).toBe(true);
    expect(evaluateFlap(next, LIMIT, last + 1001)).toEqual({
      stopped: false,
      tripped: false,
      next: { times: [], trippedAt: null, lastDrift: last + 1001, controlId: 'c' },
    });
  });

  test('counts for a window from its remediation, also where it was last seen before', () => {
    const flap = recordRemediation(evaluateFlap(NO_FLAP, LIMIT, T).next, 'c', T + 500);
    expect(evaluateFlap(flap, LIMIT, T + 1001).next.times).toEqual([T + 500]);
  });

  test('is counted by what is remediated and not by what is seen', () => {
    let flap = NO_FLAP;
    for (let turn = 0; turn < 20; turn += 1) flap = evaluateFlap(flap, LIMIT, T + turn).next;
    expect(flap.times).toEqual([]);
    expect(evaluateFlap(flap, LIMIT, T + 20).stopped).toBe(false);
  });

  test('is never remediated more often than the limit within the window, whenever it comes', () => {
    const limits = fc.record({ times: fc.integer({ min: 1, max: 5 }), within: fc.integer({ min: 1, max: 5000 }) });
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 60 }), (limit, waits) => {
        let flap = NO_FLAP;
        let now = T;
        const made: number[] = [];
        for (const wait of waits) {
          now += wait;
          const seen = evaluateFlap(flap, limit, now);
          flap = seen.stopped ? seen.next : recordRemediation(seen.next, 'c', now);
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

test('an element names the control that remediated it last', () => {
  expect(recordRemediation(recordRemediation(NO_FLAP, 'a', T), 'b', T + 1)).toMatchObject({
    controlId: 'b',
    times: [T, T + 1],
  });
  expect(evaluateFlap(after(T), LIMIT, T + 1).next.controlId).toBe('c');
});

describe('the flaps of a resource', () => {
  const flaps = {
    old: { ...after(T), lastDrift: T },
    seen: { ...NO_FLAP, lastDrift: T + 900 },
    remediated: { ...after(T + 900), lastDrift: 0 },
    another: { ...after(T + 900), controlId: 'd' },
  };

  test('are left out when they were quiet for longer than the window', () => {
    expect(Object.keys(currentFlaps(flaps, LIMIT, T + 999))).toEqual(['old', 'seen', 'remediated', 'another']);
    expect(Object.keys(currentFlaps(flaps, LIMIT, T + 1000))).toEqual(['seen', 'remediated', 'another']);
    expect(currentFlaps(flaps, LIMIT, T + 10_000)).toEqual({});
  });

  test('of a control are cleared, and no others', () => {
    expect(Object.keys(withoutFlapsOf(flaps, 'c'))).toEqual(['seen', 'another']);
    expect(withoutFlapsOf(flaps, 'e')).toEqual(flaps);
  });
});
