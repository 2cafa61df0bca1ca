import { pack } from '../../shared/ledger/codec.ts';
import type { Item, ItemKey, ReadItem, Store, Write } from '../../shared/ledger/store.ts';

/** One call of a store, what DynamoDB would count for its writes, and how large the items are. */
export interface StoreCall {
  readonly call: 'get' | 'query' | 'list' | 'commit';
  readonly items: readonly string[];
  readonly writeUnits: number;
  readonly bytes: Readonly<Record<string, number>>;
}

const KILOBYTE = 1024;

/** A store that writes down its calls. */
export function countingStore(store: Store): { readonly store: Store; readonly calls: StoreCall[] } {
  const calls: StoreCall[] = [];
  const note = (call: StoreCall['call'], items: readonly string[], writeUnits = 0, bytes = {}) =>
    calls.push({ call, items, writeUnits, bytes });
  const counting: Store = {
    get(pk, sk) {
      note('get', [pk]);
      return store.get(pk, sk);
    },
    query(pk, prefix) {
      note('query', [pk]);
      return store.query(pk, prefix);
    },
    list(list, range) {
      note('list', [list]);
      return store.list(list, range);
    },
    async commit(writes, checks = []) {
      const before = await Promise.all(writes.map(({ pk, sk }) => store.get(pk, sk)));
      await store.commit(writes, checks);
      const bytes = Object.fromEntries(writes.map((write) => [nameOf(write), itemBytes(write)]));
      note('commit', [...writes, ...checks].map(nameOf), unitsOf(writes, checks, before), bytes);
    },
  };
  return { store: counting, calls };
}

const nameOf = ({ pk, sk }: ItemKey) => `${pk} ${sk}`;

/** Write units of a commit: a kilobyte of an item each, twice in a transaction, and those of the index. */
function unitsOf(writes: readonly Write[], checks: readonly ReadItem[], before: readonly (Item | null)[]): number {
  const factor = writes.length + checks.length === 1 ? 1 : 2;
  const items = writes.reduce((sum, write) => sum + Math.ceil(itemBytes(write) / KILOBYTE), checks.length);
  const index = writes.reduce((sum, { listed }, at) => sum + indexUnits(before[at]?.listed, listed), 0);
  return factor * (items + index);
}

/** What an index of keys costs: nothing where the place stays, one entry where it comes or goes, two where it moves. */
function indexUnits(before: Write['listed'], after: Write['listed']): number {
  if (JSON.stringify(before) === JSON.stringify(after)) return 0;
  return (before === undefined ? 0 : 1) + (after === undefined ? 0 : 1);
}

/** The size of an item as DynamoDB counts it: names and values. */
function itemBytes({ pk, sk, document, listed }: Write): number {
  const content = pack(document);
  const texts = { pk, sk, ...listed };
  const named = Object.entries(texts).reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text), 0);
  const writer = 'writer'.length + 8;
  return named + writer + 'version'.length + 3 + 'document'.length + Buffer.byteLength(content);
}
