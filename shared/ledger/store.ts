/** One item of the ledger's table. */
export interface Item {
  /** What it is about: a resource, a remediation, the account. */
  readonly pk: string;
  /** What it is, within that. */
  readonly sk: string;
  /** Counts the writes of this item; 0 where there is none yet. */
  readonly version: number;
  /** The content, as JSON would keep it. */
  readonly document: unknown;
  /** Puts the item into a list over all resources, ordered by `at`. */
  readonly listed?: Listing;
}

/** The list that an item stands in, and its place there. */
export interface Listing {
  readonly list: string;
  readonly at: string;
}

/** A write that holds only while the item is as it was read. `document: null` takes the item away. */
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
  /** All items of a `pk`, by `sk`; only those whose `sk` begins with `prefix`. */
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
  const sorted = (matching: (item: Item) => boolean, by: (item: Item) => string) =>
    [...items.values()].filter(matching).sort((a, b) => (by(a) < by(b) ? -1 : 1));
  return {
    async get(pk, sk) {
      return items.get(keyOf({ pk, sk })) ?? null;
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
        if (document === null) items.delete(keyOf(rest));
        else items.set(keyOf(rest), { ...rest, version: read + 1, document: JSON.parse(JSON.stringify(document)) });
      }
    },
  };
}
