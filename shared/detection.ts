import type { Mode, Severity } from './control.ts';
import type { CallRecord, EventRecord, JsonObject } from './event.ts';
import type { CallTrigger, EventTrigger, ResourceRef } from './resource.ts';
import type { Service } from './service.ts';

/** Calls of whatever source and name, also those that failed, whose record fits an EventBridge pattern. */
export interface AnyCallTrigger {
  readonly kind: 'anyCall';
  /** The part of an EventBridge pattern under `detail`; it may be coarse, since `describe` decides. */
  readonly match: JsonObject;
}

export const anyCall = (match: JsonObject): AnyCallTrigger => ({ kind: 'anyCall', match });

/** What a detection says of a record. */
export interface Detected {
  /** What it is about, of the detection's `resourceType`; in the record's account and region. */
  readonly resourceId: string;
  /** Two events of one fingerprint are one finding. */
  readonly fingerprint: string;
  readonly annotation: string;
}

/** A record that is itself the finding: there is no state to read, no plan, and never a write. */
export interface Detection {
  /** `<service>-<subject>-<secure state>`, the file's name; reported as `controlId`. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Its id begins with the service's; the function of the service's domain serves it. */
  readonly service: Service;
  /** AWS Config's name for what it is about. */
  readonly resourceType: string;
  /** The subject has no region: its finding is recorded in the home region, wherever the event came from. */
  readonly global?: true;
  /** The ARN of what it is about, which exemptions may name; without it they name the id. */
  arn?(ref: ResourceRef): string;
  readonly triggers: readonly (
    | Pick<CallTrigger, 'kind' | 'eventSources' | 'eventNames'>
    | Pick<EventTrigger, 'kind' | 'source' | 'detailType'>
    | AnyCallTrigger
  )[];
  readonly securityControlIds: readonly string[];
  readonly relatedRequirements: readonly string[];
  readonly description: string;
  readonly rationale: string;
  readonly guidance: string;
  /** The mode that holds where policy.yml says `recommended`. */
  readonly recommendedMode: Extract<Mode, 'off' | 'detect'>;
  /** Reads the finding out of a record; null where it is none. Pure. */
  describe(record: CallRecord): Detected | null;
  /** The same for events that are no calls; there where a trigger names one. */
  describeEvent?(record: EventRecord): Detected | null;
}

/** Names a detection; an identity function that gives inference and has no side effect. */
export const defineDetection = (detection: Detection): Detection => detection;
