import type { Announcement } from '../notify/notifier.ts';
import {
  type BreakerBook,
  type BreakerWrites,
  bookOf,
  combined,
  NO_BREAKERS,
  storedChecks,
  storedWrites,
  withWrites,
} from './breaker.ts';
import { type Head, headAt, type Link, linkAfter, type StoredLink, storedLink } from './chain.ts';
import { resourceKey } from './keys.ts';
import { announcementKey, type QueuedAnnouncement, queuedDocument } from './outbox.ts';
import { type Exemption, isOpen, mayFollow, type Pause, type Remediation, type RemediationStatus } from './records.ts';
import { listingOf, NEW_RESOURCE, type ResourceState } from './state.ts';
import { type Item, type ItemKey, type ReadItem, SHARED, type Write } from './store.ts';

/** What applies to all resources: one query. */
export interface Shared {
  readonly pauses: readonly Pause[];
  readonly exemptions: readonly Exemption[];
  readonly breakers: BreakerBook;
}

/** A record as a run knows it: what its next write depends on. */
export interface KnownRecord {
  readonly version: number;
  readonly status: RemediationStatus;
  readonly links: readonly StoredLink[];
}

/** A resource as a run knows it: the state it last read or wrote, and the versions that its next write depends on. Immutable. */
export interface Session {
  readonly key: string;
  readonly version: number;
  readonly state: ResourceState;
  /** Read by `loadShared`; null before. */
  readonly shared: Shared | null;
  /** The records that this run has read or written, by id. */
  readonly records: ReadonlyMap<string, KnownRecord>;
}

/** What a decision makes of a resource's state. */
export interface Update<T> {
  /** `undefined`: the state stays as it is. */
  readonly next?: Omit<ResourceState, 'head'> | undefined;
  /** Records that begin, continue or end with it; the ledger chains their beginning and end. */
  readonly records?: readonly Remediation[];
  readonly breakers?: BreakerWrites;
  readonly exemptions?: readonly Exemption[];
  /** Messages of no one resource that go with it; each replaces one of its key that is still queued. */
  readonly announcements?: readonly QueuedAnnouncement[];
  readonly answer: T;
}

const RESOURCE = 'RESOURCE#';
const RECORD = 'REMEDIATION#';
const EXEMPTION = 'EXEMPTION#';
const PAUSE = 'PAUSE#';
const EVERYTHING = 'EVERYTHING';
/** The list of all records, by the time they were decided. */
export const RECORDS = 'REMEDIATION';

export const stateKey = (key: string): ItemKey => ({ pk: `${RESOURCE}${key}`, sk: 'STATE' });
export const recordKey = (id: string): ItemKey => ({ pk: `${RECORD}${id}`, sk: 'RECORD' });
/** The id of the record whose item this is. */
export const idOfRecord = ({ pk }: ItemKey): string => pk.slice(RECORD.length);
export const exemptionKey = (id: string): ItemKey => ({ pk: SHARED, sk: `${EXEMPTION}${id}` });
export const pauseKey = (control: string | null): ItemKey => ({ pk: SHARED, sk: `${PAUSE}${control ?? EVERYTHING}` });
/** The key of the resource whose state an item is. */
export const keyOfState = ({ pk }: ItemKey): string => pk.slice(RESOURCE.length);

/** A record with the links of its beginning and end, as its item keeps it. */
export interface RecordDocument {
  readonly remediation: Remediation;
  readonly links: readonly StoredLink[];
}

/** The session of a resource, from its item. */
export const sessionOf = (key: string, item: Item | null): Session => ({
  key,
  version: item?.version ?? 0,
  state: (item?.document as ResourceState | undefined) ?? NEW_RESOURCE,
  shared: null,
  records: new Map(),
});

/** What applies to all resources, from its items. */
export const sharedOf = (items: readonly Item[]): Shared => ({
  pauses: documents<Pause>(items, PAUSE),
  exemptions: documents<Exemption>(items, EXEMPTION),
  breakers: bookOf(items),
});

const documents = <T>(items: readonly Item[], prefix: string): readonly T[] =>
  items.filter(({ sk }) => sk.startsWith(prefix)).map(({ document }) => document as T);

export const withShared = (session: Session, shared: Shared | null): Session => ({ ...session, shared });

/** The session that knows this record. Throws where the record is another resource's. */
export function withRecord(session: Session, { version, document }: Item): Session {
  const { remediation, links } = document as RecordDocument;
  assertOwn(session, remediation);
  const known = { version, status: remediation.status, links };
  return { ...session, records: new Map(session.records).set(remediation.id, known) };
}

