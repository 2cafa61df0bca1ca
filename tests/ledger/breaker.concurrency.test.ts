import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ACCOUNT,
  admit,
  type BreakerBook,
  type BreakerWrites,
  COOL_DOWN_MS,
  ended,
  giveBack,
  NO_BREAKERS,
  type TakenPlace,
  withWrites,
} from '../../shared/ledger/breaker.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import { HOUR_MS } from '../../shared/time.ts';
import { ask, bookWith, SCOPE, stateOf, T } from '../support/breaker-book.ts';
import { REF } from '../support/ledger-fixtures.ts';

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
