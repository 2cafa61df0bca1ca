import { packItem, unpack } from './codec.ts';
import type { Ledger } from './ledger.ts';
import { assertCommit, ConflictError, type Item, type ItemKey, type Listing, type Range, type Store } from './store.ts';
import { ledgerIn } from './stored-ledger.ts';

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
      assertCommit(all);
      for (const item of all) {
        if ((items.get(keyOf(item))?.version ?? 0) !== item.read)
          throw new ConflictError(`${item.pk} ${item.sk} was written by another run`);
      }
      const stored = writes.map(({ pk, sk, read, document, listed }) => ({
        pk,
        sk,
        version: read + 1,
        packed: packItem(document),
        listed,
      }));
      for (const item of stored) items.set(keyOf(item), item);
    },
  };
}

const isWithin = (at: string, { since = '', prefix }: Range) =>
  prefix === undefined ? at >= since : at.startsWith(prefix);

const itemOf = ({ pk, sk, version, packed: content, listed }: StoredItem): Item => ({
  pk,
  sk,
  version,
  document: unpack(content),
  ...(listed === undefined ? {} : { listed }),
});

/** A ledger that lasts as long as its process: for tests, and for a command that keeps none (EVENKEEL_LEDGER=:memory:). */
export const memoryLedger = (): Ledger => ledgerIn(memoryStore());
