import { randomUUID } from 'node:crypto';
import { revise, type Store } from './store.ts';

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

/** The right to sweep, until it is handed on, ended or over. `left`: only these types failed the last time that this slice was tried; null where it was not tried, or was cut off. */
export type Permit = { readonly holder: string; readonly left: readonly string[] | null };

/** Why a slice is not wanted. */
export type Dropped = { readonly dropped: string };

/** One sweep at a time for each scope, however often and in whatever order its events come. */
export interface Sweeps {
  /** The right to sweep this slice until `until` (milliseconds since 1970), or why nobody needs it. */
  begin(scope: SweepScope, slice: SliceOfRun, until: number): Promise<Permit | Dropped>;
  /** Lets the next slice begin. False where the right was lost. */
  handOn(scope: SweepScope, permit: Permit): Promise<boolean>;
  /** The sweep is done. */
  end(scope: SweepScope, permit: Permit): Promise<void>;
  /** The same slice has to come again, at once if need be: for the types that failed, or from its beginning (null). */
  giveBack(scope: SweepScope, permit: Permit, left: readonly string[] | null): Promise<void>;
}

/** How the last sweep of a scope stands. */
export interface SweepClaim extends SliceOfRun {
  readonly state: 'sweeping' | 'handedOn' | 'ended';
  readonly holder: string;
  /** When the claim is over unless it is handed on or ended; milliseconds since 1970. */
  readonly until: number;
  readonly left: readonly string[] | null;
  /** The runs before this one: what still comes of them is not wanted. */
  readonly past: readonly string[];
}

/** So many past runs are remembered: an event does not come again after days. */
const REMEMBERED = 20;

/** Why a slice that has come is not wanted; null where it may begin. Pure. */
export function whyDropped(claim: SweepClaim | null, { run, slice }: SliceOfRun, now: number): string | null {
  if (claim === null) return null;
  const over = claim.until <= now;
  if (claim.past.includes(run)) return 'another sweep has followed on this one';
  if (claim.run !== run) {
    if (claim.state !== 'ended' && !over) return 'a sweep is under way';
    return slice === 0 ? null : 'its sweep is not known any more';
  }
  if (claim.state === 'ended') return 'its sweep is done';
  if (slice === claim.slice) return over ? null : 'this slice is taken already';
  if (slice !== claim.slice + 1) return 'this slice is done';
  return claim.state === 'handedOn' || over ? null : 'the slice before it is being swept again';
}

const CLAIM = 'CLAIM';
const pkOf = ({ accountId, region, service }: SweepScope) => `SWEEP#${accountId}|${region}|${service}`;

export function sweepsIn(store: Store, now: () => number): Sweeps {
  const settle = <T>(
    scope: SweepScope,
    decide: (claim: SweepClaim | null) => { readonly next?: SweepClaim; readonly answer: T },
  ): Promise<T> =>
    revise(store, [{ pk: pkOf(scope), sk: CLAIM }], ([document]) => {
      const { next, answer } = decide(document as SweepClaim | null);
      return { next: [next], answer };
    });
  /** Changes the claim where it is still the holder's; false where it is not. */
  const asHolder = (scope: SweepScope, { holder }: Permit, change: Partial<SweepClaim>) =>
    settle<boolean>(scope, (claim) =>
      claim?.holder === holder ? { next: { ...claim, ...change }, answer: true } : { answer: false },
    );
  return {
    begin(scope, { run, slice }, until) {
      const holder = randomUUID();
      return settle<Permit | Dropped>(scope, (claim) => {
        const why = whyDropped(claim, { run, slice }, now());
        if (why !== null) return { answer: { dropped: why } };
        const again = claim?.run === run && claim.slice === slice;
        const past = claim === null || claim.run === run ? (claim?.past ?? []) : [claim.run, ...claim.past];
        const next = { run, slice, state: 'sweeping', holder, until, left: null } as const;
        return {
          next: { ...next, past: past.slice(0, REMEMBERED) },
          answer: { holder, left: again ? (claim?.left ?? null) : null },
        };
      });
    },
    handOn: (scope, permit) => asHolder(scope, permit, { state: 'handedOn' }),
    end: async (scope, permit) => {
      await asHolder(scope, permit, { state: 'ended' });
    },
    giveBack: async (scope, permit, left) => {
      await asHolder(scope, permit, { state: 'sweeping', until: 0, left });
    },
  };
}
