import { admit, type BreakerBook, type BreakerState, NO_BREAKERS, withWrites } from '../../shared/ledger/breaker.ts';
import { HOUR_MS } from '../../shared/time.ts';

export const T = 1_000 * HOUR_MS;
export const SCOPE = 'a';

/** A book of one scope: its state, and the places that are taken in each shard. */
export const bookWith = (state: Partial<BreakerState>, ...shards: readonly (readonly number[])[]): BreakerBook =>
  withWrites(NO_BREAKERS, [
    { scope: SCOPE, shard: null, read: 0, value: { openedAt: null, probeUntil: null, ...state } },
    ...shards.map((value, shard) => ({ scope: SCOPE, shard, read: 0, value })),
  ]);
export const stateOf = (book: BreakerBook, scope = SCOPE) => book.get(scope)?.state.value;
export const takenIn = (book: BreakerBook, scope = SCOPE) =>
  [...(book.get(scope)?.shards.values() ?? [])].flatMap(({ value }) => value).length;
export const ask = (book: BreakerBook, limit: number, now: number, random = 0) =>
  admit(book, [{ scope: SCOPE, limit }], now, () => random);
