import type { Detected, Detection } from '../../detection.ts';
import { stringOrNull } from '../../event.ts';
import type { ResourceRef } from '../../resource.ts';
import { messageOf, UnreadableEventError } from '../errors.ts';
import { type LocationDefaults, locationOf, withFallback } from './location.ts';
import { isTriggeredBy, locatedIn, nameOf, type TriggeringEvent } from './trigger.ts';

/** A record that is itself a finding, and the resource it is about. */
export interface DetectedRecord {
  readonly detection: Detection;
  readonly detected: Detected;
  readonly ref: ResourceRef;
  /** CloudTrail's own id of the call, the same however it is delivered; null for events that are no calls. */
  readonly eventId: string | null;
}

/** What detections find in a call or an event, failed calls included: an attempt may be the finding. A detection that throws is reported beside what the others find. */
export function detectedIn(
  change: TriggeringEvent,
  detections: readonly Detection[],
  whereabouts: LocationDefaults,
): { readonly detected: readonly DetectedRecord[]; readonly unreadable: readonly Error[] } {
  const detected: DetectedRecord[] = [];
  const unreadable: Error[] = [];
  const origin = withFallback(change.record, whereabouts);
  const placed = locatedIn(origin, change);
  for (const detection of detections) {
    if (!detection.triggers.some((trigger) => isTriggeredBy(trigger, change))) continue;
    try {
      const found = describedBy(detection, placed);
      if (found === null) continue;
      const { resourceType } = detection;
      const ref = { resourceType, resourceId: found.resourceId, ...locationOf(detection, origin, whereabouts) };
      const eventId = change.kind === 'call' ? stringOrNull(change.record.raw.eventID) : null;
      detected.push({ detection, detected: found, ref, eventId });
    } catch (cause) {
      const message = `${detection.id} could not read ${nameOf(change)}: ${messageOf(cause)}`;
      unreadable.push(new UnreadableEventError(message, { cause }));
    }
  }
  return { detected, unreadable };
}

const describedBy = (detection: Detection, { kind, record }: TriggeringEvent): Detected | null =>
  kind === 'call' ? detection.describe(record) : (detection.describeEvent?.(record) ?? null);
