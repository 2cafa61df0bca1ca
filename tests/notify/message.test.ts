import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SEVERITIES } from '../../shared/control.ts';
import { announcementMessage, noticeMessage } from '../../shared/notify/compose.ts';
import { KINDS, type Message } from '../../shared/notify/message.ts';
import type { SingleNotice } from '../../shared/notify/notifier.ts';
import { OUTCOMES } from '../../shared/result.ts';
import { assertValidMessage, schema } from '../support/message-schema.ts';
import { noticeOf } from '../support/notice.ts';

const text = fc.string({ unit: 'grapheme' });
const maybe = fc.option(text);
const notices: fc.Arbitrary<SingleNotice> = fc
  .record({
    severity: fc.constantFrom(...SEVERITIES),
    tags: fc.option(fc.dictionary(fc.oneof(text, fc.constantFrom('Name', 'owner')), text), { nil: undefined }),
    actor: fc.oneof(maybe, fc.constant('arn:aws:sts::111122223333:assumed-role/A/b')),
    isRetrying: fc.boolean(),
    verified: fc.option(fc.constant('2026-11-02T09:14:12Z'), { nil: undefined }),
    after: fc.option(text, { nil: undefined }),
    gate: fc.constantFrom('pause' as const, 'flap' as const),
    was: fc.option(text, { nil: undefined }),
    expires: fc.option(text, { nil: undefined }),
    undo: fc.option(fc.record({ exemption: maybe }), { nil: undefined }),
    result: fc.record({
      outcome: fc.constantFrom(...OUTCOMES),
      before: fc.constantFrom(null, 'NON_COMPLIANT' as const),
      eventId: maybe,
      eventName: fc.oneof(maybe, fc.constant('Undo')),
      resourceId: text,
      annotation: maybe,
      error: maybe,
      remediationId: maybe,
    }),
  })
  .map(({ severity, result, tags, verified, after, actor, isRetrying, gate, was, expires, undo }) => ({
    ...noticeOf(result, {
      control: { ...noticeOf().control, severity },
      attribution: { actor, sourceIp: actor, userAgent: actor, tool: null },
      stoppedBy: { gate, everything: isRetrying },
      isRetrying,
    }),
    ...(tags === undefined ? {} : { tags }),
    ...(verified === undefined ? {} : { verified }),
    ...(after === undefined ? {} : { after }),
    ...(was === undefined ? {} : { was }),
    ...(expires === undefined ? {} : { expires }),
    ...(undo === undefined ? {} : { undo }),
  }));

describe('every message', () => {
  test('about a resource is what the schema says', () => {
    fc.assert(
      fc.property(notices, fc.array(notices, { maxLength: 3 }), maybe, (notice, others, named) =>
        assertValidMessage(
          noticeMessage({ ...notice, others }, { accountAlias: named, controlPages: named, routes: [] }),
        ),
      ),
    );
  });

  test('about anything else is what the schema says', () => {
    const group = fc.record({
      controlId: text,
      severity: fc.constantFrom(...SEVERITIES),
      outcome: fc.constantFrom(...OUTCOMES),
      actor: maybe,
      count: fc.integer({ min: 1 }),
      resources: fc.array(
        fc.record({
          resourceId: text,
          name: maybe,
          region: text,
          time: maybe,
          annotation: maybe,
          remediationId: maybe,
        }),
      ),
    });
    const announcement = fc.record(
      {
        severity: fc.constantFrom(...SEVERITIES),
        subject: text,
        text,
        kind: fc.constantFrom(...KINDS),
        region: text,
        groups: fc.array(group),
      },
      { requiredKeys: ['severity', 'subject', 'text'] },
    );
    fc.assert(
      fc.property(announcement, maybe, (one, controlPages) =>
        assertValidMessage(announcementMessage(one, { accountAlias: null, controlPages, routes: [] })),
      ),
    );
  });

  test('has an id of its own, or that of its notice', () => {
    const [a, b] = [noticeMessage(noticeOf()), noticeMessage(noticeOf())];
    expect(a.id).not.toBe(b.id);
    expect(noticeMessage(noticeOf({}, { id: 'n-1' })).id).toBe('n-1');
  });
});

test('the schema knows every kind, and a message of another version or with another field is none', () => {
  const { properties } = schema as { properties: { kind: { enum: readonly string[] } } };
  expect(properties.kind.enum).toEqual(KINDS);
  const message = noticeMessage(noticeOf());
  for (const wrong of [{ version: 2 }, { severity: 'high' }, { more: 1 }, { findings: [{}] }, { id: null }])
    expect(() => assertValidMessage({ ...message, ...wrong } as unknown as Message)).toThrow('no valid notification');
});

describe('times', () => {
  const timesOf = (eventTime: string | null, verified?: string) =>
    noticeMessage(noticeOf({}, { eventTime, ...(verified === undefined ? {} : { verified }) })).times;
  test.each([
    ['2026-11-02T09:14:07Z', '2026-11-02T09:14:12.400Z', 5],
    ['2026-11-02T09:14:07Z', undefined, null],
    [null, '2026-11-02T09:14:12Z', null],
    // A clock that is late.
    ['2026-11-02T09:14:07Z', '2026-11-02T09:14:06Z', null],
    ['soon', '2026-11-02T09:14:06Z', null],
  ])('from %s to %s are %s seconds', (event, verified, toRemediate) => {
    expect(timesOf(event, verified)).toEqual({ event, verified: verified ?? null, toRemediate });
  });
});

test('the name and the owner are the tags of these names, in whatever case', () => {
  const resourceOf = (tags: Record<string, string>) => noticeMessage(noticeOf({}, { tags })).resource;
  expect(resourceOf({ NAME: 'web', Team: 'b', Owner: 'a' })).toMatchObject({ name: 'web', owner: 'a' });
  expect(resourceOf({ Name: '', team: 'b' })).toMatchObject({ name: null, owner: 'b' });
  expect(resourceOf({ Names: 'x', ownership: 'y' })).toMatchObject({ name: null, owner: null });
});
