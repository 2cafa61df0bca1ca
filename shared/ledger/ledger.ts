import type { ResourceRef } from '../resource.ts';
import type { Breakers } from './breaker.ts';
import type { Evidence, Head, Link } from './chain.ts';
import type { DeniedListings } from './denied-listings.ts';
import type { Heartbeats } from './heartbeat.ts';
import type { IncidentBook } from './incidents.ts';
import type { Announcements } from './outbox.ts';
import type { Exemption, Finding, Pause, Remediation } from './records.ts';
import type { Session, Shared, Update } from './session.ts';
import { prepare } from './session.ts';
import type { ResourceState } from './state.ts';
import type { SweepScope, Sweeps } from './sweep-lock.ts';

export { keyPrefix, refOfKey, resourceKey } from './keys.ts';
export type { KnownRecord, Session, Shared, Update } from './session.ts';
export { NEW_RESOURCE, type OpenRecord, type ResourceState, withLease } from './state.ts';

/** An open finding, and the resource it is of. */
export interface OpenFinding extends Finding {
  readonly key: string;
  readonly ref: ResourceRef;
  readonly arn: string;
}

/** A resource's chain of evidence, in order. */
export interface Chain {
  readonly head: Head;
  readonly links: readonly Link[];
}

/** A chain, and the records that it is of, by id. */
export interface ProvenChain extends Chain {
  readonly evidence: ReadonlyMap<string, Evidence>;
}

/** What was found and done. Every method throws when the store does not answer; nothing is written to an account without it. */
export interface Ledger {
  /** One read. `key` is `resourceKey(service, ref)`. */
  load(key: string): Promise<Session>;
  /** One query; the session with what applies to all resources. */
  loadShared(session: Session): Promise<Session>;
  /** Decides and writes, all or nothing (one call, none where nothing is to be written); where another run wrote first: reads again what the session holds (shared included), and decides again. `decide` is pure and may throw. Throws ConflictError after many tries. */
  update<T>(
    session: Session,
    decide: (state: ResourceState, shared: Shared | null) => Update<T>,
  ): Promise<readonly [Session, T]>;
  /** Reads a record of the session's resource that it is going to write, or gives null. One read. Throws where the record is another resource's. */
  adopt(session: Session, id: string): Promise<readonly [Session, Remediation | null]>;

  readonly breakers: Breakers;
  readonly heartbeats: Heartbeats;
  /** The problems that doctor's checks report. */
  readonly incidents: IncidentBook;
  readonly sweeps: Sweeps;
  /** The resource types that no sweep can list. */
  readonly deniedListings: DeniedListings;
  readonly announcements: Announcements;

  /** The remediation of that id, or null. */
  remediation(id: string): Promise<Remediation | null>;
  /** Remediations by the time they were decided, from `since` (ISO 8601) on. */
  remediations(since?: string): AsyncIterable<Remediation>;
  /** The open findings of all resources. */
  openFindings(): AsyncIterable<OpenFinding>;
  /** The resources of which something is open or remembered, by key; only those whose key begins with `prefix`. */
  active(prefix?: string): AsyncIterable<{ readonly key: string; readonly state: ResourceState }>;
  /** The keys of the resources of a service in a region of which a last known good value is kept. */
  remembered(scope: SweepScope): AsyncIterable<string>;

  /** The keys of all resources that have a chain of evidence or a record. Reads every state and record. */
  chainKeys(): Promise<readonly string[]>;
  /** A resource's chain of evidence, with what its records are now. Reads every record. */
  chain(key: string): Promise<ProvenChain>;
  /** All chains by key, each with what its records are now: what `verify` reads. Reads every state and record once. */
  chains(): Promise<ReadonlyMap<string, ProvenChain>>;

  exemptions(): Promise<readonly Exemption[]>;
  saveExemption(exemption: Exemption): Promise<void>;
  pauses(): Promise<readonly Pause[]>;
  pause(pause: Pause): Promise<void>;
  /** True where there was a pause to end. */
  resume(control: string | null): Promise<boolean>;

  /** True the first time that it is asked for this key. */
  markOnce(key: string): Promise<boolean>;
  /** True where `markOnce` was asked for this key before. */
  wasMarked(key: string): Promise<boolean>;
}

/** A ledger that is read and never written: for a dry run. An update is decided, and gives the session as it would be. */
export const readOnly = (ledger: Ledger): Ledger => ({
  ...ledger,
  async update(session, decide) {
    const update = decide(session.state, session.shared);
    return [prepare(session, update, () => 0).session, update.answer];
  },
  breakers: { ...ledger.breakers, close: async () => {} },
  announcements: { enqueue: async () => {}, claim: async () => [], done: async () => {} },
  sweeps: { ...ledger.sweeps, saveEnd: async () => {} },
  deniedListings: { ...ledger.deniedListings, update: async () => {} },
  saveExemption: async () => {},
  pause: async () => {},
  resume: async () => false,
  markOnce: async () => false,
});
