import { HOUR_MS } from '../time.ts';
import { type Item, type ReadItem, retryOnConflict, SHARED, type Store, type Write } from './store.ts';

/** How long a breaker stays open before it lets one remediation try, and how long that one may take. */
export const COOL_DOWN_MS = 600_000;
/** The places of a scope are spread over as many items, so that runs at the same time seldom take from the same one. */
export const SHARDS = 8;
/** The scope of the whole account; the others are the ids of controls. */
export const ACCOUNT = 'ACCOUNT';

/** Whether a scope's breaker lets remediations through; times in milliseconds since 1970. */
export interface BreakerState {
  /** Since when nothing is let through; null while closed. */
  readonly openedAt: number | null;
  /** While half-open: until when the probe may succeed. */
  readonly probeUntil: number | null;
}

export const CLOSED: BreakerState = { openedAt: null, probeUntil: null };

/** A scope's breaker, read together: its state, and when the remediations of the last hour were let through. */
export interface Breaker extends BreakerState {
  readonly times: readonly number[];
}

interface Versioned<T> {
  readonly version: number;
  readonly value: T;
}

interface ScopeBook {
  readonly state: Versioned<BreakerState>;
  readonly shards: ReadonlyMap<number, Versioned<readonly number[]>>;
}

/** The breakers of all scopes, with the versions that writes stand on. */
export type BreakerBook = ReadonlyMap<string, ScopeBook>;

export const NO_BREAKERS: BreakerBook = new Map();

/** A write to one item of a breaker, its state (`shard: null`) or a shard; without a `value` the item is only checked to be as it was read. */
export interface BreakerWrite {
  readonly scope: string;
  readonly shard: number | null;
  readonly read: number;
  readonly value?: BreakerState | readonly number[];
}

export type BreakerWrites = readonly BreakerWrite[];

/** At most `limit` remediations of a scope in any hour. */
export interface ScopeLimit {
  readonly scope: string;
  readonly limit: number;
}

/** A place that a remediation took; it is given back where its call was refused. */
export interface TakenPlace {
  readonly scope: string;
  readonly shard: number;
  readonly at: number;
}

/** What the breakers say to one more remediation. `opened`: this one opens the breaker that refuses it, and people are to be notified. */
export interface Admission {
  readonly refusedBy: string | null;
  readonly opened: boolean;
  readonly writes: BreakerWrites;
  readonly taken: readonly TakenPlace[];
}

const NEW_SCOPE: ScopeBook = { state: { version: 0, value: CLOSED }, shards: new Map() };
const NEW_SHARD: Versioned<readonly number[]> = { version: 0, value: [] };

/** How many places a shard has: those of all shards make `limit`. */
const capacityOf = (limit: number, shard: number): number => {
  const shards = Math.min(limit, SHARDS);
  return shard >= shards ? 0 : Math.floor(limit / shards) + (shard < limit % shards ? 1 : 0);
};

const withinHour = (times: readonly number[], now: number) => times.filter((time) => time > now - HOUR_MS);

/** The free places of each shard; none where the hour is full, also by what an earlier, wider limit let through. */
function roomOf({ shards }: ScopeBook, limit: number, now: number): readonly number[] {
  const taken = [...shards.values()].reduce((sum, { value }) => sum + withinHour(value, now).length, 0);
  if (taken >= limit) return [];
  return Array.from({ length: Math.min(limit, SHARDS) }, (_, shard) =>
    Math.max(0, capacityOf(limit, shard) - withinHour(shards.get(shard)?.value ?? [], now).length),
  );
}

/** What a scope's breaker answers: let through, as a probe where it is half-open; or refused. */
function answerOf(book: ScopeBook, room: readonly number[], now: number): 'pass' | 'probe' | 'open' | 'refuse' {
  const { openedAt, probeUntil } = book.state.value;
  const hasRoom = room.some((places) => places > 0);
  if (openedAt === null) return hasRoom ? 'pass' : 'open';
  const probing = probeUntil !== null && probeUntil > now;
  return probing || !hasRoom || now < openedAt + COOL_DOWN_MS ? 'refuse' : 'probe';
}

