import type { CallData, ComplianceType, Mode, Severity } from '../control.ts';
import type { Attribution } from '../engine/attribution.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { ResourceRef } from '../resource.ts';

/** A drift, from the first time it was seen until it is gone. */
export interface Finding {
  readonly controlId: string;
  readonly ref: ResourceRef;
  readonly status: 'open' | 'resolved';
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly annotation: string;
  /** ISO 8601, as all times here. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly timesSeen: number;
}

/** A step as it was meant and as it went. */
export interface RecordedStep extends CallData {
  /** The calls that take it back; null where it cannot be taken back. Known once the step is made. */
  readonly undo: readonly CallData[] | null;
  readonly status: 'intended' | 'made' | 'alreadySo' | 'failed';
  readonly requestId: string | null;
  readonly error: string | null;
}

/** One remediation: what was, what was done by whose cause, what is. Written before its first call is made. */
export interface Remediation {
  readonly id: string;
  readonly controlId: string;
  readonly severity: Severity;
  readonly ref: ResourceRef;
  readonly status: 'applying' | 'remediated' | 'failed';
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
  readonly times: {
    readonly event: string | null;
    readonly received: string;
    readonly decided: string;
    readonly applied: string | null;
    readonly verified: string | null;
  };
  readonly policyVersion: string;
}

/** All that the ledger holds of one resource's present: its findings, and its last known good state. */
export interface Recollection {
  readonly findings: readonly Finding[];
  readonly lastKnown: unknown;
}

/** What was found and done. Every method throws when the store does not answer; nothing is written to an account without it. */
export interface Ledger {
  /** One read for a resource. `key` is `resourceKey(ref)`. */
  recall(key: string): Promise<Recollection>;
  saveFinding(key: string, finding: Finding): Promise<void>;
  /** Keeps the last known good state of a resource whose deletion would be drift. */
  remember(key: string, state: unknown): Promise<void>;
  /** Saves or replaces the record of a remediation, whole. */
  saveRemediation(key: string, remediation: Remediation): Promise<void>;
  /** The remediation of that id, or null. */
  remediation(id: string): Promise<Remediation | null>;
}

/** Where a resource's records stand. Account settings share a type, so the service is part of it. */
export const resourceKey = (service: string, ref: ResourceRef): string =>
  [ref.accountId, ref.region, service, ref.resourceType, ref.resourceId].join('|');

/** A ledger that is read and never written: for a dry run. */
export const readOnly = (ledger: Ledger): Ledger => ({
  recall: (key) => ledger.recall(key),
  remediation: (id) => ledger.remediation(id),
  saveFinding: async () => {},
  remember: async () => {},
  saveRemediation: async () => {},
});
