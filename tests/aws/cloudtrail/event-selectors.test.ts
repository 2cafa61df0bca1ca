import type { AdvancedEventSelector, EventSelector } from '@aws-sdk/client-cloudtrail';
import { describe, expect, test } from '@jest/globals';
import {
  excludedFromWrites,
  excludedSources,
  isDefault,
  isForDataEvents,
  selectorInput,
  selectsReadsAndWrites,
  withReadsAndWrites,
} from '../../../shared/aws/cloudtrail/event-selectors.ts';

const basic = (...selectors: EventSelector[]) => ({ basic: selectors, advanced: [] });
const advanced = (...selectors: AdvancedEventSelector[]) => ({ basic: [], advanced: selectors });
const fields = (...pairs: readonly (readonly [string, string])[]): AdvancedEventSelector => ({
  FieldSelectors: pairs.map(([Field, value]) => ({ Field, Equals: [value] })),
});
const RDS_DATA = 'rdsdata.amazonaws.com';
const management = ['eventCategory', 'Management'] as const;
const objects = { Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::reports/'] };
const data = fields(['eventCategory', 'Data'], ['resources.type', 'AWS::S3::Object']);
const noKms = {
  FieldSelectors: [
    ...(fields(management).FieldSelectors ?? []),
    { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] },
  ],
};

describe('every management event is selected by', () => {
  test.each(
    Object.entries({
      'no selectors at all, which is the default': basic(),
      'a selector with nothing said': basic({}),
      'reads and writes': basic({ ReadWriteType: 'All', IncludeManagementEvents: true }),
      'reads by one, writes by another': basic({ ReadWriteType: 'ReadOnly' }, { ReadWriteType: 'WriteOnly' }),
      'one beside a selector of data events': basic({}, { IncludeManagementEvents: false, DataResources: [objects] }),
      'the category alone': advanced(data, fields(management)),
      'the category, reads and writes apart': advanced(
        fields(management, ['readOnly', 'true']),
        fields(management, ['readOnly', 'false']),
      ),
    }),
  )('%s', (_name, selectors) => {
    expect(selectsReadsAndWrites(selectors)).toBe(true);
    expect(excludedSources(selectors)).toEqual([]);
  });
});

