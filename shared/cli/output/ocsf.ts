import type { Severity } from '../../control.ts';
import { FRAMEWORKS, requirementsIn } from '../../frameworks.ts';
import { hashOf } from '../../hash.ts';
import { codeVersion } from '../../lambda/version.ts';
import { partitionOf } from '../../resource.ts';
import { type Outcome, reasonOf } from '../../result.ts';
import { visibleJson } from '../../text.ts';
import { type Entry, judgeOf, refOf, serviceOf } from './entry.ts';

/** The version of the schema (https://schema.ocsf.io) that the events are of. */
const OCSF_VERSION = '1.5.0';
/** Compliance Finding, in the category Findings. */
const CLASS_UID = 2003;
const CATEGORY_UID = 2;
/** OCSF's number of an activity, and of the event that reports it. */
const ACTIVITY = { Create: 1, Update: 2, Close: 3 } as const;

const SEVERITY: Readonly<Record<Severity, readonly [id: number, name: string]>> = {
  INFORMATIONAL: [1, 'Informational'],
  LOW: [2, 'Low'],
  MEDIUM: [3, 'Medium'],
  HIGH: [4, 'High'],
  CRITICAL: [5, 'Critical'],
};
const NO_SEVERITY = [0, 'Unknown'] as const;

/** OCSF's life of a finding. */
const STATUS = {
  new: [1, 'New'],
  inProgress: [2, 'In Progress'],
  suppressed: [3, 'Suppressed'],
  resolved: [4, 'Resolved'],
} as const;

const STATUS_OF: Readonly<Record<Outcome, readonly [id: number, name: string]>> = {
  compliant: STATUS.resolved,
  notApplicable: STATUS.resolved,
  remediated: STATUS.resolved,
  exempted: STATUS.suppressed,
  awaitingApproval: STATUS.inProgress,
  pending: STATUS.inProgress,
  detected: STATUS.new,
  halted: STATUS.new,
  blocked: STATUS.new,
  failed: STATUS.new,
};

/** Whether the requirement is met; what could not be evaluated is neither. */
function complianceStatus({ result: { outcome, after, before } }: Entry): readonly [id: number, name: string] {
  if (outcome === 'compliant' || outcome === 'remediated') return [1, 'Pass'];
  const type = after ?? before;
  if (type === null && outcome !== 'detected' && outcome !== 'exempted') return [2, 'Warning'];
  return type === 'COMPLIANT' ? [1, 'Pass'] : type === 'NOT_APPLICABLE' ? [0, 'Unknown'] : [3, 'Fail'];
}

const activityOf = ({ result, firstSeen }: Entry): keyof typeof ACTIVITY => {
  if (['compliant', 'notApplicable', 'remediated'].includes(result.outcome)) return 'Close';
  return firstSeen === null ? 'Create' : 'Update';
};

/** An entry as an OCSF compliance finding. `now`: when it was evaluated. */
export function ocsfOf(entry: Entry, now: Date): object {
  const { result, arn, name, firstSeen } = entry;
  const judge = judgeOf(result);
  const [severityId, severity] = result.severity === null ? NO_SEVERITY : SEVERITY[result.severity];
  const [statusId, status] = STATUS_OF[result.outcome];
  const activity = activityOf(entry);
  const ref = refOf(result);
  const message = reasonOf(result);
  return {
    activity_id: ACTIVITY[activity],
    activity_name: activity,
    category_uid: CATEGORY_UID,
    category_name: 'Findings',
    class_uid: CLASS_UID,
    class_name: 'Compliance Finding',
    type_uid: CLASS_UID * 100 + ACTIVITY[activity],
    type_name: `Compliance Finding: ${activity}`,
    time: now.getTime(),
    severity_id: severityId,
    severity,
    status_id: statusId,
    status,
    status_code: result.outcome,
    message,
    metadata: {
      version: OCSF_VERSION,
      profiles: ['cloud'],
      product: { name: 'Evenkeel', vendor_name: 'Evenkeel', version: codeVersion },
      ...(result.eventId === null ? {} : { correlation_uid: result.eventId }),
    },
    finding_info: {
      uid: uidOf(entry),
      title: judge?.title ?? 'Not evaluated',
      desc: message,
      ...(judge === null ? {} : { types: [judge.id] }),
      ...(firstSeen === null ? {} : { first_seen_time: Date.parse(firstSeen) }),
    },
    compliance: complianceOf(entry),
    cloud: {
      provider: 'AWS',
      ...(result.accountId ? { account: { uid: result.accountId, type: 'AWS Account', type_id: 10 } } : {}),
      ...(result.region ? { region: result.region } : {}),
    },
    resources:
      ref === null
        ? []
        : [
            {
              uid: arn ?? ref.resourceId,
              type: ref.resourceType,
              ...(name === null ? {} : { name }),
              ...(ref.region === '' ? {} : { region: ref.region, cloud_partition: partitionOf(ref.region) }),
              ...(judge === null ? {} : { group: { name: serviceOf(judge) } }),
            },
          ],
    ...(judge === null ? {} : { remediation: { desc: judge.guidance } }),
  };
}

function complianceOf(entry: Entry): object {
  const judge = judgeOf(entry.result);
  const [statusId, status] = complianceStatus(entry);
  const met = judge === null ? [] : FRAMEWORKS.filter((framework) => requirementsIn(framework, judge).length > 0);
  return {
    status_id: statusId,
    status,
    ...(judge === null ? {} : { control: judge.id, desc: judge.description }),
    standards: met.map(({ name }) => name),
    requirements: judge?.relatedRequirements ?? [],
  };
}

/** The same finding has the same uid in every run. */
const uidOf = ({ result: { controlId, resourceType, resourceId, accountId, region, error } }: Entry): string =>
  hashOf([controlId, resourceType, resourceId, accountId, region, resourceId === null ? error : null]).slice(0, 32);

/** Entries as lines of OCSF. */
export const ocsfLines = (entries: readonly Entry[], now: Date): string =>
  entries.map((entry) => `${visibleJson(JSON.stringify(ocsfOf(entry, now)))}\n`).join('');
