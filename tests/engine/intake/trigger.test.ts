import { describe, expect, test } from '@jest/globals';
import { anyCall } from '../../../shared/detection.ts';
import {
  idsOf,
  isTriggeredBy,
  locatedIn,
  nameOf,
  refOf,
  type TriggeringEvent,
} from '../../../shared/engine/intake/trigger.ts';
import { strings } from '../../../shared/event.ts';
import { type Aws, call, defineResource, event } from '../../../shared/resource.ts';
import { defineService } from '../../../shared/service.ts';

const place = { accountId: '111122223333', region: 'eu-west-1' };
const made: TriggeringEvent = {
  kind: 'call',
  record: {
    ...place,
    eventSource: 'box.amazonaws.com',
    eventName: 'OpenBox',
    request: { boxId: 'box-1' },
    response: null,
    omitted: false,
    errorCode: null,
    userIdentity: null,
    raw: {},
  },
};
const boxEvent: TriggeringEvent = {
  kind: 'event',
  record: { ...place, source: 'aws.box', detailType: 'Box Event', resources: [], detail: { boxId: 'box-2' } },
};
const recorded = (rest: object): TriggeringEvent =>
  ({ ...made, record: { ...made.record, ...rest } }) as TriggeringEvent;

const opened = call(['box.amazonaws.com', 'lid.amazonaws.com'], 'OpenBox', {
  ids: ({ request }) => strings(request, 'boxId'),
  find: async () => ['box-found'],
  facets: ['lid'],
});
const notified = event('aws.box', 'Box Event', { ids: ({ detail }) => strings(detail, 'boxId'), facets: ['lid'] });
const resourceOf = (scope: { readonly global?: true }) =>
  defineResource({
    ...scope,
    service: defineService({ id: 'box', domain: 'data', eventSources: [], sdks: {} }),
    type: 'AWS::Box::Box',
    triggers: [opened, notified],
    gone: [],
    facets: { lid: { grants: {}, read: async () => null } },
    grants: {},
    arn: () => '',
    consoleUrl: () => '',
    async *list(_aws, { region }) {
      yield { items: [{ resourceId: 'listed' }, { resourceId: 'afar', region: `not-${region}` }], next: null };
    },
  });
const box = resourceOf({});
const aws = (() => ({})) as unknown as Aws;

describe('a trigger', () => {
  test('names calls by source and name, events by source and detail-type, and any call', () => {
    expect(isTriggeredBy(opened, made)).toBe(true);
    expect(isTriggeredBy(opened, recorded({ eventSource: 'lid.amazonaws.com' }))).toBe(true);
    expect(isTriggeredBy(opened, recorded({ eventSource: 'x.amazonaws.com' }))).toBe(false);
    expect(isTriggeredBy(opened, recorded({ eventName: 'openBox' }))).toBe(false);
    expect(isTriggeredBy(opened, boxEvent)).toBe(false);
    expect(isTriggeredBy(notified, boxEvent)).toBe(true);
    expect(isTriggeredBy(notified, made)).toBe(false);
    for (const other of [{ source: 'aws.lid' }, { detailType: 'Lid Event' }])
      expect(isTriggeredBy(notified, { ...boxEvent, record: { ...boxEvent.record, ...other } } as never)).toBe(false);
    const alike = recorded({ source: 'aws.box', detailType: 'Box Event' });
    expect(isTriggeredBy(notified, alike)).toBe(false);
    expect(isTriggeredBy(anyCall({}), recorded({ eventName: 'x', errorCode: 'AccessDenied' }))).toBe(true);
    expect(isTriggeredBy(anyCall({}), boxEvent)).toBe(false);
  });

  const ids = (trigger: typeof opened | typeof notified, change: TriggeringEvent) =>
    idsOf(box, trigger, change, place, aws);

  test('takes ids from the record, else by look-up, else where the parameters were left out from the listing', async () => {
    expect(await ids(opened, made)).toEqual(['box-1']);
    expect(await ids(notified, boxEvent)).toEqual(['box-2']);
    expect(await ids(opened, recorded({ request: {} }))).toEqual(['box-found']);
    const listed = ['listed', { resourceId: 'afar', region: 'not-eu-west-1' }];
    expect(await ids(opened, recorded({ request: { omitted: true }, omitted: true }))).toEqual(listed);
    await expect(ids(opened, recorded({ request: null }))).rejects.toThrow('hold no id');
  });

  test('looks up what an answer alone may name, and lists nothing where an id is there all the same', async () => {
    expect(await ids(opened, recorded({ request: null, response: {} }))).toEqual(['box-found']);
    expect(await ids(opened, recorded({ omitted: true }))).toEqual(['box-1']);
  });

  test('needs no rule that reads ids, and without a look-up says that there are none', async () => {
    const found = { find: async () => ['box-found'], facets: ['lid' as const] };
    expect(await ids(call('box.amazonaws.com', 'OpenBox', found), made)).toEqual(['box-found']);
    expect(await ids(event('aws.box', 'Box Event', found), boxEvent)).toEqual(['box-found']);
    const nameless = { ...boxEvent, record: { ...boxEvent.record, detail: {} } } as TriggeringEvent;
    await expect(ids(notified, nameless)).rejects.toThrow('the record holds no id');
  });

  test('finds nothing in a change of the other kind', async () => {
    expect(await ids(opened, boxEvent)).toEqual([]);
    expect(await ids(notified, made)).toEqual([]);
  });

  test('leaves more than 200 resources to a sweep', async () => {
    const many = (count: number) => ({
      ...box,
      async *list() {
        yield { items: Array.from({ length: count }, (_, index) => ({ resourceId: `box-${index}` })), next: null };
      },
    });
    const omitted = recorded({ request: {}, omitted: true });
    expect(await idsOf(many(200), opened, omitted, place, aws)).toHaveLength(200);
    await expect(idsOf(many(201), opened, omitted, place, aws)).rejects.toThrow(/more than 200 resources.*run a sweep/);
  });
});

test('a change is named in messages', () => {
  expect(nameOf(made)).toBe('OpenBox of box.amazonaws.com');
  expect(nameOf(boxEvent)).toBe('an event of aws.box with detail-type "Box Event"');
});

test('a change is placed whole', () => {
  const elsewhere = { accountId: '444455556666', region: 'us-east-2' };
  expect(locatedIn(elsewhere, made)).toEqual({ ...made, record: { ...made.record, ...elsewhere } });
  expect(locatedIn(elsewhere, boxEvent)).toEqual({ ...boxEvent, record: { ...boxEvent.record, ...elsewhere } });
});

test('a reference takes region and owner from the id, unless the resource belongs to no region', () => {
  const id = { resourceId: 'box-1', region: 'us-east-2', accountId: '444455556666' };
  const ref = { resourceType: box.type, resourceId: 'box-1' };
  expect(refOf(box, 'box-1', place)).toEqual({ ...ref, ...place });
  expect(refOf(box, id, place)).toEqual({ ...ref, accountId: '444455556666', region: 'us-east-2' });
  expect(refOf(resourceOf({ global: true }), id, place)).toEqual({
    ...ref,
    accountId: '444455556666',
    region: 'eu-west-1',
  });
});
