import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ACCOUNT,
  admit,
  type BreakerBook,
  type BreakerState,
  type BreakerWrites,
  bookOf,
  COOL_DOWN_MS,
  combined,
  ended,
  giveBack,
  NO_BREAKERS,
  SHARDS,
  storedWrites,
  type TakenPlace,
  withWrites,
} from '../../shared/ledger/breaker.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryLedger, memoryStore } from '../../shared/ledger/memory.ts';
import { SHARED } from '../../shared/ledger/store.ts';
import { HOUR_MS } from '../../shared/time.ts';
import { REF } from '../support/ledger-fixtures.ts';

const T = 1_000 * HOUR_MS;
const SCOPE = 'a';

/** A book of one scope: its state, and the places that are taken in each shard. */
const bookWith = (state: Partial<BreakerState>, ...shards: readonly (readonly number[])[]): BreakerBook =>
  withWrites(NO_BREAKERS, [
    { scope: SCOPE, shard: null, read: 0, value: { openedAt: null, probeUntil: null, ...state } },
    ...shards.map((value, shard) => ({ scope: SCOPE, shard, read: 0, value })),
  ]);
const stateOf = (book: BreakerBook, scope = SCOPE) => book.get(scope)?.state.value;
const takenIn = (book: BreakerBook, scope = SCOPE) =>
  [...(book.get(scope)?.shards.values() ?? [])].flatMap(({ value }) => value).length;
const ask = (book: BreakerBook, limit: number, now: number, random = 0) =>
  admit(book, [{ scope: SCOPE, limit }], now, () => random);
const OPEN = { openedAt: T };

describe('admit', () => {
  test.each<[string, BreakerBook, number, object, object]>([
    ['closed, with room', bookWith({}, [T - 1]), T, { refusedBy: null, opened: false }, { openedAt: null }],
    [
      'closed, with room since an hour has passed',
      bookWith({}, [T - HOUR_MS], [T - 1]),
      T,
      { refusedBy: null, opened: false },
      { openedAt: null },
    ],
    [
      'closed, at the limit',
      bookWith({}, [T - HOUR_MS + 1], [T - 1]),
      T,
      { refusedBy: SCOPE, opened: true, taken: [] },
      { openedAt: T, probeUntil: null },
    ],
    ['open', bookWith(OPEN), T + COOL_DOWN_MS - 1, { refusedBy: SCOPE, opened: false, writes: [] }, OPEN],
    [
      'open, cooled down, without room',
      bookWith(OPEN, [T], [T]),
      T + COOL_DOWN_MS,
      { refusedBy: SCOPE, opened: false, writes: [] },
      OPEN,
    ],
    [
      'open, cooled down, with room',
      bookWith(OPEN, [T]),
      T + COOL_DOWN_MS,
      { refusedBy: null, opened: false },
      { openedAt: T, probeUntil: T + 2 * COOL_DOWN_MS },
    ],
    [
      'half-open, while one still tries',
      bookWith({ ...OPEN, probeUntil: T + 2 * COOL_DOWN_MS }),
      T + COOL_DOWN_MS,
      { refusedBy: SCOPE, opened: false, writes: [] },
      { probeUntil: T + 2 * COOL_DOWN_MS },
    ],
    [
      'half-open, when the one that tried is not heard of any more',
      bookWith({ ...OPEN, probeUntil: T + COOL_DOWN_MS }),
      T + COOL_DOWN_MS,
      { refusedBy: null },
      { openedAt: T, probeUntil: T + 2 * COOL_DOWN_MS },
    ],
    ['with a limit of none', NO_BREAKERS, T, { refusedBy: SCOPE, opened: true }, { openedAt: T }],
  ])('%s', (given, book, now, answer, state) => {
    const admission = ask(book, given.endsWith('none') ? 0 : 2, now);
    expect(admission).toMatchObject(answer);
    const after = withWrites(book, admission.writes);
    expect(stateOf(after)).toMatchObject(state);
    expect(admission.taken).toHaveLength(admission.refusedBy === null ? 1 : 0);
  });

  test('takes a place in a shard that has room, at random, and writes the state only when it changes', () => {
    const book = bookWith({}, [T], [], [T]);
    for (const random of [0, 0.3, 0.999]) {
      const { writes, taken } = ask(book, 3, T, random);
      expect(taken).toEqual([{ scope: SCOPE, shard: 1, at: T }]);
      expect(writes).toEqual([{ scope: SCOPE, shard: 1, read: 1, value: [T] }]);
    }
    const shards = new Set([0, 0.2, 0.4, 0.6, 0.8].map((random) => ask(NO_BREAKERS, 50, T, random).taken[0]?.shard));
    expect(shards.size).toBeGreaterThan(3);
  });

  test('lets through by all or counts for none', () => {
    const scopes = [
      { scope: 'b', limit: 5 },
      { scope: SCOPE, limit: 1 },
    ];
    const { refusedBy, opened, writes, taken } = admit(bookWith({}, [T]), scopes, T, () => 0);
    expect({ refusedBy, opened, taken }).toEqual({ refusedBy: SCOPE, opened: true, taken: [] });
    expect(writes.filter(({ value }) => value !== undefined)).toEqual([
      { scope: SCOPE, shard: null, read: 1, value: { openedAt: T, probeUntil: null } },
    ]);
    const through = admit(NO_BREAKERS, scopes, T, () => 0);
    expect(through.taken.map(({ scope }) => scope)).toEqual(['b', SCOPE]);
  });

  test('opens only where the shards are as they were read', () => {
    const { writes } = ask(bookWith({}, [T], [T]), 2, T);
    expect(writes).toEqual([
      { scope: SCOPE, shard: null, read: 1, value: { openedAt: T, probeUntil: null } },
      { scope: SCOPE, shard: 0, read: 1 },
      { scope: SCOPE, shard: 1, read: 1 },
    ]);
  });

  test('counts what an earlier, wider limit let through, in whatever shard', () => {
    const book = bookWith({}, [T], [], [], [], [], [T, T]);
    expect(ask(book, 3, T)).toMatchObject({ refusedBy: SCOPE, opened: true });
    expect(ask(book, 4, T)).toMatchObject({ refusedBy: null });
  });

  test('has as many places in all shards as the limit says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999 })),
        (limit, random) => {
          let book = NO_BREAKERS;
          for (let turn = 0; turn < limit; turn += 1) {
            const { refusedBy, writes } = ask(book, limit, T + turn, random.next().value ?? 0);
            expect(refusedBy).toBeNull();
            book = withWrites(book, writes);
          }
          expect(book.get(SCOPE)?.shards.size).toBe(Math.min(limit, SHARDS));
          expect(ask(book, limit, T + limit)).toMatchObject({ refusedBy: SCOPE, opened: true });
        },
      ),
    );
  });
});

