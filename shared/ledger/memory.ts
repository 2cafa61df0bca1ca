import { pack, unpack } from './codec.ts';
import type { Ledger } from './ledger.ts';
import { ConflictError, type Item, type ItemKey, type Listing, MAX_ITEMS, type Range, type Store } from './store.ts';
import { ledgerIn } from './stored-ledger.ts';

/** What DynamoDB allows an item. */
const MAX_ITEM_BYTES = 400 * 1024;

interface StoredItem extends ItemKey {
  readonly version: number;
  readonly packed: string | Uint8Array;
  readonly listed: Listing | undefined;
}

/** A store that lasts as long as its process, and that keeps documents as the table does. */
export function memoryStore(): Store {
  const items = new Map<string, StoredItem>();
  const keyOf = ({ pk, sk }: ItemKey) => JSON.stringify([pk, sk]);
  const sorted = (matching: (item: StoredItem) => boolean, by: (item: StoredItem) => string) =>
    [...items.values()]
      .filter(matching)
      .sort((a, b) => (by(a) < by(b) ? -1 : 1))
      .map(itemOf)
      .filter(({ document }) => document !== null);
  return {
    async get(pk, sk) {
      const item = items.get(keyOf({ pk, sk }));
      return item === undefined ? null : itemOf(item);
    },
    async query(pk, prefix = '') {
      return sorted(
        (item) => item.pk === pk && item.sk.startsWith(prefix),
        ({ sk }) => sk,
      );
    },
    async *list(list, range = {}) {
      yield* sorted(
        ({ listed }) => listed?.list === list && isWithin(listed.at, range),
        ({ listed }) => listed?.at ?? '',
      );
    },
    async commit(writes, checks = []) {
      const all = [...writes, ...checks];
      if (all.length > MAX_ITEMS) throw new Error(`a commit takes at most ${MAX_ITEMS} items, not ${all.length}`);
      if (new Set(all.map(keyOf)).size < all.length) throw new Error('a commit takes each item once');
      for (const item of all) {
        if ((items.get(keyOf(item))?.version ?? 0) !== item.read)
          throw new ConflictError(`${item.pk} ${item.sk} was written by another run`);
      }
      const stored = writes.map(({ pk, sk, read, document, listed }) => ({
        pk,
        sk,
        version: read + 1,
        packed: packed(document),
        listed,
      }));
      for (const item of stored) items.set(keyOf(item), item);
    },
  };
}

const isWithin = (at: string, { since = '', prefix }: Range) =>
  prefix === undefined ? at >= since : at.startsWith(prefix);

function packed(document: unknown): string | Uint8Array {
  const content = pack(document);
  if (content.length > MAX_ITEM_BYTES) throw new Error('Item size has exceeded the maximum allowed size');
  return content;
}

const itemOf = ({ pk, sk, version, packed: content, listed }: StoredItem): Item => ({
  pk,
  sk,
  version,
  document: unpack(content),
  ...(listed === undefined ? {} : { listed }),
});

/** A ledger that lasts as long as its process: for tests, and for a command that keeps none. */
export const memoryLedger = (): Ledger => ledgerIn(memoryStore());