/** Lets a remediation through the breakers of all its scopes or through none. Closed → open where the hour is full → half-open for one probe when there is room again → closed where the probe succeeds. A place is taken at random, `random` giving a number from 0 to 1. Pure. */
export function admit(book: BreakerBook, scopes: readonly ScopeLimit[], now: number, random: () => number): Admission {
  const asked = scopes.map(({ scope, limit }) => {
    const own = book.get(scope) ?? NEW_SCOPE;
    const room = roomOf(own, limit, now);
    return { scope, own, room, answer: answerOf(own, room, now) };
  });
  const refusing = asked.find(({ answer }) => answer === 'open' || answer === 'refuse');
  if (refusing !== undefined) {
    const { scope, own } = refusing;
    const opened = refusing.answer === 'open';
    // Full is what all shards say together: where one changes meanwhile, there may be room again.
    const writes = opened
      ? [stateWrite(scope, own, { openedAt: now, probeUntil: null }), ...shardChecks(scope, own)]
      : [];
    return { refusedBy: scope, opened, writes, taken: [] };
  }
  const taken = asked.map(({ scope, room }) => ({ scope, shard: shardAt(room, random()), at: now }));
  const writes = asked.flatMap(({ scope, own, answer }, index) => {
    const shard = taken[index]?.shard ?? 0;
    const times = withinHour(own.shards.get(shard)?.value ?? [], now);
    const place = shardWrite(scope, own, shard, [...times, now]);
    if (answer !== 'probe') return [place];
    return [place, stateWrite(scope, own, { ...own.state.value, probeUntil: now + COOL_DOWN_MS })];
  });
  return { refusedBy: null, opened: false, writes, taken };
}

/** The shard of a free place chosen at random: one with more room is chosen more often. */
function shardAt(room: readonly number[], random: number): number {
  let place = Math.floor(random * room.reduce((sum, places) => sum + places, 0));
  for (const [shard, places] of room.entries()) {
    if (place < places) return shard;
    place -= places;
  }
  return room.findLastIndex((places) => places > 0);
}

/** Frees the places of a remediation whose call was refused. Pure. */
export function giveBack(book: BreakerBook, taken: readonly TakenPlace[]): BreakerWrites {
  return taken.flatMap(({ scope, shard, at }) => {
    const own = book.get(scope) ?? NEW_SCOPE;
    const times = own.shards.get(shard)?.value ?? [];
    const place = times.indexOf(at);
    return place === -1 ? [] : [shardWrite(scope, own, shard, times.toSpliced(place, 1))];
  });
}

/** The writes when a remediation that was let through has ended: a probe that succeeded closes its breaker, one that failed restarts the cool-down. Pure. */
export function ended(
  book: BreakerBook,
  scopes: readonly Pick<ScopeLimit, 'scope'>[],
  succeeded: boolean,
  now: number,
): BreakerWrites {
  return scopes.flatMap(({ scope }) => {
    const own = book.get(scope) ?? NEW_SCOPE;
    if (own.state.value.probeUntil === null) return [];
    return [stateWrite(scope, own, succeeded ? CLOSED : { openedAt: now, probeUntil: null })];
  });
}

const stateWrite = (scope: string, { state }: ScopeBook, value: BreakerState): BreakerWrite => ({
  scope,
  shard: null,
  read: state.version,
  value,
});

const shardWrite = (scope: string, { shards }: ScopeBook, shard: number, value: readonly number[]): BreakerWrite => ({
  scope,
  shard,
  read: (shards.get(shard) ?? NEW_SHARD).version,
  value,
});

const shardChecks = (scope: string, { shards }: ScopeBook): BreakerWrites =>
  [...shards].map(([shard, { version }]) => ({ scope, shard, read: version }));

/** The book after these writes. Pure. */
export function withWrites(book: BreakerBook, writes: BreakerWrites): BreakerBook {
  const next = new Map(book);
  for (const { scope, shard, read, value } of writes)
    if (value !== undefined) next.set(scope, withPart(next.get(scope) ?? NEW_SCOPE, shard, read + 1, value));
  return next;
}

