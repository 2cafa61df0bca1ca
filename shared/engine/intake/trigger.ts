import type { AnyResource } from '../../control.ts';
import type { Detection } from '../../detection.ts';
import { type CallRecord, type EventRecord, field } from '../../event.ts';
import {
  type Aws,
  everyListed,
  type NamedId,
  type ResourceRef,
  type Trigger,
  type TriggerRule,
} from '../../resource.ts';
import type { Location } from './location.ts';

/** Where CloudTrail omitted the parameters, every resource of the type is evaluated, up to this number. */
const MAX_RESOURCES_WITHOUT_IDS = 200;

/** A change that triggers can match. */
export type TriggeringEvent =
  | { readonly kind: 'call'; readonly record: CallRecord }
  | { readonly kind: 'event'; readonly record: EventRecord };

/** `RunInstances of ec2.amazonaws.com`: what happened, for messages. */
export const nameOf = ({ kind, record }: TriggeringEvent): string =>
  kind === 'call'
    ? `${record.eventName} of ${record.eventSource}`
    : `an event of ${record.source} with detail-type "${record.detailType}"`;

/** The change with its account and region filled in. */
export const locatedIn = (place: Location, change: TriggeringEvent): TriggeringEvent =>
  change.kind === 'call'
    ? { kind: 'call', record: { ...change.record, ...place } }
    : { kind: 'event', record: { ...change.record, ...place } };

/** True where the trigger matches the call or the event; for `anyCall`, every call. */
export function isTriggeredBy(trigger: Detection['triggers'][number], { kind, record }: TriggeringEvent): boolean {
  if (trigger.kind === 'event')
    return kind === 'event' && trigger.source === record.source && trigger.detailType === record.detailType;
  if (kind !== 'call') return false;
  if (trigger.kind === 'anyCall') return true;
  return trigger.eventNames.includes(record.eventName) && trigger.eventSources.includes(record.eventSource);
}

/** The ids that a matching call or event names: from the record; else, where CloudTrail omitted the parameters, everything of the type in `place`; else by look-up. Throws where no id can be found. */
export async function idsOf(
  resource: AnyResource,
  trigger: Trigger,
  change: TriggeringEvent,
  place: Location,
  aws: Aws,
): Promise<readonly NamedId[]> {
  if (trigger.kind === 'event') return change.kind === 'event' ? idsIn(trigger, change.record, aws) : [];
  if (change.kind !== 'call') return [];
  const { record } = change;
  const ids = trigger.ids?.(record) ?? [];
  if (ids.length > 0) return ids;
  if (record.omitted) return everyIdOf(resource, place, aws);
  const isServiceEvent = field(record.raw, 'serviceEventDetails') != null;
  if (record.request === null && record.response === null && !isServiceEvent)
    throw new Error('requestParameters and responseElements hold no id');
  return idsIn(trigger, record, aws);
}

/** The ids in the record, else those of a look-up. */
async function idsIn<R>({ ids, find }: TriggerRule<R, string>, record: R, aws: Aws): Promise<readonly NamedId[]> {
  const named = ids?.(record) ?? [];
  if (named.length > 0) return named;
  if (find === undefined) throw new Error('the record holds no id');
  return find(aws, record);
}

async function everyIdOf(resource: AnyResource, place: Location, aws: Aws): Promise<readonly NamedId[]> {
  const ids: NamedId[] = [];
  for await (const { resourceId, region } of everyListed(resource.list(aws, place))) {
    ids.push(region === undefined ? resourceId : { resourceId, region });
    if (ids.length > MAX_RESOURCES_WITHOUT_IDS)
      throw new Error(
        `CloudTrail omitted its parameters, and there are more than ${MAX_RESOURCES_WITHOUT_IDS} resources to evaluate: run a sweep`,
      );
  }
  return ids;
}

/** The reference of a resource that was named in a location; a global one stays there. */
export function refOf(resource: AnyResource, id: NamedId, place: Location): ResourceRef {
  const named = typeof id === 'string' ? { resourceId: id } : id;
  return {
    resourceType: resource.type,
    resourceId: named.resourceId,
    accountId: named.accountId ?? place.accountId,
    region: resource.global ? place.region : (named.region ?? place.region),
  };
}
