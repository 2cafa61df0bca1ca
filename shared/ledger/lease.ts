/** How long a lease holds unless it is extended; each write of a remediation extends it. */
export const LEASE_MS = 60_000;

/** The right to write to a resource was lost: it ended before it was extended, and another run has it. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** Another run holds the lease and does not handle all the controls that this one was called for: it has to come again. */
export class LeaseHeldError extends Error {
  override readonly name = 'LeaseHeldError';
}

/** The controls of a run: those that it was called for, and all that it is able to evaluate. */
export interface Claim {
  readonly requested: readonly string[];
  readonly handles: readonly string[];
}

/** One writer at a time for each resource. A run that comes while it is held leaves a mark, and the holder evaluates again before it releases the lease: two runs never race, and no change is lost. */
export interface Lease {
  readonly holder: string | null;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** The controls that the holder is able to evaluate. */
  readonly handles: readonly string[];
  /** Controls that are to be evaluated, until the lease is released in good order. */
  readonly wanted: readonly string[];
  /** It was marked since the holder's last evaluation began. */
  readonly dirty: boolean;
}

export const FREE: Lease = { holder: null, until: 0, handles: [], wanted: [], dirty: false };

/** Whether another run is at work, and the controls that one which was cut off left unevaluated. */
export interface LeaseState {
  readonly held: boolean;
  readonly orphaned: readonly string[];
}

export const leaseState = (lease: Lease, now: number): LeaseState =>
  isHeld(lease, now) ? { held: true, orphaned: [] } : { held: false, orphaned: lease.wanted };

const isHeld = ({ holder, until }: Lease, now: number) => holder !== null && until > now;

const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])];
const without = (a: readonly string[], b: readonly string[]) => a.filter((id) => !b.includes(id));
const both = (a: readonly string[], b: readonly string[]) => a.filter((id) => b.includes(id));

/** The lease as its new holder has it, or null where another run holds it. What a holder that was cut off left unevaluated, and this one handles, makes it dirty. Pure. */
export function take(lease: Lease, holder: string, { requested, handles }: Claim, now: number): Lease | null {
  if (isHeld(lease, now) && lease.holder !== holder) return null;
  return {
    holder,
    until: now + LEASE_MS,
    handles,
    wanted: union(lease.wanted, requested),
    dirty: both(without(lease.wanted, requested), handles).length > 0,
  };
}

/** A held lease with the mark of another run; undefined where it bears it already. Throws LeaseHeldError. Pure. */
export function mark(lease: Lease, { requested }: Pick<Claim, 'requested'>): Lease | undefined {
  const unhandled = without(requested, lease.handles);
  if (unhandled.length > 0)
    throw new LeaseHeldError(`another run is at work on the resource and does not evaluate ${unhandled.join(', ')}`);
  if (requested.length === 0 || (lease.dirty && without(requested, lease.wanted).length === 0)) return undefined;
  return { ...lease, wanted: union(lease.wanted, requested), dirty: true };
}

/** The lease, held for another LEASE_MS. Throws LeaseLostError. Pure. */
export const extend = (lease: Lease, holder: string, now: number): Lease => ({
  ...heldBy(lease, holder),
  until: now + LEASE_MS,
});

/** Throws LeaseLostError where what is left of the lease may not be enough for one call to the account: the ledger's answer took too long. To be asked before each write. */
export function assertTimeLeft(lease: Lease, holder: string, now: number): void {
  if (heldBy(lease, holder).until - now < LEASE_MS / 2)
    throw new LeaseLostError('the ledger answered too late to be sure of the resource');
}

/** The lease after its holder's work: free, and `again` is empty; or, where it is dirty, still held, and `again` names the controls to evaluate again. Throws LeaseLostError. Pure. */
export function release(
  lease: Lease,
  holder: string,
  now: number,
): { readonly lease: Lease; readonly again: readonly string[] } {
  const { dirty, wanted, handles } = heldBy(lease, holder);
  if (dirty) return { lease: { ...lease, until: now + LEASE_MS, dirty: false }, again: both(wanted, handles) };
  return { lease: { ...FREE, wanted: without(wanted, handles) }, again: [] };
}

/** The lease, released with its work unfinished: the next run takes it over. Undefined where it is another's. Pure. */
export const abandon = (lease: Lease, holder: string): Lease | undefined =>
  lease.holder === holder ? { ...FREE, wanted: lease.wanted } : undefined;

function heldBy(lease: Lease, holder: string): Lease {
  if (lease.holder !== holder) throw new LeaseLostError('another run has taken over this resource');
  return lease;
}
