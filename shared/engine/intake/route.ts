import type { AnyControl, AnyResource } from '../../control.ts';
import type { Detection } from '../../detection.ts';
import type { Aws, ConfigName, ResourceRef, Trigger } from '../../resource.ts';
import type { Subject } from '../context.ts';
import { LookUpFailedError, messageOf } from '../errors.ts';
import { type DetectedRecord, detectedIn } from './detect.ts';
import { type Location, type LocationDefaults, locationOf, withFallback } from './location.ts';
import type { Change } from './parse-event.ts';
import { idsOf, isTriggeredBy, locatedIn, nameOf, refOf, type TriggeringEvent } from './trigger.ts';

/** What an event requires to be evaluated. */
export interface Route {
  readonly subjects: readonly Subject[];
  /** What detections find in the event itself. */
  readonly detected: readonly DetectedRecord[];
  /** Resource types whose ids could not be identified, and detections that failed; the rest go on. */
  readonly unreadable: readonly Error[];
  /** Why there is nothing to evaluate. */
  readonly reason: string;
}

/** What routing needs beside the event: controls, clients for look-ups, and defaults of location. */
export interface RouteContext extends LocationDefaults {
  readonly controls: readonly AnyControl[];
  readonly detections?: readonly Detection[];
  aws(region: string): Aws;
}

const NOTHING: Omit<Route, 'reason'> = { subjects: [], detected: [], unreadable: [] };

/** Turns a change into the resources to evaluate, and what detections find in it. The only code that reads an event's content for a decision. Never throws. */
export async function route(change: Change, context: RouteContext): Promise<Route> {
  switch (change.kind) {
    case 'unreadable':
      return { ...NOTHING, unreadable: [change.error], reason: '' };
    case 'other':
      return { ...NOTHING, reason: change.reason };
    case 'recheck':
      return fromRecheck(change.resource, context);
    case 'resource':
      return fromConfig(change.resource, context);
    default:
      return fromRecord(change, context);
  }
}

async function fromRecord(change: TriggeringEvent, context: RouteContext): Promise<Route> {
  const { detected, unreadable } = detectedIn(change, context.detections ?? [], context);
  const errorCode = change.kind === 'call' ? change.record.errorCode : null;
  if (errorCode !== null)
    return { subjects: [], detected, unreadable, reason: `The call failed (${errorCode}): nothing was changed.` };
  const subjects: Subject[] = [];
  const unidentified: Error[] = [];
  for (const [resource, controls] of byResource(context.controls)) {
    const found = await subjectsOf(resource, controls, change, context);
    subjects.push(...found.subjects);
    unidentified.push(...found.unreadable);
  }
  return {
    subjects,
    detected,
    unreadable: [...unreadable, ...unidentified],
    reason: `${nameOf(change)} concerns no control, or names nothing that exists.`,
  };
}

/** The resources of one type that a call or event concerns, each with the controls whose facets it may have changed. Where one trigger finds no id, the others still may. */
async function subjectsOf(
  resource: AnyResource,
  siblings: readonly AnyControl[],
  change: TriggeringEvent,
  context: RouteContext,
): Promise<Pick<Route, 'subjects' | 'unreadable'>> {
  const subjects = new Map<string, Subject>();
  const unreadable: Error[] = [];
  const origin = withFallback(change.record, context);
  const place = locationOf(resource, origin, context);
  for (const trigger of resource.triggers) {
    const concerned = isTriggeredBy(trigger, change) ? siblings.filter((one) => isConcerned(one, trigger)) : [];
    if (concerned.length === 0) continue;
    try {
      const aws = context.aws(place.region);
      for (const id of await idsOf(resource, trigger, locatedIn(origin, change), place, aws)) {
        const ref = refOf(resource, id, place);
        const key = JSON.stringify([ref.accountId, ref.region, ref.resourceId]);
        const before = subjects.get(key)?.controls ?? [];
        const controls = siblings.filter((one) => before.includes(one) || concerned.includes(one));
        subjects.set(key, { resource, ref, controls, siblings });
      }
    } catch (error) {
      unreadable.push(unidentifiable(resource, nameOf(change), place, error));
    }
  }
  return { subjects: [...subjects.values()], unreadable };
}

/** A facet that only the plan needs counts too: what was left to a person may be remediable now. */
const isConcerned = ({ needs, planNeeds = [] }: AnyControl, { facets }: Trigger): boolean =>
  [...needs, ...planNeeds].some((facet: string) => facets.includes(facet));

function fromRecheck(named: ResourceRef, context: RouteContext): Route {
  const origin = withFallback(named, context);
  const subjects = ofType(named.resourceType, context).map(([resource, controls]) => ({
    resource,
    ref: refOf(resource, named.resourceId, locationOf(resource, origin, context)),
    controls,
    siblings: controls,
  }));
  return { ...NOTHING, subjects, reason: `${named.resourceType} concerns no control.` };
}

async function fromConfig(named: ConfigName, context: RouteContext): Promise<Route> {
  const origin = withFallback(named, context);
  const types = ofType(named.resourceType, context);
  const subjects: Subject[] = [];
  const unreadable: Error[] = [];
  for (const [resource, controls] of types) {
    const place = locationOf(resource, origin, context);
    try {
      const id = await identified(resource, { ...named, ...origin }, context.aws(place.region));
      if (id !== null) subjects.push({ resource, ref: refOf(resource, id, place), controls, siblings: controls });
    } catch (error) {
      unreadable.push(unidentifiable(resource, named.resourceId, place, error));
    }
  }
  const { resourceType, resourceId } = named;
  const reason = types.length === 0 ? `${resourceType} concerns no control.` : `${resourceId} does not exist.`;
  return { ...NOTHING, subjects, unreadable, reason };
}

const identified = async ({ identify }: AnyResource, named: ConfigName, aws: Aws) =>
  identify === undefined ? named.resourceId : identify(aws, named);

const ofType = (resourceType: string, { controls }: RouteContext) =>
  [...byResource(controls)].filter(([{ type }]) => type === resourceType);

const unidentifiable = ({ type, service }: AnyResource, source: string, place: Location, cause: unknown) =>
  new LookUpFailedError(`could not identify the ${type} of ${source}: ${messageOf(cause)}`, cause, type, {
    ...place,
    service: service.id,
  });

/** The controls by the resource they evaluate. */
export function byResource(controls: readonly AnyControl[]): ReadonlyMap<AnyResource, readonly AnyControl[]> {
  return Map.groupBy(controls, (control) => control.resource);
}
