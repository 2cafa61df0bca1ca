import type { AdvancedEventSelector, EventSelector } from '@aws-sdk/client-cloudtrail';
import { describe, expect, test } from '@jest/globals';
import {
  isDefault,
  isForDataEvents,
  selectorInput,
  selectsAllManagementEvents,
  selectsManagementWrites,
  withAllManagementEvents,
} from '../../../shared/aws/cloudtrail/event-selectors.ts';

const basic = (...selectors: EventSelector[]) => ({ basic: selectors, advanced: [] });
const advanced = (...selectors: AdvancedEventSelector[]) => ({ basic: [], advanced: selectors });
const fields = (...pairs: readonly (readonly [string, string])[]): AdvancedEventSelector => ({
  FieldSelectors: pairs.map(([Field, value]) => ({ Field, Equals: [value] })),
});
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
    expect(selectsAllManagementEvents(selectors)).toBe(true);
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
      'a source that is excluded',
      basic({ IncludeManagementEvents: true, ExcludeManagementEventSources: ['kms.amazonaws.com'] }),
      basic(all),
    ],
    ['five selectors with data events, where there is no room', basic(...five), null],
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
    ['an advanced selector that excludes a source', advanced(noKms), advanced(fields(management))],
  ])('%s', (_name, selectors, widened) => {
    expect(selectsAllManagementEvents(selectors)).toBe(false);
    expect(withAllManagementEvents(selectors)).toEqual(widened);
    if (widened !== null) expect(selectsAllManagementEvents(widened)).toBe(true);
  });
});

test('a trail for data events selects those and no others', () => {
  const none = { IncludeManagementEvents: false };
  expect(isForDataEvents(basic({ ...none, DataResources: [objects] }))).toBe(true);
  expect(isForDataEvents(advanced(data))).toBe(true);
  expect(isForDataEvents(basic({ DataResources: [objects] }))).toBe(false);
  expect(isForDataEvents(basic({ ...none, DataResources: [{ Type: 'AWS::S3::Object', Values: [] }] }))).toBe(false);
  expect(isForDataEvents(basic())).toBe(false);
  expect(isForDataEvents(advanced(data, fields(management)))).toBe(false);
  expect(isForDataEvents(advanced(fields(management, ['readOnly', 'true'])))).toBe(false);
});

test('the default selectors are known as such', () => {
  expect(isDefault(basic())).toBe(true);
  expect(isDefault(basic({ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [] }))).toBe(true);
  expect(isDefault(basic({ DataResources: [objects] }))).toBe(false);
  expect(isDefault(basic({ ReadWriteType: 'ReadOnly' }))).toBe(false);
  expect(isDefault(advanced(fields(management)))).toBe(false);
});

test('the input of PutEventSelectors has selectors of one kind', () => {
  expect(selectorInput(basic({}))).toEqual({ EventSelectors: [{}] });
  expect(selectorInput(advanced(data))).toEqual({ AdvancedEventSelectors: [data] });
});

describe('writes that EventBridge has to send are selected by', () => {
  const narrowed = (Field: string, Equals: string) => advanced(fields(management, [Field, Equals]));
  test.each(
    Object.entries({
      'no selectors at all': basic(),
      'reads and writes': basic({ ReadWriteType: 'All' }),
      'writes alone': basic({ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }),
      'all but those of keys, which nobody looks at': basic({
        ExcludeManagementEventSources: ['kms.amazonaws.com', 'rdsdata.amazonaws.com'],
      }),
      'the category alone': advanced(data, fields(management)),
      'the category, writes alone': narrowed('readOnly', 'false'),
      'the category but keys': advanced(noKms),
    }),
  )('%s', (_name, selectors) => {
    expect(selectsManagementWrites(selectors)).toBe(true);
  });

  test.each(
    Object.entries({
      'reads alone': basic({ ReadWriteType: 'ReadOnly' }),
      'data events alone': basic({ IncludeManagementEvents: false, DataResources: [objects] }),
      'the category, reads alone': narrowed('readOnly', 'true'),
      'data events alone, by fields': advanced(data),
      'one service alone': narrowed('eventSource', 'iam.amazonaws.com'),
      'all but one that is looked at': advanced({
        FieldSelectors: [
          ...(fields(management).FieldSelectors ?? []),
          { Field: 'eventSource', NotEquals: ['ec2.amazonaws.com'] },
        ],
      }),
      'those whose source begins so': advanced({
        FieldSelectors: [...(fields(management).FieldSelectors ?? []), { Field: 'eventSource', StartsWith: ['iam'] }],
      }),
      'what one role does': narrowed('userIdentity.arn', 'arn:aws:iam::111122223333:role/a'),
    }),
  )('and not by %s', (_name, selectors) => {
    expect(selectsManagementWrites(selectors)).toBe(false);
  });
});
