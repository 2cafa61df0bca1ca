import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnreadableEventError } from '../../../shared/engine/errors.ts';
import { changesIn, KNOWN_SHAPES } from '../../../shared/engine/intake/parse-event.ts';
import {
  compliance,
  envelope,
  failed,
  inEventBridge,
  inRule,
  inSns,
  item,
  itemChange,
  only,
  oversized,
  record,
} from '../../support/event-shapes.ts';

describe('what cannot be read', () => {
  test.each<[string, unknown, string | RegExp]>([
    ['null', null, 'null'],
    ['nothing', undefined, 'null'],
    ['the text null', 'null', 'null'],
    ['a number', 7, /is 7, not an object; allowed is an event object: an EventBridge envelope/],
    ['true', true, 'true'],
    ['plain text', 'hello', /not JSON: .*; allowed is an event object: an EventBridge envelope/],
    ['empty text', '', 'not JSON'],
    ['an empty object', {}, KNOWN_SHAPES],
    ['an object of another world', { foo: 'bar' }, KNOWN_SHAPES],
    ['Records that are no list', { Records: {} }, KNOWN_SHAPES],
    ['an envelope without detail', { ...envelope, detail: undefined }, '"detail"'],
    ['an envelope whose detail is null', { ...envelope, detail: null }, '"detail"'],
    ['an envelope whose detail is text', { ...envelope, detail: '{}' }, '"detail"'],
    ['a record without a name', { ...record, eventName: null }, '"eventName"'],
    ['a record with a name that is no text', { ...record, eventName: 7 }, '"eventName"'],
    ['an envelope around a record without source', { ...envelope, detail: { eventName: 'X' } }, '"eventSource"'],
    ['an event without a source', { ...envelope, 'detail-type': 'X', source: null, detail: {} }, '"source"'],
    ['an item change without item', inEventBridge('Config Configuration Item Change', {}), 'names no resource'],
    ['an item change that is null', { ...itemChange, configurationItem: null }, 'names no resource'],
    ['an oversized change without summary', { messageType: oversized.messageType }, 'names no resource'],
    ['an item without id', { ...item, resourceId: null }, '"resourceId"'],
    ['a compliance change without type', { ...compliance, resourceType: 1 }, '"resourceType"'],
    ['a rule invocation with broken JSON', { ...inRule(1), invokingEvent: '{"a' }, '"invokingEvent"'],
    ['a rule invocation of null', inRule(null), '"invokingEvent"'],
    ['broken JSON in a message', { ReceiptHandle: 'h', Body: '{"a' }, /not JSON(?!.*allowed)/],
    ['a message without body', { ReceiptHandle: 'h', Body: undefined }, 'null'],
    ['SNS without a message', { Records: [{ Sns: {} }] }, 'null'],
    ['SNS that speaks English', { ...inSns(0), Message: 'You have chosen to subscribe.' }, 'not JSON'],
    ['a failed invocation of nothing', failed(null), 'null'],
  ])('%s is told clearly', (_name, input, says) => {
    const change = only(input);
    if (change.kind !== 'unreadable') throw new Error(`read as ${change.kind}`);
    expect(change.error).toBeInstanceOf(UnreadableEventError);
    expect(change.error.message).toMatch(/^the event /);
    expect(change.error.message).toMatch(says);
  });

  test('keeps the id and name of the event, so that it can be found', () => {
    expect(only({ ...envelope, detail: null })).toMatchObject({
      eventId: 'event-of-eventbridge',
      eventName: 'AWS API Call via CloudTrail',
    });
    expect(only({ ...record, eventSource: null })).toMatchObject({
      eventId: 'event-of-cloudtrail',
      eventName: 'AuthorizeSecurityGroupIngress',
    });
  });
});

describe('any JSON at all', () => {
  /** No change comes only out of a list with nothing in it. */
  const expectChanges = (input: unknown) => {
    const changes = changesIn(input);
    expect(changes.length > 0 || JSON.stringify(input).includes('[]')).toBe(true);
    for (const change of changes) {
      expect(['call', 'event', 'resource', 'recheck', 'other', 'unreadable']).toContain(change.kind);
      for (const about of [change.eventId, change.eventName, change.eventTime])
        expect(about === null || typeof about === 'string').toBe(true);
    }
  };

  test('is read without a throw, and is never passed over in silence', () => {
    fc.assert(fc.property(fc.jsonValue(), expectChanges));
    fc.assert(fc.property(fc.json(), expectChanges));
    fc.assert(fc.property(fc.string(), expectChanges));
  });

  test('so it is where it looks like an event', () => {
    const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
      leaf: fc.oneof(
        fc.constantFrom<unknown>(null, 'null', '', 0, true, {}, [], '{', 'text', { omitted: true }),
        fc.constantFrom<unknown>(record, envelope, itemChange, item, inRule(itemChange)),
      ),
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.record({ Records: tie('tree') }),
        fc.record({ Messages: tie('tree') }),
        fc.record({ Sns: fc.record({ Message: tie('tree') }) }),
        fc.record({ eventSource: fc.constantFrom('aws:sqs', 'ec2.amazonaws.com'), body: tie('tree') }),
        fc.record({ ReceiptHandle: tie('leaf'), Body: tie('tree') }),
        fc.record({ 'detail-type': fc.constantFrom('AWS API Call via CloudTrail', 'X', null), detail: tie('tree') }),
        fc.record({ invokingEvent: tie('tree') }),
        fc.record({ requestContext: tie('leaf'), requestPayload: tie('tree') }),
        fc.record({ configurationItem: tie('tree'), messageType: tie('leaf') }),
        fc.record({ eventName: tie('leaf'), eventSource: tie('leaf'), requestParameters: tie('tree') }),
        tie('tree').map((value) => JSON.stringify(value)),
      ),
    }));
    fc.assert(fc.property(tree, expectChanges), { numRuns: 500 });
  });
});