describe('giveBack', () => {
  test('frees the place that was taken, and no other', () => {
    const taking = ask(bookWith({}, [T - 5, T - 5]), 3, T);
    const book = withWrites(bookWith({}, [T - 5, T - 5]), taking.writes);
    const after = withWrites(book, giveBack(book, taking.taken));
    expect(takenIn(after)).toBe(2);
    expect(giveBack(after, taking.taken)).toEqual([]);
    expect(stateOf(after)).toEqual(stateOf(book));
  });
});

describe('ended', () => {
  const half = bookWith({ openedAt: T, probeUntil: T + COOL_DOWN_MS }, [T]);
  const scopes = [{ scope: SCOPE }];
  test('well, of the one that tried: closed, and what was counted still counts', () => {
    const after = withWrites(half, ended(half, scopes, true, T + 1));
    expect(stateOf(after)).toEqual({ openedAt: null, probeUntil: null });
    expect(takenIn(after)).toBe(1);
  });
  test('badly, of the one that tried: open as long again', () => {
    const after = withWrites(half, ended(half, scopes, false, T + 1));
    expect(stateOf(after)).toEqual({ openedAt: T + 1, probeUntil: null });
  });
  test.each([true, false])('of any other, well: %s, writes nothing', (well) => {
    for (const other of [NO_BREAKERS, bookWith(OPEN), bookWith({}, [T])])
      expect(ended(other, scopes, well, T)).toEqual([]);
  });
});

