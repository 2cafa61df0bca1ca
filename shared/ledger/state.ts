import { type Head, START } from './chain.ts';
import type { Flap } from './flap.ts';
import { FREE, type Lease } from './lease.ts';
import type { QueuedNotice } from './outbox.ts';
import type { Finding, RemediationStatus } from './records.ts';
import type { Listing } from './store.ts';

/** A remediation of the resource whose status is not final. */
export interface OpenRecord {
  readonly id: string;
  readonly controlId: string;
  readonly status: RemediationStatus;
}

/** All that the ledger knows of one resource's present: one item. */
export interface ResourceState {
  /** The resource's ARN: exemptions name it. Empty until a run has written it. */
  readonly arn: string;
  readonly lease: Lease;
  /** Open findings by control; a detection's by its id and what was seen. */
  readonly findings: Readonly<Record<string, Finding>>;
  /** By element. */
  readonly flaps: Readonly<Record<string, Flap>>;
  readonly open: readonly OpenRecord[];
  /** The head of the resource's chain of evidence; maintained by the ledger itself. */
  readonly head: Head;
  /** Notifications that were decided and are not known to be published. */
  readonly outbox: readonly QueuedNotice[];
  /** The last good values of facets that a control keeps. */
  readonly lastKnown: Readonly<Record<string, unknown>>;
  /** When the resource is rechecked without an event: milliseconds since 1970. */
  readonly recheckAt: number | null;
  /** When a lease was last taken or released: reads that began less than a minute after it are made again before a write. */
  readonly changedHandsAt: number;
}

/** The state of a resource that the ledger does not know. */
export const NEW_RESOURCE: ResourceState = {
  arn: '',
  lease: FREE,
  findings: {},
  flaps: {},
  open: [],
  head: START,
  outbox: [],
  lastKnown: {},
  recheckAt: null,
  changedHandsAt: 0,
};

/** The state with this lease; `changedHandsAt` is `now` where it has another holder, or none, by that. Pure. */
export const withLease = (state: ResourceState, lease: Lease, now: number): ResourceState => ({
  ...state,
  lease,
  changedHandsAt: lease.holder === state.lease.holder ? state.changedHandsAt : now,
});

/** The list of resources that something is still to be done or known about, and that of all others; both by key. */
export const ACTIVE = 'ACTIVE';
export const QUIET = 'QUIET';

/** True where something of the resource is open: a finding, a record, a notification, a recheck, controls to evaluate; or where something is remembered. */
const isActive = ({ lease, findings, open, outbox, lastKnown, recheckAt }: ResourceState): boolean =>
  open.length > 0 ||
  outbox.length > 0 ||
  recheckAt !== null ||
  lease.wanted.length > 0 ||
  Object.keys(findings).length > 0 ||
  Object.keys(lastKnown).length > 0;

/** The list that a resource belongs to, and its place there. */
export const listingOf = (key: string, state: ResourceState): Listing => ({
  list: isActive(state) ? ACTIVE : QUIET,
  at: key,
});
