import { exponentialBackoff, retry } from '../retry.ts';
import { type Clock, systemClock } from '../time.ts';

/** Where an item is. */
export interface ItemKey {
  /** What it is about: a resource, a remediation, all resources. */
  readonly pk: string;
  /** What it is, within that. */
  readonly sk: string;
}

/** One item of the ledger's table. */
export interface Item extends ItemKey {
  /** Counts the writes of this item; 0 where there is none yet. */
  readonly version: number;
  /** The content, as JSON would keep it; null where it was taken away. */
  readonly document: unknown;
  /** Puts the item into a list over all resources, ordered by `at`. */
  readonly listed?: Listing;
}

/** The list that an item belongs to, and its place there. */
export interface Listing {
  readonly list: string;
  readonly at: string;
}

/** A part of a list. */
export interface Range {
  /** Items whose `at` is not before this. */
  readonly since?: string;
  /** Items whose `at` begins with this; `since` does not count then. */
  readonly prefix?: string;
}

/** An item as it was read: `read` is its version, 0 for an item that must not exist. */
export interface ReadItem extends ItemKey {
  readonly read: number;
}

/** A write that holds only while the item is as it was read. `document: null` removes the content; the version goes on, so that a new item is not mistaken for the old one, and nothing is ever deleted. */
export interface Write extends ReadItem {
  readonly document: unknown;
  readonly listed?: Listing | undefined;
}

/** Another run wrote first: read again, and decide again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** The most items that one commit takes, those that are only checked with them. */
export const MAX_ITEMS = 100;

/** Where the ledger keeps its items. Reads are consistent, a commit is all or nothing; everything else throws. */
export interface Store {
  get(pk: string, sk: string): Promise<Item | null>;
  /** All items with content of a `pk`, by `sk`; only those whose `sk` begins with `prefix`. */
  query(pk: string, prefix?: string): Promise<readonly Item[]>;
  /** The items of a list, by `at`. Which items there are may be some seconds behind. */
  list(list: string, range?: Range): AsyncIterable<Item>;
  /** Makes all writes or none; throws ConflictError where an item, written or only checked, is no longer as it was read. */
  commit(writes: readonly Write[], checks?: readonly ReadItem[]): Promise<void>;
}

/** Throws where a commit has too many items, or one of them twice: DynamoDB refuses both. */
export function assertCommit(items: readonly ItemKey[]): void {
  if (items.length > MAX_ITEMS) throw new Error(`a commit takes at most ${MAX_ITEMS} items, not ${items.length}`);
  if (new Set(items.map(({ pk, sk }) => JSON.stringify([pk, sk]))).size < items.length)
    throw new Error('a commit takes each item once');
}

/** The `pk` of what applies to all resources: pauses, exemptions and breakers, which are read together. */
export const SHARED = 'SHARED';

/** What an update makes of the documents it was given, in their order; `undefined` leaves one as it is. */
export interface Revision<T> {
  readonly next: readonly (unknown | undefined)[];
  readonly answer: T;
}

/** Up to 40 attempts, with short waits that differ, so that no writer starves; then the write is left to the retry of the event. */
const CONFLICT_BACKOFF = exponentialBackoff(2, 500, 40);

/** Retries an optimistic write while other runs write first. Throws ConflictError after the last attempt. */
export const retryOnConflict = <T>(attempt: () => Promise<T>, clock: Pick<Clock, 'sleep'> = systemClock): Promise<T> =>
  retry(attempt, { clock, backoff: CONFLICT_BACKOFF, when: (error) => error instanceof ConflictError });

/** Reads items, decides, and writes what was decided, together; again while others come between. A document that is not there is null. */
export const update = <T>(
  store: Store,
  keys: readonly ItemKey[],
  decide: (documents: readonly unknown[]) => Revision<T>,
): Promise<T> =>
  retryOnConflict(async () => {
    const items = await Promise.all(keys.map(({ pk, sk }) => store.get(pk, sk)));
    const { next, answer } = decide(items.map((item) => item?.document ?? null));
    const writes = keys.flatMap((key, index) =>
      next[index] === undefined ? [] : [{ ...key, read: items[index]?.version ?? 0, document: next[index] }],
    );
    if (writes.length > 0) await store.commit(writes);
    return answer;
  });

/** Writes an item whatever was there: the last writer wins. */
export const putLatest = (store: Store, write: Omit<Write, 'read'>): Promise<void> =>
  retryOnConflict(async () => {
    const read = (await store.get(write.pk, write.sk))?.version ?? 0;
    await store.commit([{ ...write, read }]);
  });
