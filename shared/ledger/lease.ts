import { revise, type Store } from './store.ts';

/** Milliseconds for which a lease holds unless it is renewed; each step of a remediation renews it. */
export const LEASE_TIME = 60_000;

/** The right to write to a resource was lost: it ended before it was renewed, and another run has it. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** One writer at a time for each resource. Whoever comes while it is held leaves a mark, and the holder looks again before it lets go: two runs never race, and no change is lost. */
export interface Leases {
  /** True where the lease is ours now; false where another run holds it and was told to look again. */
  acquire(key: string, holder: string): Promise<boolean>;
  /** Holds on for another LEASE_TIME. Throws LeaseLostError. */
  renew(key: string, holder: string): Promise<void>;
  /** Lets go; false where somebody left a mark: the lease is still ours, and the resource wants another look. */
  release(key: string, holder: string): Promise<boolean>;
}

interface Lease {
  readonly holder: string | null;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly dirty: boolean;
}

const FREE: Lease = { holder: null, until: 0, dirty: false };
export const LEASE = 'LEASE';

/** True where a lease, as the store keeps it, is held by a run that is still at work. */
export const isHeld = (document: unknown, now: number): boolean => {
  const { holder, until } = (document ?? FREE) as Lease;
  return holder !== null && until > now;
};

export function leasesIn(store: Store, pkOf: (key: string) => string, now: () => number): Leases {
  const settle = <T>(
    key: string,
    decide: (lease: Lease) => { readonly next?: Lease; readonly answer: T },
  ): Promise<T> =>
    revise(store, [{ pk: pkOf(key), sk: LEASE }], ([document]) => {
      const { next, answer } = decide((document as Lease | null) ?? FREE);
      return { next: [next], answer };
    });
  const mine = (holder: string): Lease => ({ holder, until: now() + LEASE_TIME, dirty: false });
  const stillMine = (lease: Lease, holder: string) => {
    if (lease.holder !== holder) throw new LeaseLostError('another run has taken over this resource');
  };
  return {
    acquire: (key, holder) =>
      settle<boolean>(key, (lease) => {
        if (!isHeld(lease, now()) || lease.holder === holder) return { next: mine(holder), answer: true };
        return lease.dirty ? { answer: false } : { next: { ...lease, dirty: true }, answer: false };
      }),
    renew: (key, holder) =>
      settle<void>(key, (lease) => {
        stillMine(lease, holder);
        return { next: { ...lease, until: now() + LEASE_TIME }, answer: undefined };
      }),
    release: (key, holder) =>
      settle<boolean>(key, (lease) => {
        stillMine(lease, holder);
        return lease.dirty ? { next: mine(holder), answer: false } : { next: FREE, answer: true };
      }),
  };
}