function withPart(own: ScopeBook, shard: number | null, version: number, value: unknown): ScopeBook {
  if (shard === null) return { ...own, state: { version, value: value as BreakerState } };
  return { ...own, shards: new Map(own.shards).set(shard, { version, value: value as readonly number[] }) };
}

const PREFIX = 'BREAKER#';
const STATE = 'STATE';

/** The writes of several decisions that were made on this book, one for each item: what one of them gives back and another takes of the same shard is both done. Pure. */
export function combined(book: BreakerBook, writes: BreakerWrites): BreakerWrites {
  const byItem = new Map<string, BreakerWrite>();
  for (const write of writes) {
    const name = itemKey(write).sk;
    byItem.set(name, together(book, byItem.get(name), write));
  }
  return [...byItem.values()];
}

function together(book: BreakerBook, first: BreakerWrite | undefined, second: BreakerWrite): BreakerWrite {
  if (first?.value === undefined) return second;
  if (second.value === undefined) return first;
  // The second was decided on what the first makes of the book.
  if (second.read > first.read) return { ...second, read: first.read };
  if (second.shard === null) return second;
  const before = book.get(second.scope)?.shards.get(second.shard)?.value ?? [];
  const [a, b] = [first.value as readonly number[], second.value as readonly number[]];
  return { ...second, value: [...lessOf(a, lessOf(before, b)), ...lessOf(b, before)] };
}

/** `times` without those of `others`, each as often as it is there. */
function lessOf(times: readonly number[], others: readonly number[]): readonly number[] {
  const left = [...times];
  for (const time of others) {
    const place = left.indexOf(time);
    if (place !== -1) left.splice(place, 1);
  }
  return left;
}

const itemKey = ({ scope, shard }: BreakerWrite) => ({ pk: SHARED, sk: `${PREFIX}${scope}#${shard ?? STATE}` });

/** The writes as the store takes them. */
export const storedWrites = (writes: BreakerWrites): readonly Write[] =>
  writes
    .filter(({ value }) => value !== undefined)
    .map((write) => ({ ...itemKey(write), read: write.read, document: write.value }));

/** What the store only has to check. */
export const storedChecks = (writes: BreakerWrites): readonly ReadItem[] =>
  writes.filter(({ value }) => value === undefined).map((check) => ({ ...itemKey(check), read: check.read }));

/** The breakers among the shared items. */
export function bookOf(items: readonly Item[]): BreakerBook {
  const book = new Map<string, ScopeBook>();
  for (const { sk, version, document } of items.filter((item) => item.sk.startsWith(PREFIX))) {
    const end = sk.lastIndexOf('#');
    const scope = sk.slice(PREFIX.length, end);
    const part = sk.slice(end + 1);
    const shard = part === STATE ? null : Number(part);
    book.set(scope, withPart(book.get(scope) ?? NEW_SCOPE, shard, version, document));
  }
  return book;
}

/** The breakers of an account, shared by all functions. */
export interface Breakers {
  all(): Promise<ReadonlyMap<string, Breaker>>;
  /** Closes a breaker by hand and forgets what it counted. */
  close(scope: string): Promise<void>;
}

export const breakersIn = (store: Store): Breakers => ({
  async all() {
    const book = bookOf(await store.query(SHARED, PREFIX));
    return new Map([...book].map(([scope, own]) => [scope, breakerOf(own)]));
  },
  close: (scope) =>
    retryOnConflict(async () => {
      const own = bookOf(await store.query(SHARED, `${PREFIX}${scope}#`)).get(scope);
      if (own === undefined) return;
      const shards = [...own.shards.keys()].map((shard) => shardWrite(scope, own, shard, []));
      await store.commit(storedWrites([stateWrite(scope, own, CLOSED), ...shards]));
    }),
});

const breakerOf = ({ state, shards }: ScopeBook): Breaker => ({
  ...state.value,
  times: [...shards.values()].flatMap(({ value }) => value).sort((a, b) => a - b),
});
