/** One item of the ledger's table. */
export interface Item {
  /** What it is about: a resource, a remediation, the account. */
  readonly pk: string;
  /** What it is, within that. */
  readonly sk: string;
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

/** A write that holds only while the item is as it was read. `document: null` takes the content away; the item's version goes on, so that nobody takes a new item for the old one, and nothing is ever deleted. */
export interface Write {
  readonly pk: string;
  readonly sk: string;
  /** The version that was read; 0 for an item that must not exist. */
  readonly read: number;
  readonly document: unknown;
  readonly listed?: Listing;
}

/** Another run wrote first: read again, and think again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** Where the ledger keeps its items. Reads are consistent, a commit is all or nothing; everything else throws. */
export interface Store {
  get(pk: string, sk: string): Promise<Item | null>;
  /** All items with content of a `pk`, by `sk`; only those whose `sk` begins with `prefix`. */
  query(pk: string, prefix?: string): Promise<readonly Item[]>;
  /** The items of a list, by `at`, from `since` on. May be some seconds behind. */
  list(list: string, since?: string): AsyncIterable<Item>;
  /** Makes all writes or none; throws ConflictError where an item is no longer as it was read. At most 25 writes. */
  commit(writes: readonly Write[]): Promise<void>;
}

/** A store that lasts as long as its process. */
export function memoryStore(): Store {
  const items = new Map<string, Item>();
  const keyOf = ({ pk, sk }: { readonly pk: string; readonly sk: string }) => JSON.stringify([pk, sk]);
  /** A copy: whoever was given a document may do with it what he likes. */
  const given = (item: Item): Item => ({ ...item, document: structuredClone(item.document) });
  const sorted = (matching: (item: Item) => boolean, by: (item: Item) => string) =>
    [...items.values()]
      .filter((item) => item.document !== null && matching(item))
      .sort((a, b) => (by(a) < by(b) ? -1 : 1))
      .map(given);
  return {
    async get(pk, sk) {
      const item = items.get(keyOf({ pk, sk }));
      return item === undefined ? null : given(item);
    },
    async query(pk, prefix = '') {
      return sorted(
        (item) => item.pk === pk && item.sk.startsWith(prefix),
        ({ sk }) => sk,
      );
    },
    async *list(list, since = '') {
      yield* sorted(
        ({ listed }) => listed?.list === list && listed.at >= since,
        ({ listed }) => listed?.at ?? '',
      );
    },
    async commit(writes) {
      for (const write of writes) {
        if ((items.get(keyOf(write))?.version ?? 0) !== write.read)
          throw new ConflictError(`${write.pk} ${write.sk} was written by another run`);
      }
      for (const { read, document, ...rest } of writes) {
        items.set(keyOf(rest), { ...rest, version: read + 1, document: JSON.parse(JSON.stringify(document)) });
      }
    },
  };
}

/** Where an item is. */
export type ItemKey = Pick<Item, 'pk' | 'sk'>;

/** What a revision makes of the documents it was given, in their order; `undefined` leaves one as it is. */
export interface Revision<T> {
  readonly next: readonly (unknown | undefined)[];
  readonly answer: T;
}

/** So often a write is tried while others come between; then it goes back to the retry of the event. */
const MOST_TRIES = 40;
/** The longest wait before it is tried again, in milliseconds. */
const PATIENCE = 500;

/** Does it again while others come between, after waits that grow and differ, so that nobody is shut out; but not for ever. Throws ConflictError. */
export async function insisting<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConflictError) || tries === MOST_TRIES) throw error;
    }
    const longest = Math.min(PATIENCE, 2 ** tries);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
  }
}

/** Reads items, decides, and writes what was decided, together; again while others come between. A document that is not there is null. */
export const revise = <T>(
  store: Store,
  keys: readonly ItemKey[],
  decide: (documents: readonly unknown[]) => Revision<T>,
): Promise<T> =>
  insisting(async () => {
    const items = await Promise.all(keys.map(({ pk, sk }) => store.get(pk, sk)));
    const { next, answer } = decide(items.map((item) => item?.document ?? null));
    const writes = keys.flatMap((key, index) =>
      next[index] === undefined ? [] : [{ ...key, read: items[index]?.version ?? 0, document: next[index] }],
    );
    if (writes.length > 0) await store.commit(writes);
    return answer;
  });
