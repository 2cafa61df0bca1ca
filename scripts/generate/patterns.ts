import type { AnyControl } from '../../shared/control.ts';
import type { AnyCallTrigger } from '../../shared/detection.ts';
import type { CallTrigger, EventTrigger } from '../../shared/resource.ts';
import type { Content } from './content.ts';

/** An EventBridge event pattern. */
export type Pattern = Readonly<Record<string, unknown>>;

/** EventBridge takes patterns of up to 2,048 characters; this leaves room for names that are filled in at deploy. */
const MAX_PATTERN_LENGTH = 1900;

/** Calls, events of the services and console sign-ins, as CloudTrail records them: which of these a name is, the event source settles. */
const VIA_CLOUDTRAIL = { suffix: ' via CloudTrail' };
const ITEM = 'Config Configuration Item Change';
const COMPLIANCE = 'Config Rules Compliance Change';
/** A failed call changed nothing. */
const SUCCEEDED = { errorCode: [{ exists: false }] };
/** Nobody but AWS sends with such a source, and events of another account concern that account. */
const FROM_AWS = { source: [{ prefix: 'aws.' }], account: [{ Ref: 'AWS::AccountId' }] };
const OWN_ACCOUNT = { account: FROM_AWS.account };

type Call = Pick<CallTrigger, 'eventSources' | 'eventNames'>;
type Event = Pick<EventTrigger, 'source' | 'detailType'>;
/** A name, and the source that it comes from. */
type Named = readonly [source: string, name: string];

/** The facets that a control is evaluated by, and those that its plan needs beside them. */
export const facetsOf = ({ needs, planNeeds = [], plan }: AnyControl): readonly string[] => [
  ...needs,
  ...(plan === undefined ? [] : planNeeds),
];

/** The events that can change what a control finds, or what it would do about it. */
export const triggersOf = (control: AnyControl): readonly (CallTrigger | EventTrigger)[] =>
  (control.resource.triggers as readonly (CallTrigger | EventTrigger)[]).filter(({ facets }) =>
    facets.some((facet) => facetsOf(control).includes(facet)),
  );

/** All that controls and detections want to hear of, in as few patterns as hold it; the same on the default bus of every region and on our own. */
export function patternsFor({ controls, detections }: Content): readonly Pattern[] {
  const triggers = [...controls.flatMap(triggersOf), ...detections.flatMap((detection) => detection.triggers)];
  return [
    ...packed(namesOf(triggers.filter((one) => one.kind === 'call')), callPattern),
    ...packed(sourcesOf(triggers.filter((one) => one.kind === 'event')), eventPattern),
    ...packed(matchesOf(triggers.filter((one) => one.kind === 'anyCall')), anyCallPattern),
    ...packed([...new Set(controls.map(({ resource }) => resource.type as string))].sort(), configPattern),
  ];
}

/** Our own harmless call, recorded by CloudTrail like everybody's: a sign that a region's changes arrive. `queueSuffix`: how the queue's URL ends, or what CloudFormation makes that of. */
export const heartbeatPattern = (queueSuffix: string | object): Pattern => ({
  ...FROM_AWS,
  'detail-type': [VIA_CLOUDTRAIL],
  detail: {
    eventSource: ['sqs.amazonaws.com'],
    eventName: ['TagQueue'],
    requestParameters: { queueUrl: [{ suffix: queueSuffix }] },
    ...SUCCEEDED,
  },
});

const callPattern = (calls: readonly Named[]): Pattern => ({
  ...FROM_AWS,
  'detail-type': [VIA_CLOUDTRAIL],
  detail: { ...anyOf(clauses(calls, 'eventSource', 'eventName')), ...SUCCEEDED },
});

const eventPattern = (events: readonly Named[]): Pattern => ({
  ...OWN_ACCOUNT,
  ...anyOf(clauses(events, 'source', 'detail-type')),
});

/** Failed calls too: that somebody tried can be the finding. */
const anyCallPattern = (matches: readonly Pattern[]): Pattern => ({
  ...FROM_AWS,
  'detail-type': [VIA_CLOUDTRAIL],
  detail: anyOf(matches),
});

/** AWS Config's item changes (whole, or a summary where the item is too large) and compliance changes. */
const configPattern = (resourceType: readonly string[]): Pattern => ({
  source: ['aws.config'],
  ...OWN_ACCOUNT,
  'detail-type': [ITEM, COMPLIANCE],
  detail: anyOf([
    { configurationItem: { resourceType } },
    { configurationItemSummary: { resourceType } },
    { resourceType },
  ]),
});

const anyOf = (patterns: readonly Pattern[]): Pattern =>
  patterns.length === 1 && patterns[0] !== undefined ? patterns[0] : { $or: patterns };

/** One clause for each source, with all its names. */
const clauses = (all: readonly Named[], sourceField: string, nameField: string): readonly Pattern[] =>
  [...Map.groupBy(all, ([source]) => source)].map(([source, own]) => ({
    [sourceField]: [source],
    [nameField]: own.map(([, name]) => name),
  }));

const namesOf = (calls: readonly Call[]): readonly Named[] =>
  distinct(
    calls.flatMap(({ eventSources, eventNames }) =>
      eventSources.flatMap((source) => eventNames.map((name): Named => [source, name])),
    ),
  );

const sourcesOf = (events: readonly Event[]): readonly Named[] =>
  distinct(events.map(({ source, detailType }): Named => [source, detailType]));

const matchesOf = (triggers: readonly AnyCallTrigger[]): readonly Pattern[] =>
  distinct(triggers.map(({ match }) => match));

/** Each once, in an order of its own: the same rules follow from the same catalogue. */
const distinct = <T>(all: readonly T[]): readonly T[] =>
  [...new Map(all.map((one) => [JSON.stringify(one), one]))].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);

/** Patterns for a list, each of the longest run of it that EventBridge takes. */
function packed<T>(all: readonly T[], pattern: (some: readonly T[]) => Pattern): readonly Pattern[] {
  const runs: T[][] = [];
  for (const one of all) {
    const last = runs.at(-1);
    if (last !== undefined && fits(pattern([...last, one]))) last.push(one);
    else runs.push([one]);
  }
  return runs.map(pattern);
}

const fits = (pattern: Pattern) => JSON.stringify(pattern).length <= MAX_PATTERN_LENGTH;
