import type { AdvancedEventSelector, AdvancedFieldSelector, EventSelector } from '@aws-sdk/client-cloudtrail';

/** The event selectors of a trail: basic ones or advanced ones, never both. Neither means CloudTrail's default, every management event. */
export interface Selectors {
  readonly basic: readonly EventSelector[];
  readonly advanced: readonly AdvancedEventSelector[];
}

/** The selectors in an answer of CloudTrail. Basic ones replace advanced ones; the local account keeps both. */
export function selectorsIn(answer: {
  readonly EventSelectors?: readonly EventSelector[] | undefined;
  readonly AdvancedEventSelectors?: readonly AdvancedEventSelector[] | undefined;
}): Selectors {
  const basic = answer.EventSelectors ?? [];
  return { basic, advanced: basic.length > 0 ? [] : (answer.AdvancedEventSelectors ?? []) };
}

/** CloudTrail takes no more basic selectors than these for one trail. */
const MOST_BASIC_SELECTORS = 5;

/** True where management events are selected, reads and writes, of every service but those that are excluded by name. */
export const selectsReadsAndWrites = (selectors: Selectors): boolean => {
  const { reads, writes } = coverageOf(selectors);
  return reads !== null && writes !== null;
};

/** The event sources that are excluded by name from the management events (`kms.amazonaws.com`), sorted. */
export function excludedSources(selectors: Selectors): readonly string[] {
  const { reads, writes } = coverageOf(selectors);
  return [...new Set([...(reads ?? []), ...(writes ?? [])])].toSorted();
}

/** The event sources whose writes are excluded; null where writes are not selected at all: EventBridge sends only what a trail selects. */
export const excludedFromWrites = (selectors: Selectors): readonly string[] | null => {
  const { writes } = coverageOf(selectors);
  return writes === null ? null : [...writes].toSorted();
};

/** True where nothing but data events of named resources is selected: a trail that was made for them. */
export const isForDataEvents = ({ basic, advanced }: Selectors): boolean =>
  advanced.some((selector) => categoryOf(selector) !== 'Management')
    ? advanced.every((selector) => categoryOf(selector) !== 'Management')
    : basic.some(selectsData) && basic.every(({ IncludeManagementEvents }) => IncludeManagementEvents === false);

/** The selectors with reads and writes of management events added and all else as it was, exclusions included; null where CloudTrail takes no further selector, or where only a person can say what stays excluded. */
export function withReadsAndWrites(selectors: Selectors): Selectors | null {
  const widened =
    selectors.advanced.length > 0
      ? { basic: [], advanced: widenedAdvanced(selectors.advanced) }
      : { basic: widenedBasic(selectors.basic), advanced: [] };
  const isTaken = widened.basic.length <= MOST_BASIC_SELECTORS && keepsExclusions(selectors, widened);
  return isTaken ? widened : null;
}

/** True where nothing that was excluded is selected, and nothing that was selected is excluded. */
function keepsExclusions(before: Selectors, after: Selectors): boolean {
  const [was, is] = [coverageOf(before), coverageOf(after)];
  return (['reads', 'writes'] as const).every((half) => {
    const [excluded, now] = [was[half], is[half]];
    if (now === null) return false;
    return excluded === null || (excluded.size === now.size && [...excluded].every((source) => now.has(source)));
  });
}

/** The part of PutEventSelectors' input that says what is selected. */
export const selectorInput = ({ basic, advanced }: Selectors) =>
  advanced.length > 0 ? { AdvancedEventSelectors: [...advanced] } : { EventSelectors: [...basic] };

/** True for the selectors that a trail has when nobody has put any. */
export const isDefault = ({ basic, advanced }: Selectors): boolean =>
  advanced.length === 0 && (basic.length === 0 || (basic.length === 1 && basic.every(isDefaultSelector)));

const isDefaultSelector = (one: EventSelector): boolean => {
  const { reads, writes } = coverageOfBasic(one);
  return reads?.size === 0 && writes?.size === 0 && !selectsData(one);
};

/** One half of the management events as a selector or a trail covers it: the sources that it excludes; null where it does not select that half. */
type Half = ReadonlySet<string> | null;

