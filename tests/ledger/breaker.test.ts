import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ACCOUNT,
  admit,
  type Breaker,
  breakersIn,
  CLOSED,
  COOL_DOWN,
  ended,
  HOUR,
} from '../../shared/ledger/breaker.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';

const T = 1_000 * HOUR;
const breaker = (rest: Partial<Breaker>): Breaker => ({ ...CLOSED, ...rest });
const open = (rest: Partial<Breaker> = {}) => breaker({ openedAt: T, ...rest });

describe('admit', () => {
  test.each<[string, Breaker, number, object]>([
    [
      'closed, with room',
      breaker({ times: [T - 1] }),
      T,
      { admitted: true, opened: false, next: breaker({ times: [T - 1, T] }) },
    ],
    [
      'closed, with room since an hour has passed',
      breaker({ times: [T - HOUR, T - 1] }),
      T,
      { admitted: true, next: breaker({ times: [T - 1, T] }) },
    ],
    [
      'closed, at the limit',
      breaker({ times: [T - HOUR + 1, T - 1] }),
      T,
      { admitted: false, opened: true, next: { openedAt: T } },
    ],
    ['open', open({ times: [] }), T + COOL_DOWN - 1, { admitted: false, opened: false }],
    ['open, cooled down, without room', open({ times: [T, T] }), T + COOL_DOWN, { admitted: false, opened: false }],
    [
      'open, cooled down, with room',
      open({ times: [T] }),
      T + COOL_DOWN,
      { admitted: true, next: { openedAt: T, probeUntil: T + 2 * COOL_DOWN } },
    ],
    ['half-open, while one tries', open({ probeUntil: T + 1 }), T + COOL_DOWN, { admitted: true }],
    [
      'half-open, while one still tries',
      open({ probeUntil: T + 2 * COOL_DOWN }),
      T + COOL_DOWN,
      { admitted: false, opened: false },
    ],
    [
      'half-open, when the one that tried is not heard of any more',
      open({ probeUntil: T + COOL_DOWN }),
      T + COOL_DOWN,
      { admitted: true },
    ],
  ])('%s', (_state, given, now, answer) => {
    expect(admit(given, 2, now)).toMatchObject(answer);
  });

  test('leaves it to one to tell that it opened, and to the next if nobody does', () => {
    const opening = admit(breaker({ times: [T] }), 1, T);
    expect(opening.opened).toBe(true);
    const until = opening.next.alarmUntil ?? 0;
    expect(until).toBeGreaterThan(T);
    expect(admit(opening.next, 1, until - 1).opened).toBe(false);
    const again = admit(opening.next, 1, until);
    expect(again.opened).toBe(true);
    expect(admit(again.next, 1, until).opened).toBe(false);
    expect(admit({ ...opening.next, alarmUntil: null }, 1, until + HOUR / 2).opened).toBe(false);
  });
});

describe('ended', () => {
  const half = open({ times: [T], probeUntil: T + COOL_DOWN });
  test('well, of the one that tried: closed, and what was counted still counts', () => {
    expect(ended(half, true, T + 1)).toEqual(breaker({ times: [T] }));
  });
  test('badly, of the one that tried: open as long again', () => {
    expect(ended(half, false, T + 1)).toEqual(open({ times: [T], openedAt: T + 1 }));
  });
  test.each([true, false])('of any other, well: %s, changes nothing', (well) => {
    for (const other of [CLOSED, open(), breaker({ times: [T] })]) expect(ended(other, well, T)).toEqual(other);
  });
});

type Act = { readonly wait: number } & ({ readonly kind: 'ask' } | { readonly kind: 'end'; readonly well: boolean });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    arbitrary: fc.record({ kind: fc.constant('ask' as const), wait: fc.integer({ min: 0, max: HOUR / 4 }) }),
    weight: 3,
  },
  fc.record({
    kind: fc.constant('end' as const),
    wait: fc.integer({ min: 0, max: HOUR / 4 }),
    well: fc.boolean(),
  }),
);

