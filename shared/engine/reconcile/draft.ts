import { type Admission, admit, type BreakerWrites, type ScopeLimit } from '../../ledger/breaker.ts';
import { assertTimeLeft, extend, release } from '../../ledger/lease.ts';
import { type ResourceState, type Session, type Shared, withLease } from '../../ledger/ledger.ts';
import type { QueuedAnnouncement } from '../../ledger/outbox.ts';
import { type Exemption, isOpen, type Remediation } from '../../ledger/records.ts';
import type { Engine } from '../context.ts';

/** Changes a resource's state. Pure: it may be applied again to a state that another run has written meanwhile. */
export type Change = (state: ResourceState) => ResourceState;

/** What one run has decided of a resource and not yet written: changes of its state and records, which are written together. */
export class Draft {
  readonly #engine: Engine;
  /** Whose lease the writes stand on; null where they need none. */
  readonly #holder: string | null;
  #session: Session;
  #changes: Change[] = [];
  readonly #records = new Map<string, Remediation>();
  #exemptions: readonly Exemption[] = [];
  #breakers: readonly ((shared: Shared) => BreakerWrites)[] = [];
  #announcements: readonly QueuedAnnouncement[] = [];
  /** True once an announcement was written: it is to be published. */
  hasAnnounced = false;

  constructor(engine: Engine, session: Session, holder: string | null = null) {
    this.#engine = engine;
    this.#session = session;
    this.#holder = holder;
  }

  get session(): Session {
    return this.#session;
  }

  /** The state as it will be written. */
  get state(): ResourceState {
    return this.#applied(this.#session.state);
  }

  get #isEmpty(): boolean {
    const others = [this.#exemptions, this.#breakers, this.#announcements];
    return this.#changes.length === 0 && this.#records.size === 0 && others.every((one) => one.length === 0);
  }

  adopt(session: Session): void {
    this.#session = session;
  }

  change(change: Change): void {
    this.#changes.push(change);
  }

  /** The record is written with the next write, and stands among the open ones until its end. */
  save(record: Remediation): void {
    this.#records.set(record.id, record);
    this.#changes.push((state) => withRecord(state, record));
  }

  /** The record as it is to be written; null where nothing of it waits. */
  pending(id: string): Remediation | null {
    return this.#records.get(id) ?? null;
  }

  exempt(exemption: Exemption): void {
    this.#exemptions = [...this.#exemptions, exemption];
  }

  /** What becomes of the breakers is decided on what is read of them at the moment of the write. */
  onBreakers(decide: (shared: Shared) => BreakerWrites): void {
    this.#breakers = [...this.#breakers, decide];
  }

  /** A message of no one resource goes with the next write; it is published afterwards. */
  announce(announcement: QueuedAnnouncement): void {
    this.#announcements = [...this.#announcements, announcement];
  }

  /** Writes what is decided; under a lease it is extended. Throws LeaseLostError, ConflictError, or the store's own error. */
  async write(): Promise<void> {
    if (this.#isEmpty) return;
    await this.#update((state) => ({ next: this.#extended(state), answer: undefined }));
  }

  /** To be asked before each call to the account. Throws LeaseLostError. */
  assertTimeLeft(): void {
    if (this.#holder !== null) assertTimeLeft(this.#session.state.lease, this.#holder, this.#now());
  }

  /** Writes what is decided together with the beginning of a remediation, if every breaker has room; otherwise what is decided, and nothing begins. */
  async begin(
    record: Remediation,
    limits: readonly ScopeLimit[],
    change: Change,
    refused: (admission: Admission) => QueuedAnnouncement | null,
  ): Promise<Admission> {
    const now = this.#now();
    return this.#update((state, shared) => {
      if (shared === null) throw new TypeError('what holds for everybody has to be read before a remediation begins');
      const admission = admit(shared.breakers, limits, now, Math.random);
      const next = this.#extended(state);
      if (admission.refusedBy !== null) {
        const announcement = refused(admission);
        const announcements = announcement === null ? [] : [announcement];
        return { next, breakers: admission.writes, announcements, answer: admission };
      }
      return {
        next: withRecord(change(next), record),
        records: [record],
        breakers: admission.writes,
        answer: admission,
      };
    });
  }

  /** Writes what is decided and lets go of the lease. Gives the controls that others want looked at meanwhile: then the lease is still ours. */
  async release(): Promise<readonly string[]> {
    const holder = this.#holder ?? '';
    const now = this.#now();
    return this.#update((state) => {
      const { lease, again } = release(state.lease, holder, now);
      return { next: withLease(this.#applied(state), lease, now), answer: again };
    });
  }

  async #update<T>(
    decide: (
      state: ResourceState,
      shared: Shared | null,
    ) => {
      readonly next: ResourceState;
      readonly records?: readonly Remediation[];
      readonly breakers?: BreakerWrites;
      readonly announcements?: readonly QueuedAnnouncement[];
      readonly answer: T;
    },
  ): Promise<T> {
    const [session, answer] = await this.#engine.ledger.update(this.#session, (state, shared) => {
      const { next, records = [], breakers, announcements = [], answer } = decide(state, shared);
      const more = shared === null ? [] : this.#breakers.map((one) => one(shared));
      const writes = [...more, ...(breakers === undefined ? [] : [breakers])].flat();
      return {
        ...(next === state ? {} : { next }),
        records: [...this.#records.values(), ...records],
        ...(writes.length === 0 ? {} : { breakers: writes }),
        exemptions: this.#exemptions,
        announcements: this.#announced([...this.#announcements, ...announcements]),
        answer,
      };
    });
    this.#session = session;
    this.#changes = [];
    this.#records.clear();
    this.#exemptions = [];
    this.#breakers = [];
    this.#announcements = [];
    return answer;
  }

  #announced(announcements: readonly QueuedAnnouncement[]): readonly QueuedAnnouncement[] {
    this.hasAnnounced ||= announcements.length > 0;
    return announcements;
  }

  #applied(state: ResourceState): ResourceState {
    return withoutIdleRecheck(this.#changes.reduce((before, change) => change(before), state));
  }

  #extended(state: ResourceState): ResourceState {
    const next = this.#applied(state);
    return this.#holder === null ? next : { ...next, lease: extend(next.lease, this.#holder, this.#now()) };
  }

  #now(): number {
    return this.#engine.clock.now().getTime();
  }
}

/** The state without the time of a recheck that nothing waits for any more. */
function withoutIdleRecheck(state: ResourceState): ResourceState {
  const isWaiting =
    state.open.some(({ status }) => status === 'pending') ||
    Object.values(state.findings).some(({ outcome }) => outcome === 'pending');
  return state.recheckAt === null || isWaiting ? state : { ...state, recheckAt: null };
}

/** The state with a record among the open ones, or without it where it has come to its end. */
function withRecord(state: ResourceState, record: Remediation): ResourceState {
  const { id, controlId, status } = record;
  const others = state.open.filter((open) => open.id !== id);
  return { ...state, open: isOpen(record) ? [...others, { id, controlId, status }] : others };
}
