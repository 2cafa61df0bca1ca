import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ACCOUNT,
  admit,
  type BreakerBook,
  type BreakerWrites,
  bookOf,
  COOL_DOWN_MS,
  combined,
  ended,
  giveBack,
  NO_BREAKERS,
  SHARDS,
  storedWrites,
  withWrites,
} from '../../shared/ledger/breaker.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import { SHARED } from '../../shared/ledger/store.ts';
import { HOUR_MS } from '../../shared/time.ts';
import { ask, bookWith, SCOPE, stateOf, T, takenIn } from '../support/breaker-book.ts';

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

  test('takes no place of a full shard, not even at the end of the random numbers', () => {
    expect(ask(bookWith({}, [], [T]), 2, T, 1).taken).toEqual([{ scope: SCOPE, shard: 0, at: T }]);
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

  test('writes nothing of a shard that is not there', () => {
    expect(giveBack(bookWith({}), [{ scope: SCOPE, shard: 3, at: T }])).toEqual([]);
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