interface Coverage {
  readonly reads: Half;
  readonly writes: Half;
}

const NOTHING: Coverage = { reads: null, writes: null };
const EVERYTHING: Coverage = { reads: new Set(), writes: new Set() };

function coverageOf({ basic, advanced }: Selectors): Coverage {
  if (advanced.length > 0) return advanced.map(coverageOfAdvanced).reduce(together);
  return basic.length === 0 ? EVERYTHING : basic.map(coverageOfBasic).reduce(together);
}

/** What one selector excludes another may select. */
const together = (a: Coverage, b: Coverage): Coverage => ({
  reads: inBoth(a.reads, b.reads),
  writes: inBoth(a.writes, b.writes),
});

const inBoth = (a: Half, b: Half): Half => (a === null ? b : b === null ? a : a.intersection(b));

const selectsData = ({ DataResources = [] }: EventSelector): boolean =>
  DataResources.some(({ Values = [] }) => Values.length > 0);

function coverageOfBasic({
  IncludeManagementEvents = true,
  ReadWriteType = 'All',
  ExcludeManagementEventSources = [],
}: EventSelector): Coverage {
  if (!IncludeManagementEvents) return NOTHING;
  const excluded = new Set(ExcludeManagementEventSources);
  return {
    reads: ReadWriteType === 'WriteOnly' ? null : excluded,
    writes: ReadWriteType === 'ReadOnly' ? null : excluded,
  };
}

/** A field beside the category, `readOnly` and sources that are not meant leaves events out of which nobody can say which. */
function coverageOfAdvanced(selector: AdvancedEventSelector): Coverage {
  const { FieldSelectors = [] } = selector;
  if (categoryOf(selector) !== 'Management') return NOTHING;
  const others = FieldSelectors.filter(({ Field }) => Field !== 'eventCategory');
  const readOnly = others.filter(({ Field }) => Field === 'readOnly');
  const sources = others.filter(isExclusion);
  if (readOnly.length > 1 || readOnly.length + sources.length < others.length) return NOTHING;
  const [value] = readOnly.flatMap(({ Equals = [] }) => (Equals.length === 1 ? Equals : ['']));
  const excluded = new Set(sources.flatMap(({ NotEquals = [] }) => NotEquals));
  return {
    reads: value === undefined || value === 'true' ? excluded : null,
    writes: value === undefined || value === 'false' ? excluded : null,
  };
}

const isExclusion = ({ Field, NotEquals = [], ...operators }: AdvancedFieldSelector): boolean =>
  Field === 'eventSource' && NotEquals.length > 0 && Object.values(operators).every((values) => !values?.length);

const categoryOf = ({ FieldSelectors = [] }: AdvancedEventSelector): string | undefined =>
  FieldSelectors.find(({ Field }) => Field === 'eventCategory')?.Equals?.[0];

/** Widens the selector that is nearest to what is asked; adds one where each is narrowed to data events of its own. */
function widenedBasic(basic: readonly EventSelector[]): readonly EventSelector[] {
  const all = { ReadWriteType: 'All', IncludeManagementEvents: true } as const;
  const nearest =
    basic.find(({ ReadWriteType = 'All' }) => ReadWriteType === 'All') ?? basic.find((one) => !selectsData(one));
  const ExcludeManagementEventSources = [
    ...new Set(basic.flatMap(({ ExcludeManagementEventSources = [] }) => ExcludeManagementEventSources)),
  ];
  if (nearest === undefined) return [...basic, { ...all, DataResources: [], ExcludeManagementEventSources }];
  return basic.map((one) => (one === nearest ? { ...one, ...all, ExcludeManagementEventSources } : one));
}

function widenedAdvanced(advanced: readonly AdvancedEventSelector[]): readonly AdvancedEventSelector[] {
  const category = { Field: 'eventCategory', Equals: ['Management'] };
  const nearest = advanced.find((selector) => categoryOf(selector) === 'Management');
  if (nearest === undefined) return [...advanced, { Name: 'Management events', FieldSelectors: [category] }];
  const exclusions = (nearest.FieldSelectors ?? []).filter(isExclusion);
  return advanced.map((one) => (one === nearest ? { ...one, FieldSelectors: [category, ...exclusions] } : one));
}