describe('any run of questions and endings', () => {
  test('lets no more than the limit through in any hour, alarms once for each opening, and tries with one at a time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(act, { maxLength: 80 }), (limit, acts) => {
        let state = CLOSED;
        let now = T;
        let alarms = 0;
        let openings = 0;
        let trying: number | null = null;
        const admitted: number[] = [];
        for (const given of acts) {
          now += given.wait;
          if (given.kind === 'end') {
            const before = state;
            state = ended(state, given.well, now);
            if (before.probeUntil !== null) {
              expect(state.openedAt).toBe(given.well ? null : now);
              trying = null;
            }
            continue;
          }
          const before = state;
          const answer = admit(state, limit, now);
          state = answer.next;
          if (before.openedAt === null && state.openedAt !== null) openings += 1;
          if (answer.opened) {
            alarms += 1;
            state = { ...state, alarmUntil: null };
          }
          if (!answer.admitted) continue;
          admitted.push(now);
          if (before.openedAt === null) continue;
          expect(now - before.openedAt).toBeGreaterThanOrEqual(COOL_DOWN);
          if (trying !== null) expect(now - trying).toBeGreaterThanOrEqual(COOL_DOWN);
          trying = now;
        }
        for (const time of admitted)
          expect(admitted.filter((other) => other >= time && other < time + HOUR).length).toBeLessThanOrEqual(limit);
        expect(alarms).toBe(openings);
      }),
      { numRuns: 500 },
    );
  });

  test('lets everything through that is asked for slowly enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }), (limit, asks) => {
        let state = CLOSED;
        for (let ask = 0; ask < asks; ask += 1) {
          const answer = admit(state, limit, T + ask * Math.ceil(HOUR / limit));
          expect(answer.admitted).toBe(true);
          state = answer.next;
        }
      }),
    );
  });
});

describe('the breakers of an account', () => {
  const scene = () => {
    let now = T;
    const breakers = breakersIn(memoryStore(), () => now);
    return { breakers, later: (milliseconds: number) => (now += milliseconds) };
  };
  const ask = (breakers: ReturnType<typeof scene>['breakers'], ...controls: string[]) =>
    breakers.admit([...controls, ACCOUNT], 2);

  test('let through by all or count for none', async () => {
    const { breakers } = scene();
    for (const control of ['a', 'b']) expect(await ask(breakers, control)).toEqual({ refusedBy: null, opened: false });
    expect(await ask(breakers, 'c')).toEqual({ refusedBy: ACCOUNT, opened: true });
    expect(await ask(breakers, 'c')).toEqual({ refusedBy: ACCOUNT, opened: false });
    const all = await breakers.all();
    expect(all.get('c')?.times ?? []).toEqual([]);
    expect(all.get('a')).toEqual(breaker({ times: [T] }));
    expect(all.get(ACCOUNT)).toMatchObject({ openedAt: T, times: [T, T] });
  });

  test('open for a control without opening for the others', async () => {
    const { breakers } = scene();
    await breakers.admit(['a'], 2);
    await breakers.admit(['a'], 2);
    expect(await ask(breakers, 'a')).toEqual({ refusedBy: 'a', opened: true });
    expect(await ask(breakers, 'b')).toEqual({ refusedBy: null, opened: false });
  });

  test('alarm again where whoever was to tell did not, and no more once people were told', async () => {
    const { breakers, later } = scene();
    await breakers.admit(['a'], 1);
    expect((await breakers.admit(['a'], 1)).opened).toBe(true);
    later(COOL_DOWN / 2);
    expect((await breakers.admit(['a'], 1)).opened).toBe(true);
    await breakers.told('a');
    later(COOL_DOWN / 2);
    expect((await breakers.admit(['a'], 1)).opened).toBe(false);
  });

  test('try with one when there is room again, and close when it went well', async () => {
    const { breakers, later } = scene();
    await breakers.admit(['a'], 1);
    await breakers.admit(['a'], 1);
    later(HOUR);
    const answers = await Promise.all([1, 2, 3].map(() => breakers.admit(['a'], 5)));
    expect(answers.filter(({ refusedBy }) => refusedBy === null)).toHaveLength(1);
    await breakers.ended(['a'], false);
    expect(await breakers.admit(['a'], 5)).toMatchObject({ refusedBy: 'a' });
    later(COOL_DOWN);
    expect(await breakers.admit(['a'], 5)).toMatchObject({ refusedBy: null });
    await breakers.ended(['a'], true);
    expect(await breakers.admit(['a'], 5)).toMatchObject({ refusedBy: null });
    expect((await breakers.all()).get('a')).toMatchObject({ openedAt: null, probeUntil: null });
  });

  test('are closed by hand', async () => {
    const { breakers } = scene();
    await breakers.admit(['a'], 1);
    await breakers.admit(['a'], 1);
    await breakers.close('a');
    expect(await breakers.admit(['a'], 1)).toEqual({ refusedBy: null, opened: false });
  });

  test('let no more through however many ask at once', async () => {
    const { breakers } = scene();
    const answers = await Promise.all(Array.from({ length: 20 }, () => breakers.admit(['a', ACCOUNT], 7)));
    expect(answers.filter(({ refusedBy }) => refusedBy === null)).toHaveLength(7);
    expect(answers.filter(({ opened }) => opened)).toHaveLength(1);
  });
});