function assertOwn({ key }: Session, { id, service, ref }: Remediation): void {
  if (resourceKey(service, ref) !== key) throw new Error(`${id} is a record of another resource than ${key}`);
}

/** An update for the store, and the session after it. Without writes there is nothing to commit. */
export interface Prepared {
  readonly writes: readonly Write[];
  readonly checks: readonly ReadItem[];
  /** The entries by which the resource's chain grows. */
  readonly links: readonly Link[];
  readonly session: Session;
}

/** The version of an item that no session holds, 0 where it is not known. */
export type VersionOf = (item: ItemKey) => number;

/** What an update writes. Chains the records that begin or end. Throws where a record's status may not become what it would. Pure. */
export function prepare(session: Session, update: Update<unknown>, versionOf: VersionOf): Prepared {
  const { records = [], exemptions = [], announcements = [] } = update;
  const breakers = combined(session.shared?.breakers ?? NO_BREAKERS, update.breakers ?? []);
  const chained = chain(session, records);
  const { head } = chained;
  const changed = update.next !== undefined || head !== session.state.head;
  const state = changed ? (asJson({ ...(update.next ?? session.state), head }) as ResourceState) : session.state;
  const own = { ...stateKey(session.key), read: session.version };
  const exempting = exemptions.map((document) => writeOf(exemptionKey(document.id), document, versionOf));
  const announcing = announcements.map(({ key, announcement }) =>
    writeOf(announcementKey(key), queuedDocument(announcement), versionOf),
  );
  const writes = onceEach([
    ...(changed ? [{ ...own, document: state, listed: listingOf(session.key, state) }] : []),
    ...chained.writes,
    ...storedWrites(breakers),
    ...exempting,
    ...announcing,
  ]);
  // Everything that is written was decided on the state, even where the state itself does not change.
  const checks = [...(changed || writes.length === 0 ? [] : [own]), ...storedChecks(breakers)];
  const version = session.version + (changed ? 1 : 0);
  const shared = sharedAfter(session.shared, breakers, exemptions);
  return {
    writes,
    checks,
    links: chained.links,
    session: { ...session, version, state, shared, records: chained.records },
  };
}

/** One write for each item: the last. */
const onceEach = (writes: readonly Write[]): readonly Write[] => [
  ...new Map(writes.map((write) => [JSON.stringify([write.pk, write.sk]), write])).values(),
];

const writeOf = (
  key: ItemKey,
  document: Exemption | { readonly announcement: Announcement },
  versionOf: VersionOf,
) => ({
  ...key,
  read: versionOf(key),
  document,
});

/** As it would be read again. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function sharedAfter(shared: Shared | null, breakers: BreakerWrites, exemptions: readonly Exemption[]): Shared | null {
  if (shared === null) return null;
  const latest = new Map(exemptions.map((exemption) => [exemption.id, exemption]));
  const others = shared.exemptions.filter(({ id }) => !latest.has(id));
  return { ...shared, exemptions: [...others, ...latest.values()], breakers: withWrites(shared.breakers, breakers) };
}

/** The writes of records, each with its link where it begins or ends, and the head after them. */
function chain(
  session: Session,
  records: readonly Remediation[],
): {
  readonly head: Head;
  readonly writes: readonly Write[];
  readonly links: readonly Link[];
  readonly records: Session['records'];
} {
  const known = new Map(session.records);
  const writes: Write[] = [];
  const added: Link[] = [];
  let { head } = session.state;
  for (const remediation of records) {
    assertOwn(session, remediation);
    const { id, status, times } = remediation;
    const before = known.get(id);
    if (before !== undefined && !mayFollow(before.status, status))
      throw new Error(`${id} is ${before.status} by now and cannot become ${status}`);
    const begins = before === undefined || !isOpen(before);
    const phase = !isOpen(remediation) ? 'ended' : begins ? 'begun' : null;
    const link = phase === null ? null : linkAfter(head, phase, id, remediation);
    if (link !== null) {
      head = headAt(link);
      added.push(link);
    }
    const links = [...(before?.links ?? []), ...(link === null ? [] : [storedLink(link)])];
    const document: RecordDocument = { remediation, links };
    const read = session.records.get(id)?.version ?? 0;
    writes.push({ ...recordKey(id), read, document, listed: { list: RECORDS, at: `${times.decided}#${id}` } });
    known.set(id, { version: read + 1, status, links });
  }
  return { head, writes, links: added, records: known };
}
