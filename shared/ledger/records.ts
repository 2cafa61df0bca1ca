import type { Attribution } from '../attribution.ts';
import type { ComplianceType, Mode, Severity } from '../control.ts';
import type { ResourceRef } from '../resource.ts';
import type { Outcome } from '../result.ts';
import type { CallData } from '../step.ts';

/** A drift, from the first time it was seen until it is gone. Times are ISO 8601, as all times here that are strings. */
export interface Finding {
  readonly controlId: string;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly annotation: string;
  /** What makes it the same finding; another one is news. */
  readonly fingerprint: string;
  readonly firstSeen: string;
  /** When it was last written; a look that finds nothing new writes nothing. */
  readonly lastSeen: string;
  /** The plan that a person has rejected; it is not asked for again while the drift lasts. */
  readonly rejection: { readonly plan: string; readonly by: string; readonly reason: string } | null;
  /** `pending` and `blocked`: when it is evaluated, or remediated, again. */
  readonly retryAt: string | null;
  /** `pending`: when it ends as `failed`. */
  readonly deadline: string | null;
  /** `blocked`: what was tried under which circumstances; it is tried again at once where these are others. */
  readonly blocked: {
    /** Who refuses, and what a person can do, in a sentence. */
    readonly by: string;
    /** Hash of the facets that were read. */
    readonly facets: string;
    /** Versions of code and policy. */
    readonly version: string;
    /** The record of the attempt, which the next one continues; null where none was made. */
    readonly recordId: string | null;
  } | null;
  /** `failed`: how far people were notified: that it is being retried, or how it ended; null where they were not. */
  readonly notified?: FailureStage;
  /** People were notified of it: they are as well once it is over. */
  readonly isKnown?: true;
  /** Access was denied without a reason, since then and under that version of code and policy: that lasts only where it is so some minutes later too. */
  readonly denied?: { readonly since: string; readonly version: string };
  /** The record of an attempt whose call was not answered and showed no effect: where the drift is gone later, that was us. */
  readonly unanswered?: string;
  /** When its outcome was last sent to those who follow each of them; absent where it was not, as it is now. */
  readonly sentAt?: string;
  /** Of a detection's finding alone. */
  readonly sightings?: Sightings;
}

/** How far people are notified of a failure. */
export type FailureStage = 'retrying' | 'ended' | null;

/** How often a detection has seen the same thing again. */
export interface Sightings {
  /** Repeats that people have not been notified of. */
  readonly repeats: number;
  /** When the first of these was seen; null without repeats. */
  readonly since: string | null;
  /** Short hashes of the ids of the last events: a repeated delivery is not counted. */
  readonly events: readonly string[];
}

/** A call that undoes a step; an error of the names in `satisfiedBy` says that it is so already. */
export interface UndoCall extends CallData {
  readonly satisfiedBy?: readonly string[];
}

/** A step as it was meant and as it went. */
export interface RecordedStep extends CallData {
  readonly elements: readonly string[];
  /** The calls that undo it; null where it cannot be undone. */
  readonly undo: readonly UndoCall[] | null;
  /** `unknown`: no answer says whether it was made; the state decides. */
  readonly status: 'intended' | 'made' | 'alreadySo' | 'failed' | 'unknown';
  readonly requestId: string | null;
  readonly error: string | null;
}

/** The status of a remediation. `awaitingApproval`, `applying` and `pending` are open; the others are final. */
export type RemediationStatus =
  | 'awaitingApproval'
  | 'applying'
  | 'pending'
  | 'remediated'
  | 'failed'
  | 'blocked'
  | 'interrupted'
  | 'rejected'
  | 'expired'
  | 'superseded';

/** One remediation (or one undo): what was, what was done by whose cause, what is. Written before its first call is made. */
export interface Remediation {
  readonly id: string;
  readonly kind: 'remediation' | 'undo';
  /** The remediation that an undo undoes. */
  readonly undoes: string | null;
  readonly controlId: string;
  readonly severity: Severity;
  /** The service's id, which with `ref` makes the resource's key. */
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
  /** `awaitingApproval`: when it ends without a decision. `pending`: when it ends as failed. */
  readonly expires: string | null;
  /** `pending`: when the recheck comes. */
  readonly recheckAt: string | null;
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

/** True for a remediation whose status is not final. */
export const isOpen = ({ status }: Pick<Remediation, 'status'>): boolean =>
  status === 'awaitingApproval' || status === 'applying' || status === 'pending';

/** Ends that may still be corrected: a run that was taken for dead may say how it ended. */
const CORRECTABLE: readonly RemediationStatus[] = ['remediated', 'failed', 'blocked', 'interrupted'];

/** True where a record of one status may become another: what waits for a person is decided once, and what a person has decided, or has ended, stays so; what was blocked may be tried again. */
export function mayFollow(before: RemediationStatus, after: RemediationStatus): boolean {
  if (before === 'awaitingApproval') return true;
  if (CORRECTABLE.includes(after)) return isOpen({ status: before }) || CORRECTABLE.includes(before);
  if (after === 'applying') return before === 'applying' || before === 'blocked';
  return after === 'pending' && (before === 'applying' || before === 'pending');
}

/** A dated permission to stay non-compliant that was given at run time. */
export interface Exemption {
  readonly id: string;
  readonly control: string;
  /** An ARN or resource id; `*` matches any characters. */
  readonly resource: string;
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it holds, `2027-01-31`. */
  readonly expires: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** What an undo brought back: these elements are left alone by every control. */
  readonly elements?: readonly string[];
  /** Who ended it before its last day, and when. */
  readonly ended?: { readonly by: string; readonly at: string };
}

/** A stop by hand, of one control or of all (`control: null`). */
export interface Pause {
  readonly control: string | null;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}
