import { type AnchorLog, anchorOf } from './anchors.ts';
import { breakersIn } from './breaker.ts';
import { deniedListingsIn } from './denied-listings.ts';
import { heartbeatsIn } from './heartbeat.ts';
import { incidentBookIn } from './incidents.ts';
import type { Ledger } from './ledger.ts';
import { listsIn } from './lists.ts';
import { announcementKey, announcementsIn } from './outbox.ts';
import {
  exemptionKey,
  pauseKey,
  prepare,
  type RecordDocument,
  recordKey,
  type Session,
  sessionOf,
  sharedOf,
  stateKey,
  type Update,
  withRecord,
  withShared,
} from './session.ts';
import { type Item, type ItemKey, putLatest, retryOnConflict, SHARED, type Store, update } from './store.ts';
import { sweepsIn } from './sweep-lock.ts';

const MARKS = 'MARKS';

/** The ledger over a store. `now` gives milliseconds since 1970; `log` keeps each entry of a chain outside the store. */
export function ledgerIn(store: Store, now: () => number = Date.now, log: AnchorLog = () => {}): Ledger {
  const get = ({ pk, sk }: ItemKey): Promise<Item | null> => store.get(pk, sk);
  const load = async (key: string): Promise<Session> => sessionOf(key, await get(stateKey(key)));
  const shared = async () => sharedOf(await store.query(SHARED));
  const record = async (id: string) => withContent(await get(recordKey(id)));

  /** The session as it is now: all that it holds and that the update would write. */
  async function reload(session: Session, { records = [] }: Update<unknown>): Promise<Session> {
    const [fresh, sharedNow, ...written] = await Promise.all([
      load(session.key),
      session.shared === null ? null : shared(),
      ...records.map(({ id }) => record(id)),
    ]);
    const known: Session = { ...fresh, shared: sharedNow, records: session.records };
    return written.filter((item) => item !== null).reduce(withRecord, known);
  }

  /** The versions of what an update writes and no session holds. */
  async function versionsOf({ exemptions = [], announcements = [] }: Update<unknown>): Promise<Versions> {
    const keys = [
      ...exemptions.map(({ id }) => exemptionKey(id)),
      ...announcements.map(({ key }) => announcementKey(key)),
    ];
    const items = await Promise.all(keys.map(get));
    return new Map(keys.map((key, index) => [textOf(key), items[index]?.version ?? 0]));
  }

  return {
    load,
    loadShared: async (session) => withShared(session, await shared()),
    update(session, decide) {
      let current = session;
      let tried: Update<unknown> | null = null;
      let versions: Versions = new Map();
      return retryOnConflict(async () => {
        if (tried !== null) [current, versions] = await Promise.all([reload(current, tried), versionsOf(tried)]);
        const decided = decide(current.state, current.shared);
        tried = decided;
        const prepared = prepare(current, decided, (key) => versions.get(textOf(key)) ?? 0);
        if (prepared.writes.length > 0) await store.commit(prepared.writes, prepared.checks);
        if (prepared.links.length > 0) await log(prepared.links.map((link) => anchorOf(session.key, link)));
        return [prepared.session, decided.answer] as const;
      });
    },
    async adopt(session, id) {
      const item = await record(id);
      if (item === null) return [session, null];
      return [withRecord(session, item), (item.document as RecordDocument).remediation];
    },
    breakers: breakersIn(store),
    heartbeats: heartbeatsIn(store),
    incidents: incidentBookIn(store),
    sweeps: sweepsIn(store, now),
    deniedListings: deniedListingsIn(store),
    announcements: announcementsIn(store),
    ...listsIn(store),
    remediation: async (id) => ((await record(id))?.document as RecordDocument | undefined)?.remediation ?? null,
    exemptions: async () => sharedOf(await store.query(SHARED, exemptionKey('').sk)).exemptions,
    saveExemption: (exemption) => putLatest(store, { ...exemptionKey(exemption.id), document: exemption }),
    pauses: async () => sharedOf(await store.query(SHARED, pauseKey('').sk)).pauses,
    pause: (pause) => putLatest(store, { ...pauseKey(pause.control), document: pause }),
    resume: (control) =>
      update(store, [pauseKey(control)], ([document]) => ({
        next: [document === null ? undefined : null],
        answer: document !== null,
      })),
    wasMarked: async (key) => (await get(markKey(key))) !== null,
    markOnce: (key) =>
      update(store, [markKey(key)], ([document]) => ({
        next: [document === null ? { at: new Date(now()).toISOString() } : undefined],
        answer: document === null,
      })),
  };
}

type Versions = ReadonlyMap<string, number>;

const markKey = (key: string): ItemKey => ({ pk: MARKS, sk: key });
const textOf = ({ pk, sk }: ItemKey) => JSON.stringify([pk, sk]);
const withContent = (item: Item | null) => (item === null || item.document === null ? null : item);