describe('some management events are left out by', () => {
  const all: EventSelector = { ReadWriteType: 'All', IncludeManagementEvents: true, ExcludeManagementEventSources: [] };
  const five = Array<EventSelector>(5).fill({ ReadWriteType: 'ReadOnly', DataResources: [objects] });
  test.each([
    ['reads only', basic({ ReadWriteType: 'ReadOnly' }), basic(all)],
    ['writes only', basic({ ReadWriteType: 'WriteOnly' }), basic(all)],
    [
      'data events only',
      basic({ ReadWriteType: 'WriteOnly', IncludeManagementEvents: false, DataResources: [objects] }),
      basic(
        { ReadWriteType: 'WriteOnly', IncludeManagementEvents: false, DataResources: [objects] },
        { ...all, DataResources: [] },
      ),
    ],
    [
      'data events of reads and writes',
      basic({ ReadWriteType: 'All', IncludeManagementEvents: false, DataResources: [objects] }),
      basic({ ...all, DataResources: [objects] }),
    ],
    [
      'selectors that select nothing',
      basic({ ReadWriteType: 'ReadOnly', IncludeManagementEvents: false, DataResources: [{ Type: 'x', Values: [] }] }),
      basic({ ...all, DataResources: [{ Type: 'x', Values: [] }] }),
    ],
    [
      'writes only, which also exclude a source: that stays so',
      basic({ ReadWriteType: 'WriteOnly', ExcludeManagementEventSources: ['kms.amazonaws.com'] }),
      basic({ ...all, ExcludeManagementEventSources: ['kms.amazonaws.com'] }),
    ],
    [
      'reads of some buckets, which also exclude a source: that stays so',
      basic({ ReadWriteType: 'ReadOnly', DataResources: [objects], ExcludeManagementEventSources: [RDS_DATA] }),
      basic(
        { ReadWriteType: 'ReadOnly', DataResources: [objects], ExcludeManagementEventSources: [RDS_DATA] },
        { ...all, DataResources: [], ExcludeManagementEventSources: [RDS_DATA] },
      ),
    ],
    [
      'two selectors of writes with different exclusions, between which a person has to choose',
      basic(
        { ReadWriteType: 'WriteOnly', ExcludeManagementEventSources: ['kms.amazonaws.com'] },
        { ReadWriteType: 'WriteOnly', ExcludeManagementEventSources: [RDS_DATA] },
      ),
      null,
    ],
    ['five selectors with data events, where there is no room', basic(...five), null],
    [
      'four selectors with data events, where there is room',
      basic(...five.slice(1)),
      basic(...five.slice(1), { ...all, DataResources: [] }),
    ],
    [
      'selectors of which the first is widened, and the others stay',
      basic({ ReadWriteType: 'WriteOnly' }, { ReadWriteType: 'WriteOnly', DataResources: [objects] }),
      basic(all, { ReadWriteType: 'WriteOnly', DataResources: [objects] }),
    ],
    [
      'two advanced selectors of reads, of which the first is widened',
      advanced(
        { Name: 'One', ...fields(management, ['readOnly', 'true']) },
        { Name: 'Two', ...fields(management, ['readOnly', 'true']) },
      ),
      advanced({ Name: 'One', ...fields(management) }, { Name: 'Two', ...fields(management, ['readOnly', 'true']) }),
    ],
    [
      'advanced selectors of data only',
      advanced(data),
      advanced(data, { Name: 'Management events', ...fields(management) }),
    ],
    [
      'advanced selectors of reads only',
      advanced({ Name: 'Reads', ...fields(management, ['readOnly', 'true']) }, data),
      advanced({ Name: 'Reads', ...fields(management) }, data),
    ],
    [
      'an advanced selector of writes that excludes a source: that stays so',
      advanced({ FieldSelectors: [...noKms.FieldSelectors, { Field: 'readOnly', Equals: ['false'] }] }),
      advanced(noKms),
    ],
    [
      'an advanced selector of one service alone',
      advanced(fields(management, ['eventSource', 'iam.amazonaws.com'])),
      advanced(fields(management)),
    ],
  ])('%s', (_name, selectors, widened) => {
    expect(selectsReadsAndWrites(selectors)).toBe(false);
    expect(withReadsAndWrites(selectors)).toEqual(widened);
    if (widened !== null) expect(selectsReadsAndWrites(widened)).toBe(true);
  });
});

describe('excluded by name is what', () => {
  const without = (...ExcludeManagementEventSources: string[]) => ({ ExcludeManagementEventSources });
  test.each<[string, Parameters<typeof excludedSources>[0], readonly string[]]>([
    ['a basic selector excludes', basic(without(RDS_DATA, 'kms.amazonaws.com')), ['kms.amazonaws.com', RDS_DATA]],
    ['an advanced selector excludes', advanced(data, noKms), ['kms.amazonaws.com']],
    [
      'one selector excludes of reads, whatever the other does of writes',
      basic({ ReadWriteType: 'ReadOnly', ...without(RDS_DATA) }, { ReadWriteType: 'WriteOnly' }),
      [RDS_DATA],
    ],
    ['no other selector selects', basic(without(RDS_DATA), without(RDS_DATA, 'kms.amazonaws.com')), [RDS_DATA]],
    [
      'a selector without management events does not count for',
      basic({}, { IncludeManagementEvents: false, ...without(RDS_DATA) }),
      [],
    ],
  ])('%s', (_name, selectors, excluded) => {
    expect(selectsReadsAndWrites(selectors)).toBe(true);
    expect(excludedSources(selectors)).toEqual(excluded);
  });
});

