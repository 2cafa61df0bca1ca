import { randomUUID } from 'node:crypto';
import { putLatest, type Store, update } from './store.ts';

/** What is swept by one run at a time: a service's resources in a region of an account. */
export interface SweepScope {
  readonly accountId: string;
  readonly region: string;
  readonly service: string;
}

/** One slice of a run, the first being 0. */
export interface SliceOfRun {
  readonly run: string;
  readonly slice: number;
}

/** The right to sweep a slice, until it is advanced, ended or over. `pendingTypes`: only these types failed the last time that this slice was tried; null where it was not tried, or was cut off. */
export interface SweepLease {
  readonly holder: string;
  readonly pendingTypes: readonly string[] | null;
}

/** Why a slice is not wanted. */
export type Dropped = { readonly dropped: string };

/** One sweep at a time for each scope, however often and in whatever order its events come. */
export interface Sweeps {
  /** The right to sweep this slice until `until` (milliseconds since 1970), or why it is not needed. */
  begin(scope: SweepScope, slice: SliceOfRun, until: number): Promise<SweepLease | Dropped>;
  /** Lets the next slice begin. False where the right was lost. */
  advance(scope: SweepScope, lease: SweepLease): Promise<boolean>;
  /** The sweep is done. */
  end(scope: SweepScope, lease: SweepLease): Promise<void>;
  /** A scope was swept whole by a run without a lease: the command's. */
  saveEnd(scope: SweepScope): Promise<void>;
  /** When each scope was last swept whole. */
  lastEnds(): Promise<readonly SweepEnd[]>;
  /** The same slice has to come again, at once if need be: for the types that failed, or from its beginning (null). */
  release(scope: SweepScope, lease: SweepLease, pendingTypes: readonly string[] | null): Promise<void>;
}

/** When a scope was last swept whole. */
export interface SweepEnd extends SweepScope {
  /** ISO 8601. */
  readonly at: string;
}

/** The state of the last sweep of a scope. */
export interface SweepLock extends SliceOfRun {
  readonly state: 'sweeping' | 'advanced' | 'ended';
  readonly holder: string;
  /** When the lock is over unless it is advanced or ended; milliseconds since 1970. */
  readonly until: number;
  readonly pendingTypes: readonly string[] | null;
  /** The runs before this one: what still comes of them is not wanted. */
  readonly past: readonly string[];
}

/** How many past runs are remembered: an event does not come again after days. */
const MAX_PAST_RUNS = 20;

/** Why a slice that has come is not wanted; null where it may begin. Pure. */
function whyDropped(lock: SweepLock | null, { run, slice }: SliceOfRun, now: number): string | null {
  if (lock === null) return null;
  const over = lock.until <= now;
  if (lock.past.includes(run)) return 'another sweep has followed on this one';
  if (lock.run !== run) {
    if (lock.state !== 'ended' && !over) return 'a sweep is under way';
    return slice === 0 ? null : 'its sweep is not known any more';
  }
  if (lock.state === 'ended') return 'its sweep is done';
  if (slice === lock.slice) return over ? null : 'this slice is taken already';
  if (slice !== lock.slice + 1) return 'this slice is done';
  return lock.state === 'advanced' || over ? null : 'the slice before it is being swept again';
}

const LOCK = 'LOCK';
/** The ends of all scopes, which are read together. */
const ENDS = 'SWEEP_ENDS';
const pkOf = ({ accountId, region, service }: SweepScope) => `SWEEP#${accountId}|${region}|${service}`;

export function sweepsIn(store: Store, now: () => number): Sweeps {
  const saveEnd = ({ accountId, region, service }: SweepScope): Promise<void> => {
    const document: SweepEnd = { accountId, region, service, at: new Date(now()).toISOString() };
    return putLatest(store, { pk: ENDS, sk: `${accountId}|${region}|${service}`, document });
  };
  const settle = <T>(
    scope: SweepScope,
    decide: (lock: SweepLock | null) => { readonly next?: SweepLock; readonly answer: T },
  ): Promise<T> =>
    update(store, [{ pk: pkOf(scope), sk: LOCK }], ([document]) => {
      const { next, answer } = decide(document as SweepLock | null);
      return { next: [next], answer };
    });
  /** Changes the lock where it is still the holder's; false where it is not. */
  const asHolder = (scope: SweepScope, { holder }: SweepLease, change: Partial<SweepLock>) =>
    settle<boolean>(scope, (lock) =>
      lock?.holder === holder ? { next: { ...lock, ...change }, answer: true } : { answer: false },
    );
  return {
    begin(scope, { run, slice }, until) {
      const holder = randomUUID();
      return settle<SweepLease | Dropped>(scope, (lock) => {
        const why = whyDropped(lock, { run, slice }, now());
        if (why !== null) return { answer: { dropped: why } };
        const again = lock?.run === run && lock.slice === slice;
        const past = lock === null || lock.run === run ? (lock?.past ?? []) : [lock.run, ...lock.past];
        const next = { run, slice, state: 'sweeping', holder, until, pendingTypes: null } as const;
        return {
          next: { ...next, past: past.slice(0, MAX_PAST_RUNS) },
          answer: { holder, pendingTypes: again ? (lock?.pendingTypes ?? null) : null },
        };
      });
    },
    advance: (scope, lease) => asHolder(scope, lease, { state: 'advanced' }),
    end: async (scope, lease) => {
      if (await asHolder(scope, lease, { state: 'ended' })) await saveEnd(scope);
    },
    saveEnd,
    lastEnds: async () => (await store.query(ENDS)).map(({ document }) => document as SweepEnd),
    release: async (scope, lease, pendingTypes) => {
      await asHolder(scope, lease, { state: 'sweeping', until: 0, pendingTypes });
    },
  };
}
