import type { AnyControl } from '../../shared/control.ts';
import { RECHECK_DETAIL_TYPE, RECHECK_SOURCE, SWEEP_DETAIL_TYPE } from '../../shared/internal-events.ts';
import { eventsOf } from './docs.ts';

/** An EventBridge event pattern. */
export type Pattern = Readonly<Record<string, unknown>>;

/** EventBridge takes patterns of up to 2048 characters; this leaves room for names that are filled in at deploy. */
const PATTERN_LIMIT = 1900;

const CALL = 'AWS API Call via CloudTrail';
const ITEM = 'Config Configuration Item Change';
const COMPLIANCE = 'Config Rules Compliance Change';
/** A failed call changed nothing. */
const SUCCEEDED = { errorCode: [{ exists: false }] };

/** What a service's function wants of an account's changes: successful calls that can change what its controls judge, and AWS Config's word on its resources. */
export function changePatterns(controls: readonly AnyControl[]): readonly Pattern[] {
  if (controls.length === 0) return [];
  const types = typesOf(controls);
  return [
    ...[...namesBySource(controls)].flatMap(([source, names]) => {
      const pattern = (eventName: readonly string[]) => callPattern([source], eventName);
      return chunked(names, (some) => fits(pattern(some))).map(pattern);
    }),
    ...configPatterns(types),
  ];
}

/** Events of our own for a service: another look at a resource, a slice of a sweep. */
export const ownPattern = (service: string): Pattern => ({
  source: [RECHECK_SOURCE],
  'detail-type': [RECHECK_DETAIL_TYPE, SWEEP_DETAIL_TYPE],
  detail: { service: [service] },
});

/** Our own harmless call, recorded by CloudTrail like everybody's: a sign that a region's changes arrive. `queueSuffix`: how the queue's URL ends, or what CloudFormation makes that of. */
export const heartbeatPattern = (queueSuffix: string | object): Pattern => ({
  'detail-type': [CALL],
  detail: {
    eventSource: ['sqs.amazonaws.com'],
    eventName: ['TagQueue'],
    requestParameters: { queueUrl: [{ suffix: queueSuffix }] },
    ...SUCCEEDED,
  },
});

/** What another region forwards: all that any function wants, in as few rules as hold it. The function's own pattern decides at home; a name that two services share is forwarded for both. */
export function forwardPatterns(controls: readonly AnyControl[]): readonly Pattern[] {
  const calls: { sources: string[]; names: string[] }[] = [];
  for (const [source, names] of namesBySource(controls)) {
    const last = calls.at(-1);
    const joined = { sources: [...(last?.sources ?? []), source], names: [...(last?.names ?? []), ...names] };
    if (last !== undefined && fits(callPattern(joined.sources, joined.names))) Object.assign(last, joined);
    else {
      const own = (some: readonly string[]) => callPattern([source], some);
      calls.push(...chunked(names, (some) => fits(own(some))).map((some) => ({ sources: [source], names: [...some] })));
    }
  }
  return [
    ...calls.map(({ sources, names }) => callPattern(sources, [...new Set(names)].sort())),
    ...configPatterns(typesOf(controls)),
  ];
}

const callPattern = (eventSource: readonly string[], eventName: readonly string[]): Pattern => ({
  'detail-type': [CALL],
  detail: { eventSource, eventName, ...SUCCEEDED },
});

/** AWS Config's item changes (whole, or a summary where the item is too large) and compliance changes. */
function configPatterns(types: readonly string[]): readonly Pattern[] {
  const shapes: readonly ((resourceType: readonly string[]) => Pattern)[] = [
    (resourceType) => ({ 'detail-type': [ITEM], detail: { configurationItem: { resourceType } } }),
    (resourceType) => ({ 'detail-type': [ITEM], detail: { configurationItemSummary: { resourceType } } }),
    (resourceType) => ({ 'detail-type': [COMPLIANCE], detail: { resourceType } }),
  ];
  return shapes.flatMap((shape) => {
    const pattern = (some: readonly string[]) => ({ source: ['aws.config'], ...shape(some) });
    return chunked(types, (some) => fits(pattern(some))).map(pattern);
  });
}

const typesOf = (controls: readonly AnyControl[]): readonly string[] =>
  [...new Set(controls.map(({ resource }) => resource.type as string))].sort();

/** The events that can change what the controls judge, by event source. */
function namesBySource(controls: readonly AnyControl[]): ReadonlyMap<string, readonly string[]> {
  const bySource = Map.groupBy(controls, ({ resource }) => resource.eventSource as string);
  return new Map([...bySource].map(([source, own]) => [source, [...new Set(own.flatMap(eventsOf))].sort()]));
}

const fits = (pattern: Pattern) => JSON.stringify(pattern).length <= PATTERN_LIMIT;

/** Cuts a list into the longest runs that fit. */
function chunked<T>(all: readonly T[], fitting: (some: readonly T[]) => boolean): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  for (const one of all) {
    const last = chunks.at(-1);
    if (last !== undefined && fitting([...last, one])) last.push(one);
    else chunks.push([one]);
  }
  return chunks;
}
