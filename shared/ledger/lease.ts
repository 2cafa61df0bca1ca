import { revise, type Store } from './store.ts';

/** Milliseconds for which a lease holds unless it is renewed; each step of a remediation renews it. */
export const LEASE_TIME = 60_000;

/** The right to write to a resource was lost: it ended before it was renewed, and another run has it. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** Another run holds the lease and cannot look at everything that this one wants looked at: it has to come again. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** What a run wants of a resource, by the ids of controls: what it was called for, and all that it is able to look at. */
export interface Claim {
  readonly wants: readonly string[];
  readonly covers: readonly string[];
}

/** One writer at a time for each resource. Whoever comes while it is held leaves a mark, and the holder looks again before it lets go: two runs never race, and no change is lost. */
export interface Leases {
  /** True where the lease is ours now; false where another run holds it and was told to look again, at what we want too. Throws BusyError. */
  acquire(key: string, holder: string, claim: Claim): Promise<boolean>;
  /** Holds on for another LEASE_TIME. Throws LeaseLostError. */
  renew(key: string, holder: string): Promise<void>;
  /** Lets go, and gives nothing; or, where somebody left a mark: the lease is still ours, and these controls want another look. Throws LeaseLostError. */
  release(key: string, holder: string): Promise<readonly string[]>;
  /** Lets go of a lease that may be ours, with the work undone: whoever comes next takes it over. */
  abandon(key: string, holder: string): Promise<void>;
}

interface Lease extends Omit<Claim, 'wants'> {
  readonly holder: string | null;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Controls that somebody wants looked at, until the lease is let go of in good order. */
  readonly wanted: readonly string[];
  /** Something was marked since the holder's last look began. */
  readonly dirty: boolean;
}

const FREE: Lease = { holder: null, until: 0, covers: [], wanted: [], dirty: false };
export const LEASE = 'LEASE';

/** What a lease, as the store keeps it, says to a run that thinks of taking it: whether another is at work, and what one that was cut off has left to look at. */
export function standing(
  document: unknown,
  now: number,
): { readonly held: boolean; readonly leftBehind: readonly string[] } {
  const lease = (document ?? FREE) as Lease;
  const held = isHeld(lease, now);
  return { held, leftBehind: held ? [] : lease.wanted };
}

const isHeld = ({ holder, until }: Lease, now: number) => holder !== null && until > now;

const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])];
const without = (a: readonly string[], b: readonly string[]) => a.filter((id) => !b.includes(id));
const both = (a: readonly string[], b: readonly string[]) => a.filter((id) => b.includes(id));

/** The lease as its new holder has it; what a holder that was cut off had left to look at is marked. Pure. */
const taken = (lease: Lease, { wants, covers }: Claim): Pick<Lease, 'covers' | 'wanted' | 'dirty'> => ({
  covers,
  wanted: union(lease.wanted, wants),
  dirty: both(without(lease.wanted, wants), covers).length > 0,
});

/** The lease with the newcomer's mark; undefined where it says so already. Throws BusyError. Pure. */
function marked(lease: Lease, { wants }: Claim): Lease | undefined {
  const unseen = without(wants, lease.covers);
  if (unseen.length > 0)
    throw new BusyError(`another run is at work on the resource and does not look at ${unseen.join(', ')}`);
  if (wants.length === 0 || (lease.dirty && without(wants, lease.wanted).length === 0)) return undefined;
  return { ...lease, wanted: union(lease.wanted, wants), dirty: true };
}

export function leasesIn(store: Store, pkOf: (key: string) => string, now: () => number): Leases {
  const settle = <T>(
    key: string,
    decide: (lease: Lease) => { readonly next?: Lease | undefined; readonly answer: T },
  ): Promise<T> =>
    revise(store, [{ pk: pkOf(key), sk: LEASE }], ([document]) => {
      const { next, answer } = decide((document as Lease | null) ?? FREE);
      return { next: [next], answer };
    });
  const until = () => now() + LEASE_TIME;
  const mine = (lease: Lease, holder: string) => {
    if (lease.holder !== holder) throw new LeaseLostError('another run has taken over this resource');
    return lease;
  };
  return {
    acquire: (key, holder, claim) =>
      settle<boolean>(key, (lease) =>
        isHeld(lease, now()) && lease.holder !== holder
          ? { next: marked(lease, claim), answer: false }
          : { next: { holder, until: until(), ...taken(lease, claim) }, answer: true },
      ),
    async renew(key, holder) {
      const asked = now();
      await settle<void>(key, (lease) => ({ next: { ...mine(lease, holder), until: until() }, answer: undefined }));
      // What is left of the lease must be enough for one call to the account.
      if (now() - asked > LEASE_TIME / 2)
        throw new LeaseLostError('the ledger answered too late to be sure of the resource');
    },
    release: (key, holder) =>
      settle<readonly string[]>(key, (lease) => {
        const { dirty, wanted, covers } = mine(lease, holder);
        if (dirty) return { next: { ...lease, until: until(), dirty: false }, answer: both(wanted, covers) };
        return { next: { ...FREE, wanted: without(wanted, covers) }, answer: [] };
      }),
    abandon: (key, holder) =>
      settle<void>(key, (lease) => ({
        next: lease.holder === holder ? { ...FREE, wanted: lease.wanted } : undefined,
        answer: undefined,
      })),
  };
}