test('a trail for data events selects those and no others', () => {
  const none = { IncludeManagementEvents: false };
  expect(isForDataEvents(basic({ ...none, DataResources: [objects] }))).toBe(true);
  expect(isForDataEvents(advanced(data))).toBe(true);
  expect(isForDataEvents(basic({ DataResources: [objects] }))).toBe(false);
  expect(isForDataEvents(basic({ ...none, DataResources: [{ Type: 'AWS::S3::Object', Values: [] }] }))).toBe(false);
  expect(isForDataEvents(basic({ ...none, DataResources: [objects] }, {}))).toBe(false);
  expect(isForDataEvents(advanced(data, fields(['eventCategory', 'NetworkActivity'])))).toBe(true);
  expect(isForDataEvents(basic())).toBe(false);
  expect(isForDataEvents(advanced(data, fields(management)))).toBe(false);
  expect(isForDataEvents(advanced(fields(management, ['readOnly', 'true'])))).toBe(false);
});

test('the default selectors are known as such', () => {
  expect(isDefault(basic())).toBe(true);
  expect(isDefault(basic({ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [] }))).toBe(true);
  expect(isDefault(basic({ DataResources: [objects] }))).toBe(false);
  expect(isDefault(basic({ ReadWriteType: 'ReadOnly' }))).toBe(false);
  expect(isDefault(basic({ ReadWriteType: 'WriteOnly' }))).toBe(false);
  expect(isDefault(basic({}, { DataResources: [objects] }))).toBe(false);
  expect(isDefault(basic({ ExcludeManagementEventSources: [RDS_DATA] }))).toBe(false);
  expect(isDefault(advanced(fields(management)))).toBe(false);
});

test('the input of PutEventSelectors has selectors of one kind', () => {
  expect(selectorInput(basic({}))).toEqual({ EventSelectors: [{}] });
  expect(selectorInput(advanced(data))).toEqual({ AdvancedEventSelectors: [data] });
});

describe('writes that EventBridge has to send are selected by', () => {
  const narrowed = (Field: string, Equals: string) => advanced(fields(management, [Field, Equals]));
  const noEc2 = { Field: 'eventSource', NotEquals: ['ec2.amazonaws.com'] };
  test.each<[string, Parameters<typeof excludedFromWrites>[0], readonly string[]]>([
    ['no selectors at all', basic(), []],
    ['reads and writes', basic({ ReadWriteType: 'All' }), []],
    ['writes alone', basic({ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }), []],
    ['all but those of a source', basic({ ExcludeManagementEventSources: [RDS_DATA] }), [RDS_DATA]],
    ['the category alone', advanced(data, fields(management)), []],
    ['the category, writes alone', narrowed('readOnly', 'false'), []],
    ['the category but a source', advanced(noKms), ['kms.amazonaws.com']],
    [
      'the category but two sources',
      advanced({ FieldSelectors: [...noKms.FieldSelectors, noEc2] }),
      ['ec2.amazonaws.com', 'kms.amazonaws.com'],
    ],
  ])('%s', (_name, selectors, excluded) => {
    expect(excludedFromWrites(selectors)).toEqual(excluded);
  });

  test.each(
    Object.entries({
      'reads alone': basic({ ReadWriteType: 'ReadOnly' }),
      'data events alone': basic({ IncludeManagementEvents: false, DataResources: [objects] }),
      'the category, reads alone': narrowed('readOnly', 'true'),
      'data events alone, by fields': advanced(data),
      'one service alone': narrowed('eventSource', 'iam.amazonaws.com'),
      'those whose source begins so': advanced({
        FieldSelectors: [...(fields(management).FieldSelectors ?? []), { Field: 'eventSource', StartsWith: ['iam'] }],
      }),
      'what one role does not do': advanced({
        FieldSelectors: [
          ...(fields(management).FieldSelectors ?? []),
          { Field: 'userIdentity.arn', NotEquals: ['arn:aws:iam::111122223333:role/a'] },
        ],
      }),
      'all but a source, of those that begin so': advanced({
        FieldSelectors: [
          ...(fields(management).FieldSelectors ?? []),
          { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'], StartsWith: ['k'] },
        ],
      }),
      'what is neither read nor write': advanced(fields(management, ['readOnly', 'true'], ['readOnly', 'false'])),
      'what one role does': narrowed('userIdentity.arn', 'arn:aws:iam::111122223333:role/a'),
    }),
  )('and not by %s', (_name, selectors) => {
    expect(excludedFromWrites(selectors)).toBeNull();
  });
});
