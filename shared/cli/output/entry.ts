import type { AnyControl } from '../../control.ts';
import { controls } from '../../controls/index.ts';
import type { Detection } from '../../detection.ts';
import { detections } from '../../detections/index.ts';
import type { ResourceRef } from '../../resource.ts';
import type { Outcome, Result } from '../../result.ts';

/** A result, with what people and other tools know its resource by. */
export interface Entry {
  readonly result: Result;
  readonly arn: string | null;
  /** The tag Name of the resource. */
  readonly name: string | null;
  /** Since when the finding is open, ISO 8601; null where the ledger was not read. */
  readonly firstSeen: string | null;
  /** When it was last found, ISO 8601; null where the ledger was not read. */
  readonly lastSeen: string | null;
}

const CATALOGUE: ReadonlyMap<string, AnyControl | Detection> = new Map(
  [...controls, ...detections].map((one) => [one.id, one]),
);

/** The control or detection of a result; null where it is of none, or of one that this version does not have. */
export const judgeOf = ({ controlId }: Pick<Result, 'controlId'>): AnyControl | Detection | null =>
  CATALOGUE.get(controlId ?? '') ?? null;

export const serviceOf = (judge: AnyControl | Detection | null): string | null =>
  judge === null ? null : ('resource' in judge ? judge.resource.service : judge.service).id;

/** The resource of a result; null where it names none. */
export function refOf({ resourceType, resourceId, accountId, region }: Result): ResourceRef | null {
  if (resourceType === null || resourceId === null) return null;
  return { resourceType, resourceId, accountId: accountId ?? '', region: region ?? '' };
}

/** The ARN of the resource of a control or detection; null where this version has neither, or a detection gives it none. The ledger holds it only of what was held by a lease. */
export function arnOf(controlId: string | null, ref: ResourceRef): string | null {
  const judge = judgeOf({ controlId });
  if (judge === null) return null;
  return 'resource' in judge ? judge.resource.arn(ref) : (judge.arn?.(ref) ?? null);
}

/** A result as an entry. */
export function entryOf(result: Result): Entry {
  const ref = refOf(result);
  const arn = ref === null ? null : arnOf(result.controlId, ref);
  return { result, arn, name: null, firstSeen: null, lastSeen: null };
}

/** Outcomes that are compliant, not applicable or exempt. */
const IN_ORDER: readonly Outcome[] = ['compliant', 'notApplicable', 'exempted'];

/** True for what a report shows without --all. */
export const isWrong = ({ result }: Entry): boolean => !IN_ORDER.includes(result.outcome);
