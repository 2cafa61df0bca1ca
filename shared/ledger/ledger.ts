import type { Attribution } from '../attribution.ts';
import type { CallData, ComplianceType, Mode, Severity } from '../control.ts';
import type { ResourceRef } from '../resource.ts';
import type { Outcome } from '../result.ts';
import type { Breakers } from './breaker.ts';
import type { Head, Link } from './chain.ts';
import type { Flap } from './flap.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { Leases } from './lease.ts';
import type { SweepScope, Sweeps } from './sweep-claim.ts';
import type { TroubleBook } from './troubles.ts';

/** A drift, from the first time it was seen until it is gone. */
export interface Finding {
  readonly controlId: string;
  readonly ref: ResourceRef;
  /** The resource's ARN: exemptions name it. */
  readonly arn: string;
  readonly status: 'open' | 'resolved';
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly annotation: string;
  /** ISO 8601, as all times here that are strings. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly timesSeen: number;
  /** The remediation that put it right, where nobody could be told of it yet. */
  readonly untold: string | null;
  /** The plan that a person has rejected; it is not asked for again while the drift lasts. */
  readonly rejection: { readonly plan: string; readonly by: string; readonly reason: string } | null;
}

/** A call that takes a step back; an error of the names in `satisfiedBy` says that it is so already. */
export interface UndoCall extends CallData {
  readonly satisfiedBy?: readonly string[];
}

/** A step as it was meant and as it went. */
export interface RecordedStep extends CallData {
  /** The calls that take it back; null where it cannot be taken back. */
  readonly undo: readonly UndoCall[] | null;
  /** `unknown`: the run was cut off before it could say. */
  readonly status: 'intended' | 'made' | 'alreadySo' | 'failed' | 'unknown';
  readonly requestId: string | null;
  readonly error: string | null;
}

/** How a remediation stands. Open are `awaitingApproval` and `applying`; the others are its end. */
export type RemediationStatus =
  | 'awaitingApproval'
  | 'applying'
  | 'remediated'
  | 'failed'
  | 'interrupted'
  | 'rejected'
  | 'expired'
  | 'superseded';

/** One remediation (or one undo): what was, what was done by whose cause, what is. Written before its first call is made. */
export interface Remediation {
  readonly id: string;
  readonly kind: 'remediation' | 'undo';
  /** The remediation that an undo takes back. */
  readonly undoes: string | null;
  readonly controlId: string;
  readonly severity: Severity;
  /** The function's service, which with `ref` makes the resource's key. */
  readonly service: string;
  readonly ref: ResourceRef;
  readonly status: RemediationStatus;
  readonly mode: Mode;
  readonly annotation: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly afterCompliance: ComplianceType | null;
  readonly steps: readonly RecordedStep[];
  readonly error: string | null;
  readonly eventId: string | null;
  readonly eventName: string | null;
  readonly attribution: Attribution | null;
  /** Who approved, rejected or undid it: the caller's ARN; null where Evenkeel acted by itself. */
  readonly decidedBy: string | null;
  /** When an approval that nobody gives ends. */
  readonly expires: string | null;
  readonly times: {
    readonly event: string | null;
    readonly received: string;
    readonly decided: string;
    readonly applied: string | null;
    readonly verified: string | null;
  };
  readonly codeVersion: string;
  readonly policyVersion: string;
}

/** True for a remediation that has not come to its end. */
export const isOpen = ({ status }: Pick<Remediation, 'status'>): boolean =>
  status === 'awaitingApproval' || status === 'applying';

/** A dated permission to stay non-compliant that was given at run time. */
export interface Exemption {
  readonly id: string;
  readonly control: string;
  /** An ARN or resource id; `*` stands for any run of characters. */
  readonly resource: string;
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it holds, `2027-01-31`. */
  readonly expires: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** A stop by hand, of one control or of all (`control: null`). */
export interface Pause {
  readonly control: string | null;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** All that the ledger holds of one resource's present. */
export interface Recollection {
  readonly findings: readonly Finding[];
  readonly lastKnown: unknown;
  /** Ids of the remediations that have not come to their end. */
  readonly open: readonly string[];
  /** By control. */
  readonly flaps: ReadonlyMap<string, Flap>;
  /** A run that is at work holds the lease. */
  readonly held: boolean;
  /** Controls that a run which was cut off was to look at. */
  readonly leftBehind: readonly string[];
}

/** What was found and done. Every method throws when the store does not answer; nothing is written to an account without it. */
export interface Ledger extends Leases {
  readonly breakers: Breakers;
  readonly heartbeats: Heartbeats;
  /** What the examinations find ill. */
  readonly troubles: TroubleBook;
  readonly sweeps: Sweeps;
  /** One read for a resource. `key` is `resourceKey(service, ref)`. */
  recall(key: string): Promise<Recollection>;
  saveFinding(key: string, finding: Finding): Promise<void>;
  /** The open findings of all resources. */
  openFindings(): AsyncIterable<Finding & { readonly key: string }>;
  /** Keeps the last known good state of a resource whose deletion would be drift. */
  remember(key: string, state: unknown): Promise<void>;
  /** The keys of the resources of a service in a region whose last known good state is kept. */
  remembered(scope: SweepScope): AsyncIterable<string>;
  saveFlap(key: string, controlId: string, flap: Flap): Promise<void>;
  /** Saves or replaces the record of a remediation, whole, and chains its beginning and its end. */
  saveRemediation(remediation: Remediation): Promise<void>;
  /** The remediation of that id, or null. */
  remediation(id: string): Promise<Remediation | null>;
  /** Remediations by the time they were decided, from `since` (ISO 8601) on. */
  remediations(since?: string): AsyncIterable<Remediation>;
  /** The keys of all resources that have a chain of evidence. */
  chainKeys(): Promise<readonly string[]>;
  /** A resource's chain of evidence. */
  chain(key: string): Promise<{ readonly head: Head; readonly links: readonly Link[] }>;
  exemptions(): Promise<readonly Exemption[]>;
  saveExemption(exemption: Exemption): Promise<void>;
  pauses(): Promise<readonly Pause[]>;
  pause(pause: Pause): Promise<void>;
  /** True where there was a pause to end. */
  resume(control: string | null): Promise<boolean>;
  /** True the first time that it is asked for this. */
  once(what: string): Promise<boolean>;
  /** True where `once` was asked for this before. */
  heard(what: string): Promise<boolean>;
}

/** Where a resource's records stand. Account settings share a type, so the service is part of it. */
export const resourceKey = (service: string, ref: ResourceRef): string =>
  `${keyPrefix({ ...ref, service })}${ref.resourceType}|${ref.resourceId}`;

/** How the keys of all resources of a service in a region begin. */
export const keyPrefix = ({ accountId, region, service }: SweepScope): string => `${accountId}|${region}|${service}|`;

/** The resource that a key names. */
export function refOfKey(key: string): ResourceRef {
  const [accountId = '', region = '', , resourceType = '', ...id] = key.split('|');
  return { accountId, region, resourceType, resourceId: id.join('|') };
}

/** A ledger that is read and never written: for a dry run. */
export const readOnly = (ledger: Ledger): Ledger => ({
  ...ledger,
  saveFinding: async () => {},
  remember: async () => {},
  saveFlap: async () => {},
  saveRemediation: async () => {},
  once: async () => false,
});
