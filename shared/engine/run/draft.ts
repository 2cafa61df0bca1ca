import { type Admission, admit, type BreakerWrites, type ScopeLimit } from '../../ledger/breaker.ts';
import { assertTimeLeft, extend, release } from '../../ledger/lease.ts';
import { type ResourceState, type Session, type Shared, withLease } from '../../ledger/ledger.ts';
import type { QueuedAnnouncement } from '../../ledger/outbox.ts';
import { type Exemption, isOpen, type Remediation } from '../../ledger/records.ts';
import type { Outcome } from '../../result.ts';
import type { Engine } from '../context.ts';

/** Changes a resource's state. Pure: applied again where another run wrote first. */
export type Change = (state: ResourceState) => ResourceState;

/** What one run has decided about a resource and not yet written: changes of its state and records, written together. */
export class Draft {
  readonly #engine: Engine;
  /** The lease that writes depend on; null where they need none. */
  readonly #holder: string | null;
  #session: Session;
  #changes: Change[] = [];
  readonly #records = new Map<string, Remediation>();
  #exemptions: readonly Exemption[] = [];
  #breakers: readonly ((shared: Shared) => BreakerWrites)[] = [];
  #announcements: readonly QueuedAnnouncement[] = [];
  /** True once an announcement was written and has to be published. */
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

  /** Reads a record of the resource to be saved again; null where there is none. */
  async adoptRecord(id: string): Promise<Remediation | null> {
    const [session, record] = await this.#engine.ledger.adopt(this.#session, id);
    this.#session = session;
    return record;
  }

  change(change: Change): void {
    this.#changes.push(change);
  }

  /** The record is written with the next write, and listed as open until it is closed. */
  save(record: Remediation): void {
    this.#records.set(record.id, record);
    this.#changes.push((state) => withRecord(state, record));
  }

  /** The record as it will be written; null where there is no unwritten change of it. */
  pending(id: string): Remediation | null {
    return this.#records.get(id) ?? null;
  }

  exempt(exemption: Exemption): void {
    this.#exemptions = [...this.#exemptions, exemption];
  }

  /** Changes of the circuit breakers are decided on what is read of them at the time of the write. */
  onBreakers(decide: (shared: Shared) => BreakerWrites): void {
    this.#breakers = [...this.#breakers, decide];
  }

  /** A message about no single resource is written with the next write, and published afterwards. */
  announce(announcement: QueuedAnnouncement): void {
    this.#announcements = [...this.#announcements, announcement];
  }

  /** Writes what is decided, and extends the lease. Throws LeaseLostError, ConflictError, or the store's own error. */
  async write(): Promise<void> {
    if (this.#isEmpty) return;
    await this.#update((state) => ({ next: this.#extended(state), answer: undefined }));
  }

  /** Called before each call to the account. Throws LeaseLostError. */
  assertTimeLeft(): void {
    if (this.#holder !== null) assertTimeLeft(this.#session.state.lease, this.#holder, this.#now());
  }

  /** Writes what is decided together with the beginning of a remediation if every breaker has a place; otherwise only what is decided. */
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

  /** Writes what is decided and releases the lease. Returns the controls that other runs want evaluated meanwhile: then the lease is still ours. */
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

/** Drift that waits for a recheck of a new resource. */
const isYoung = (outcome: Outcome, retryAt: string | null) => outcome === 'detected' && retryAt !== null;

/** The state without a recheck that nothing waits for any more. */
function withoutIdleRecheck(state: ResourceState): ResourceState {
  const isWaiting =
    state.open.some(({ status }) => status === 'pending') ||
    Object.values(state.findings).some(({ outcome, retryAt }) => outcome === 'pending' || isYoung(outcome, retryAt));
  return state.recheckAt === null || isWaiting ? state : { ...state, recheckAt: null };
}

/** The state with a record listed as open, or without it where it is closed. */
function withRecord(state: ResourceState, record: Remediation): ResourceState {
  const { id, controlId, status } = record;
  const others = state.open.filter((open) => open.id !== id);
  return { ...state, open: isOpen(record) ? [...others, { id, controlId, status }] : others };
}
