/** Where an item is. */
export interface ItemKey {
  /** What it is about: a resource, a remediation, everybody. */
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

/** The list that an item stands in, and its place there. */
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

/** A write that holds only while the item is as it was read. `document: null` takes the content away; the item's version goes on, so that nobody takes a new item for the old one, and nothing is ever deleted. */
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

/** The `pk` of all that holds for everybody: pauses, exemptions and breakers, which are read together. */
export const SHARED = 'SHARED';

/** What an update makes of the documents it was given, in their order; `undefined` leaves one as it is. */
export interface Revision<T> {
  readonly next: readonly (unknown | undefined)[];
  readonly answer: T;
}

/** How often a write is tried while others come between; then it goes back to the retry of the event. */
const MAX_ATTEMPTS = 40;
/** The longest wait before it is tried again. */
const MAX_BACKOFF_MS = 500;

/** Tries again while others come between, after waits that grow and differ, so that nobody is shut out; but not for ever. `attempt` is given its number, the first being 1. Throws ConflictError. */
export async function retryOnConflict<T>(attempt: (number: number) => Promise<T>): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number);
    } catch (error) {
      if (!(error instanceof ConflictError) || number === MAX_ATTEMPTS) throw error;
    }
    const longest = Math.min(MAX_BACKOFF_MS, 2 ** number);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
  }
}

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

/** Writes an item whatever stood there: the last word wins. */
export const putLatest = (store: Store, write: Omit<Write, 'read'>): Promise<void> =>
  retryOnConflict(async () => {
    const read = (await store.get(write.pk, write.sk))?.version ?? 0;
    await store.commit([{ ...write, read }]);
  });
