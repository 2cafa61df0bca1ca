import type { AnyControl, Impact, Mode, Severity } from '../../control.ts';
import { controls } from '../../controls/index.ts';
import type { Detection } from '../../detection.ts';
import { detections } from '../../detections/index.ts';
import { lower } from '../../engine/run/modes.ts';
import { FRAMEWORKS, type Framework, requirementsIn } from '../../frameworks.ts';
import type { Policy } from '../../policy/policy.ts';

/** What the report says of a control or detection: the facts of its page, and its mode in the policy. */
export interface ReportedControl {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly service: string;
  readonly resourceType: string;
  readonly isDetection: boolean;
  /** Where no rule about accounts, regions, tags or resources sets another one. */
  readonly mode: Mode;
  /** False where the policy evaluates it nowhere. */
  readonly isOn: boolean;
  readonly recommendedMode: Mode;
  readonly impact: Impact;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly securityControlIds: readonly string[];
  readonly relatedRequirements: readonly string[];
  readonly description: string;
  readonly rationale: string;
  readonly guidance: string;
}

const NOWHERE = { ref: { resourceType: '', resourceId: '', accountId: '', region: '' }, arn: '', tags: null };

/** The controls and detections of a framework, or all, with their settings in this policy. */
export const reportedControls = (policy: Policy, framework: Framework | null): readonly ReportedControl[] =>
  [...controls, ...detections]
    .filter((one) => framework === null || requirementsIn(framework, one).length > 0)
    .map((one) => reported(one, policy));

function reported(one: AnyControl | Detection, policy: Policy): ReportedControl {
  const isDetection = !('resource' in one);
  const { mode, parameters } = policy.settingsFor(one, NOWHERE);
  return {
    id: one.id,
    title: one.title,
    severity: one.severity,
    service: isDetection ? one.service.id : one.resource.service.id,
    resourceType: isDetection ? one.resourceType : one.resource.type,
    isDetection,
    mode: isDetection ? lower(mode, 'detect') : mode,
    isOn: policy.reachAnywhere(one) !== 'off',
    recommendedMode: one.recommendedMode,
    impact: isDetection ? 'none' : one.impact,
    parameters,
    securityControlIds: one.securityControlIds,
    relatedRequirements: one.relatedRequirements,
    description: one.description,
    rationale: one.rationale,
    guidance: one.guidance,
  };
}

/** `2.9` before `2.10`. */
const byNumber = new Intl.Collator('en', { numeric: true });

/** A framework's requirements, each with its controls, in the order of their numbers. */
export const requirementsOf = (
  framework: Framework,
  all: readonly ReportedControl[],
): ReadonlyMap<string, readonly ReportedControl[]> => {
  const pairs = all.flatMap((control) =>
    requirementsIn(framework, control).map((number) => [number, control] as const),
  );
  const grouped = Map.groupBy(pairs, ([number]) => number);
  const numbers = [...grouped.keys()].sort(byNumber.compare);
  return new Map(numbers.map((number) => [number, (grouped.get(number) ?? []).map(([, control]) => control)]));
};

/** The frameworks of the report. */
export const frameworksIn = (chosen: Framework | null): readonly Framework[] =>
  chosen === null ? FRAMEWORKS : [chosen];
