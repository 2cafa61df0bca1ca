import type { AdvancedEventSelector, EventSelector } from '@aws-sdk/client-cloudtrail';

/** The event selectors of a trail: basic ones or advanced ones, never both. Neither means CloudTrail's default, every management event. */
export interface Selectors {
  readonly basic: readonly EventSelector[];
  readonly advanced: readonly AdvancedEventSelector[];
}

/** CloudTrail takes no more basic selectors than these for one trail. */
const MOST_BASIC_SELECTORS = 5;

/** True where every management event is selected, reads and writes, of every service. */
export function selectsAllManagementEvents({ basic, advanced }: Selectors): boolean {
  if (advanced.length > 0) return coversReadsAndWrites(advanced.map(managementEventsOfAdvanced));
  return basic.length === 0 || coversReadsAndWrites(basic.map(managementEventsOf));
}

/** Sources that CloudTrail lets a trail leave out; nothing of theirs is looked at. */
const UNWATCHED = ['kms.amazonaws.com', 'rdsdata.amazonaws.com'];

/** True where every management event that writes is selected, of every service that is looked at: all that EventBridge needs to send the changes. */
export function selectsManagementWrites({ basic, advanced }: Selectors): boolean {
  if (advanced.length > 0) return advanced.some(isOfWrites);
  return (
    basic.length === 0 ||
    basic.some(
      ({ IncludeManagementEvents = true, ReadWriteType = 'All' }) =>
        IncludeManagementEvents && ReadWriteType !== 'ReadOnly',
    )
  );
}

const isOfWrites = (selector: AdvancedEventSelector): boolean =>
  categoryOf(selector) === 'Management' &&
  (selector.FieldSelectors ?? []).every(({ Field, Equals = [], NotEquals = [], ...others }) => {
    if (Field === 'eventCategory') return true;
    if (Field === 'readOnly') return Equals.length === 1 && Equals[0] === 'false';
    const isNarrowed = Object.values(others).some((values) => values !== undefined && values.length > 0);
    return (
      Field === 'eventSource' &&
      !isNarrowed &&
      Equals.length === 0 &&
      NotEquals.every((source) => UNWATCHED.includes(source))
    );
  });

/** True where nothing but data events of named resources is selected: a trail that was made for them. */
export const isForDataEvents = ({ basic, advanced }: Selectors): boolean =>
  advanced.some((selector) => categoryOf(selector) !== 'Management')
    ? advanced.every((selector) => categoryOf(selector) !== 'Management')
    : basic.some(selectsData) && basic.every(({ IncludeManagementEvents }) => IncludeManagementEvents === false);

/** The selectors with every management event added and all else as it was; null where there is no room for one more. */
export function withAllManagementEvents(selectors: Selectors): Selectors | null {
  if (selectors.advanced.length > 0) return { basic: [], advanced: widenedAdvanced(selectors.advanced) };
  const basic = widenedBasic(selectors.basic);
  return basic.length > MOST_BASIC_SELECTORS ? null : { basic, advanced: [] };
}

/** The part of PutEventSelectors' input that says what is selected. */
export const selectorInput = ({ basic, advanced }: Selectors) =>
  advanced.length > 0 ? { AdvancedEventSelectors: [...advanced] } : { EventSelectors: [...basic] };

/** True for the selectors that a trail has when nobody has put any. */
export const isDefault = ({ basic, advanced }: Selectors): boolean =>
  advanced.length === 0 &&
  (basic.length === 0 ||
    (basic.length === 1 && basic.every((one) => managementEventsOf(one) === 'All' && !selectsData(one))));

type Reach = 'All' | 'ReadOnly' | 'WriteOnly' | 'none';

const coversReadsAndWrites = (reaches: readonly Reach[]): boolean =>
  reaches.includes('All') || (reaches.includes('ReadOnly') && reaches.includes('WriteOnly'));

const selectsData = ({ DataResources = [] }: EventSelector): boolean =>
  DataResources.some(({ Values = [] }) => Values.length > 0);

function managementEventsOf({
  IncludeManagementEvents = true,
  ReadWriteType = 'All',
  ExcludeManagementEventSources = [],
}: EventSelector): Reach {
  return IncludeManagementEvents && ExcludeManagementEventSources.length === 0 ? ReadWriteType : 'none';
}

/** A selector with any field beside the category and readOnly leaves events out. */
function managementEventsOfAdvanced(selector: AdvancedEventSelector): Reach {
  const { FieldSelectors = [] } = selector;
  if (categoryOf(selector) !== 'Management') return 'none';
  const others = FieldSelectors.filter(({ Field }) => Field !== 'eventCategory');
  if (others.length === 0) return 'All';
  const [readOnly] = others;
  if (others.length > 1 || readOnly?.Field !== 'readOnly' || readOnly.Equals?.length !== 1) return 'none';
  return readOnly.Equals[0] === 'true' ? 'ReadOnly' : 'WriteOnly';
}

const categoryOf = ({ FieldSelectors = [] }: AdvancedEventSelector): string | undefined =>
  FieldSelectors.find(({ Field }) => Field === 'eventCategory')?.Equals?.[0];

/** Widens the selector that is nearest to what is asked; adds one where each is narrowed to data events of its own. */
function widenedBasic(basic: readonly EventSelector[]): readonly EventSelector[] {
  const all = { ReadWriteType: 'All', IncludeManagementEvents: true, ExcludeManagementEventSources: [] } as const;
  const nearest =
    basic.find(({ ReadWriteType = 'All' }) => ReadWriteType === 'All') ?? basic.find((one) => !selectsData(one));
  if (nearest === undefined) return [...basic, { ...all, DataResources: [], ExcludeManagementEventSources: [] }];
  return basic.map((one) => (one === nearest ? { ...one, ...all, ExcludeManagementEventSources: [] } : one));
}

function widenedAdvanced(advanced: readonly AdvancedEventSelector[]): readonly AdvancedEventSelector[] {
  const FieldSelectors = [{ Field: 'eventCategory', Equals: ['Management'] }];
  const nearest = advanced.find((selector) => categoryOf(selector) === 'Management');
  if (nearest === undefined) return [...advanced, { Name: 'Management events', FieldSelectors }];
  return advanced.map((one) => (one === nearest ? { ...one, FieldSelectors } : one));
}