describe('several decisions of one update', () => {
  test('on the same book are one write for each item, and nothing of them is lost', () => {
    const book = bookWith({}, [T - 1], [T - 2]);
    const back = giveBack(book, [{ scope: SCOPE, shard: 0, at: T - 1 }]);
    const { writes } = ask(book, 4, T, 0);
    expect(combined(book, [...back, ...writes])).toMatchObject(
      [
        { shard: 2, value: [T] },
        { shard: 0, value: [] },
      ].reverse(),
    );
    const same = admit(book, [{ scope: SCOPE, limit: 16 }], T, () => 0).writes;
    for (const both of [
      [...back, ...same],
      [...same, ...back],
    ])
      expect(combined(book, both)).toEqual([{ scope: SCOPE, shard: 0, read: 1, value: [T] }]);
    const twice = giveBack(bookWith({}, [T, T]), [{ scope: SCOPE, shard: 0, at: T }]);
    expect(combined(bookWith({}, [T, T]), [...twice, ...twice])).toMatchObject([{ read: 1, value: [] }]);
  });

  test('one after the other stand on the version that was read', () => {
    let book = bookWith({}, []);
    const all: BreakerWrites[] = [];
    for (const now of [T, T + 1]) {
      const { writes } = ask(book, 16, now, 0);
      all.push(writes);
      book = withWrites(book, writes);
    }
    expect(combined(bookWith({}, []), all.flat())).toEqual([{ scope: SCOPE, shard: 0, read: 1, value: [T, T + 1] }]);
  });

  test('of an item that one writes and another checks, write it', () => {
    const book = bookWith({}, [T]);
    const { writes } = ask(book, 1, T);
    const back = giveBack(book, [{ scope: SCOPE, shard: 0, at: T }]);
    for (const both of [
      [...writes, ...back],
      [...back, ...writes],
    ]) {
      expect(combined(book, both).filter(({ shard }) => shard === 0)).toEqual(back);
    }
  });
});

test('a book is what its items say, and its writes go where they were read', () => {
  const store = memoryStore();
  const { writes } = admit(
    NO_BREAKERS,
    [
      { scope: 'x', limit: 1 },
      { scope: ACCOUNT, limit: 9 },
    ],
    T,
    () => 0.9,
  );
  const opening = ask(withWrites(NO_BREAKERS, writes), 0, T).writes;
  return store.commit([...storedWrites(writes), ...storedWrites(opening)]).then(async () => {
    const items = await store.query(SHARED);
    expect(items.map(({ sk }) => sk)).toEqual(['BREAKER#ACCOUNT#7', 'BREAKER#a#STATE', 'BREAKER#x#0']);
    expect(bookOf(items)).toEqual(withWrites(withWrites(NO_BREAKERS, writes), opening));
  });
});

type Act = { readonly run: number; readonly wait: number } & (
  | { readonly kind: 'load' | 'ask' | 'refused' }
  | { readonly kind: 'end'; readonly well: boolean }
);
const act: fc.Arbitrary<Act> = fc.oneof(
  ...(['load', 'ask', 'ask', 'refused'] as const).map((kind) =>
    fc.record({
      kind: fc.constant(kind),
      run: fc.integer({ min: 0, max: 3 }),
      wait: fc.integer({ min: 0, max: HOUR_MS / 6 }),
    }),
  ),
  fc.record({
    kind: fc.constant('end' as const),
    run: fc.integer({ min: 0, max: 3 }),
    wait: fc.integer({ min: 0, max: HOUR_MS / 6 }),
    well: fc.boolean(),
  }),
);

/** Runs with books of their own, which a write that is no longer as it was read makes them read again. */
class Breakers {
  book = NO_BREAKERS;
  readonly seen = new Map<number, BreakerBook>();
  now = T;

  #isCurrent(writes: BreakerWrites): boolean {
    return writes.every(({ scope, shard, read }) => {
      const own = this.book.get(scope);
      const item = shard === null ? own?.state : own?.shards.get(shard);
      return (item?.version ?? 0) === read;
    });
  }

  load(run: number): void {
    this.seen.set(run, this.book);
  }

  settle<A extends { readonly writes: BreakerWrites }>(run: number, decide: (book: BreakerBook) => A): A {
    let decided = decide(this.seen.get(run) ?? NO_BREAKERS);
    if (!this.#isCurrent(decided.writes)) {
      this.load(run);
      decided = decide(this.book);
    }
    this.book = withWrites(this.book, decided.writes);
    this.seen.set(run, withWrites(this.seen.get(run) ?? NO_BREAKERS, decided.writes));
    return decided;
  }
}

