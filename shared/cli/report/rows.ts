import type { Tool } from '../../attribution.ts';
import type { Severity } from '../../control.ts';
import type { OpenFinding } from '../../ledger/ledger.ts';
import type { Remediation, RemediationStatus } from '../../ledger/records.ts';
import type { ExemptionRule } from '../../policy/policy.ts';
import type { Outcome } from '../../result.ts';
import { shellQuoted, withoutErrorNames } from '../../text.ts';
import { arnOf } from '../output/entry.ts';

/** What a reader can do about a finding. */
export interface NextStep {
  readonly text: string;
  /** The exact command; null where there is none to run. */
  readonly command: string | null;
}

/** A resource, as the report names it. */
interface Subject {
  readonly controlId: string;
  readonly severity: Severity;
  readonly service: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly accountId: string;
  readonly region: string;
}

/** An open finding. Times are ISO 8601. */
export interface FindingRow extends Subject {
  readonly arn: string;
  readonly state: Outcome;
  readonly annotation: string;
  readonly firstSeen: string;
  readonly next: NextStep;
}

/** A remediation or an undo, without the states and documents that its record holds. */
export interface RecordRow extends Subject {
  readonly id: string;
  readonly kind: Remediation['kind'];
  readonly status: RemediationStatus;
  readonly annotation: string;
  /** `ec2:RevokeSecurityGroupIngress`, in the order in which they were planned. */
  readonly calls: readonly string[];
  readonly error: string | null;
  readonly actor: string | null;
  readonly tool: Tool | null;
  readonly decidedBy: string | null;
  readonly undoes: string | null;
  /** `awaitingApproval`: when it ends without a decision. */
  readonly expires: string | null;
  readonly times: Remediation['times'];
  /** How a reader can undo it; null where nothing is to be undone. */
  readonly undo: string | null;
}

/** An exemption of the ledger or of policy.yml. */
export interface ExemptionRow extends ExemptionRule {
  /** Null for one of policy.yml. */
  readonly id: string | null;
  readonly createdBy: string | null;
  readonly createdAt: string | null;
  /** What an undo brought back: it holds for these elements alone. */
  readonly elements: readonly string[] | null;
  readonly isActive: boolean;
  /** Negative where it has ended. */
  readonly daysLeft: number;
  readonly next: NextStep;
}

/** The service in a resource's key: account settings share a type. */
export const serviceOfKey = (key: string): string => key.split('|')[2] ?? '';

/** The row of a record. `flags`: what its commands need beside the id. */
export function recordRow(record: Remediation, flags: string): RecordRow {
  const { ref, steps, attribution, ...rest } = record;
  const isUndoable =
    record.kind === 'remediation' &&
    record.status === 'remediated' &&
    steps.some(({ status }) => status === 'made') &&
    steps.every(({ undo }) => undo !== null);
  return {
    id: rest.id,
    kind: rest.kind,
    status: rest.status,
    controlId: rest.controlId,
    severity: rest.severity,
    service: rest.service,
    resourceType: ref.resourceType,
    resourceId: ref.resourceId,
    accountId: ref.accountId,
    region: ref.region,
    annotation: withoutErrorNames(rest.annotation),
    calls: steps.map(({ service, operation }) => `${service}:${operation}`),
    error: rest.error === null ? null : withoutErrorNames(rest.error),
    actor: attribution?.actor ?? null,
    tool: attribution?.tool ?? null,
    decidedBy: rest.decidedBy,
    undoes: rest.undoes,
    expires: rest.expires,
    times: rest.times,
    undo: isUndoable ? `npx evenkeel undo ${shellQuoted(rest.id)}${flags}` : null,
  };
}

/** The row of a finding without its next step. */
export const findingRow = (finding: OpenFinding): Omit<FindingRow, 'next'> => ({
  controlId: finding.controlId,
  severity: finding.severity,
  service: serviceOfKey(finding.key),
  resourceType: finding.ref.resourceType,
  resourceId: finding.ref.resourceId,
  accountId: finding.ref.accountId,
  region: finding.ref.region,
  arn: arnOf(finding.controlId, finding.ref) ?? finding.arn,
  state: finding.outcome,
  annotation: withoutErrorNames(finding.annotation),
  firstSeen: finding.firstSeen,
});
