import type { AnyControl, AnyResource } from '../../control.ts';
import type { CallRecord } from '../../event.ts';
import { type Aws, type EventRule, everyListed, type NamedId, type ResourceRef } from '../../resource.ts';
import type { Subject } from '../context.ts';
import { messageOf, UnreadableEventError } from '../errors.ts';
import type { Change, NamedResource } from './parse-event.ts';

/** What an event asks us to look at. */
export interface Route {
  readonly subjects: readonly Subject[];
  /** Resource types that the event concerns and whose ids could not be told; the rest go on. */
  readonly unreadable: readonly Error[];
  /** Why there is nothing to look at. */
  readonly reason: string;
}

/** What routing needs beside the event: who can be asked, and what holds where the event does not say. */
export interface RouteContext {
  readonly controls: readonly AnyControl[];
  aws(region: string): Aws;
  /** The account and region that hold where the event names none. */
  readonly fallback: { readonly accountId: string; readonly region: string };
  /** Where what there is once for the account is looked at: its events come from any region, and no two runs may take it for two. Absent: where the event was. */
  readonly home?: string;
}

/** Where CloudTrail left the parameters out, every resource of the type is looked at, but no more than these. */
const MOST_WITHOUT_IDS = 200;

/** Turns a change into the resources to look at. The only code that reads an event's content for a decision. */
export async function route(change: Change, context: RouteContext): Promise<Route> {
  if (change.kind === 'unreadable') return { subjects: [], unreadable: [change.error], reason: '' };
  if (change.kind === 'other') return { subjects: [], unreadable: [], reason: change.reason };
  if (change.kind === 'call') return fromCall(change.record, context);
  return fromNamed(change.resource, context);
}

async function fromCall(record: CallRecord, context: RouteContext): Promise<Route> {
  const { eventName, eventSource, errorCode } = record;
  const subjects: Subject[] = [];
  const unreadable: Error[] = [];
  if (errorCode !== null)
    return { subjects, unreadable, reason: `The call failed (${errorCode}): nothing was changed.` };
  for (const [resource, controls] of byResource(context.controls)) {
    const rule: EventRule<string> | undefined = Object.hasOwn(resource.events, record.eventName)
      ? resource.events[record.eventName]
      : undefined;
    if (rule === undefined || resource.eventSource !== record.eventSource) continue;
    const concerned = controls.filter((control) => control.needs.some((facet: string) => rule.facets.includes(facet)));
    if (concerned.length === 0) continue;
    const home = withFallback(record, context);
    const place = resource.scope === 'account' ? { ...home, region: context.home ?? home.region } : home;
    try {
      for (const id of await idsOf(resource, rule, { ...record, ...home }, context))
        subjects.push({ resource, ref: refOf(resource, id, place), controls: concerned, siblings: controls });
    } catch (error) {
      unreadable.push(untold(resource, eventName, error));
    }
  }
  return {
    subjects,
    unreadable,
    reason: `${eventName} of ${eventSource} concerns no control, or names nothing that exists.`,
  };
}

/** Ids from the record; else by look-up; else, where the parameters were left out, everything of the type in the region. */
async function idsOf(
  resource: AnyResource,
  rule: EventRule<string>,
  record: CallRecord,
  context: RouteContext,
): Promise<readonly NamedId[]> {
  const ids = rule.ids?.(record) ?? [];
  if (ids.length > 0) return ids;
  const aws = context.aws(record.region);
  if (record.omitted) return listed(resource, record, aws);
  if (rule.find !== undefined && (record.request !== null || record.response !== null)) return rule.find(aws, record);
  throw new Error('requestParameters and responseElements hold no id');
}

async function listed(resource: AnyResource, record: CallRecord, aws: Aws): Promise<readonly NamedId[]> {
  const ids: NamedId[] = [];
  for await (const { resourceId, region } of everyListed(resource.list(aws, record))) {
    ids.push(region === undefined ? resourceId : { resourceId, region });
    if (ids.length > MOST_WITHOUT_IDS)
      throw new Error(
        `it came without its parameters, and there are more than ${MOST_WITHOUT_IDS} to look at: run a sweep`,
      );
  }
  return ids;
}

function fromNamed(named: NamedResource, context: RouteContext): Route {
  const home = withFallback(named, context);
  const subjects: Subject[] = [];
  const unreadable: Error[] = [];
  for (const [resource, controls] of byResource(context.controls)) {
    if (resource.type !== named.resourceType) continue;
    try {
      const id = resource.fromConfig?.({ ...named, ...home }) ?? named.resourceId;
      subjects.push({ resource, ref: refOf(resource, id, home), controls });
    } catch (error) {
      unreadable.push(untold(resource, named.resourceId, error));
    }
  }
  return { subjects, unreadable, reason: `${named.resourceType} concerns no control.` };
}

const untold = ({ type }: AnyResource, source: string, cause: unknown): UnreadableEventError =>
  new UnreadableEventError(`could not tell the ${type} of ${source}: ${messageOf(cause)}`, { cause });

const withFallback = (
  { accountId, region }: { readonly accountId: string; readonly region: string },
  { fallback }: RouteContext,
) => ({ accountId: accountId || fallback.accountId, region: region || fallback.region });

const refOf = (
  resource: AnyResource,
  id: NamedId,
  home: { readonly accountId: string; readonly region: string },
): ResourceRef => ({
  resourceType: resource.type,
  resourceId: typeof id === 'string' ? id : id.resourceId,
  accountId: home.accountId,
  region: typeof id === 'string' ? home.region : id.region,
});

/** The controls by the resource they judge. */
export function byResource(controls: readonly AnyControl[]): ReadonlyMap<AnyResource, readonly AnyControl[]> {
  return Map.groupBy(controls, (control) => control.resource);
}