describe('any run of questions and endings, by runs that have read at different times', () => {
  test('takes no more than the limit in any hour, is not refused by a closed breaker while there is room, and opens once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(act, { maxLength: 120 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999 })),
        (limit, acts, random) => {
          const breakers = new Breakers();
          const taken: number[] = [];
          const open = new Map<number, readonly TakenPlace[]>();
          for (const given of acts) {
            breakers.now += given.wait;
            const { now } = breakers;
            if (given.kind === 'load') breakers.load(given.run);
            const own = open.get(given.run);
            if (given.kind === 'end' && own !== undefined) {
              breakers.settle(given.run, (book) => ({ writes: ended(book, [{ scope: SCOPE }], given.well, now) }));
              open.delete(given.run);
            }
            if (given.kind === 'refused' && own !== undefined) {
              breakers.settle(given.run, (book) => ({ writes: giveBack(book, own) }));
              taken.splice(taken.indexOf(own[0]?.at ?? 0), 1);
              open.delete(given.run);
            }
            if (given.kind !== 'ask' || own !== undefined) continue;
            const before = stateOf(breakers.book)?.openedAt ?? null;
            const inHour = taken.filter((time) => time > now - HOUR_MS).length;
            const answer = breakers.settle(given.run, (book) => ask(book, limit, now, random.next().value ?? 0));
            if (answer.opened) {
              expect(before).toBeNull();
              expect(inHour).toBe(limit);
            }
            if (answer.refusedBy !== null) continue;
            taken.push(now);
            open.set(given.run, answer.taken);
          }
          for (const time of taken)
            expect(taken.filter((other) => other >= time && other < time + HOUR_MS).length).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('lets everything through that is asked for slowly enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }), (limit, asks) => {
        let book = NO_BREAKERS;
        for (let turn = 0; turn < asks; turn += 1) {
          const { refusedBy, writes } = ask(book, limit, T + turn * Math.ceil(HOUR_MS / limit), 0.5);
          expect(refusedBy).toBeNull();
          book = withWrites(book, writes);
        }
      }),
    );
  });

  test('tries with one at a time, after the cool-down', () => {
    let book = withWrites(bookWith({}, [T - 1]), ask(bookWith({}, [T - 1]), 1, T).writes);
    const settle = (writes: BreakerWrites) => {
      book = withWrites(book, writes);
    };
    const at = T + HOUR_MS;
    expect(ask(book, 5, T + COOL_DOWN_MS - 1).refusedBy).toBe(SCOPE);
    settle(ask(book, 5, at).writes);
    expect(ask(book, 5, at + 1).refusedBy).toBe(SCOPE);
    settle(ended(book, [{ scope: SCOPE }], false, at + 1));
    expect(ask(book, 5, at + COOL_DOWN_MS).refusedBy).toBe(SCOPE);
    settle(ask(book, 5, at + 1 + COOL_DOWN_MS).writes);
    settle(ended(book, [{ scope: SCOPE }], true, at + 2 + COOL_DOWN_MS));
    expect(ask(book, 5, at + 2 + COOL_DOWN_MS).refusedBy).toBeNull();
    expect(stateOf(book)).toEqual({ openedAt: null, probeUntil: null });
  });
});

test('however many ask a ledger at once, no more get through than the limit says, and one opens', async () => {
  const ledger = memoryLedger();
  const scopes = [
    { scope: SCOPE, limit: 7 },
    { scope: ACCOUNT, limit: 500 },
  ];
  const asking = async (index: number) => {
    const key = resourceKey('ec2', { ...REF, resourceId: `sg-${index}` });
    const [, answer] = await ledger.update(await ledger.loadShared(await ledger.load(key)), (next, shared) => {
      const { writes, ...rest } = admit(shared?.breakers ?? NO_BREAKERS, scopes, T, Math.random);
      return { next, breakers: writes, answer: rest };
    });
    return answer;
  };
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => asking(index)));
  expect(answers.filter(({ refusedBy }) => refusedBy === null)).toHaveLength(7);
  expect(answers.filter(({ opened }) => opened)).toHaveLength(1);
  const all = await ledger.breakers.all();
  expect([all.get(SCOPE)?.times, all.get(ACCOUNT)?.times].map((times) => times?.length)).toEqual([7, 7]);
});
