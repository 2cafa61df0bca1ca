import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { announcementMessage, noticeMessage } from '../../shared/notify/compose.ts';
import { fitted, MAX_MESSAGE_BYTES } from '../../shared/notify/fit.ts';
import type { Message } from '../../shared/notify/message.ts';
import { assertValidMessage } from '../support/message-schema.ts';
import { noticeOf } from '../support/notice.ts';

/** As it is published: JSON in JSON, and the text once more. */
const sizeOf = (message: Message) =>
  Buffer.byteLength(JSON.stringify({ default: JSON.stringify(message), email: message.text }));

test('a message that fits is left as it is', () => {
  const message = noticeMessage(noticeOf());
  expect(fitted(message, sizeOf)).toBe(message);
});

test('whatever is too large fits, says what it lost, and keeps what it is about, its ids and its commands', () => {
  const letters = fc.constantFrom('x', '\u{1f525}', '\0', '"', '\\', '\n', '\ud800');
  const long = fc.tuple(letters, fc.oneof(fc.nat(300), fc.nat(20_000))).map(([letter, times]) => letter.repeat(times));
  const call = long.map((Text) => ({ service: 's3', operation: 'Put', input: { Text } }));
  const parts = fc.record({
    annotation: long,
    error: long,
    changes: fc.array(long, { maxLength: 2 }),
    steps: fc.array(call, { maxLength: 4 }),
    name: long,
    actor: long,
    others: fc.nat(12),
  });
  fc.assert(
    fc.property(parts, ({ changes, name, actor, others, ...result }) => {
      const notice = noticeOf(result, {
        changes,
        tags: { Name: name },
        attribution: { actor, sourceIp: actor, userAgent: actor, tool: null },
      });
      const whole = noticeMessage({ ...notice, others: Array.from({ length: others }, () => notice) });
      const message = fitted(whole, sizeOf);
      expect(sizeOf(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
      expect(message.leftOut.length > 0).toBe(sizeOf(whole) > MAX_MESSAGE_BYTES);
      assertValidMessage(message);
      const { id, kind, severity, subject } = whole;
      expect(message).toMatchObject({ id, kind, severity, subject, resource: { id: 'sg-1' } });
      expect(message.findings[0]).toMatchObject({
        remediationId: 'rem-1',
        advice: [{ command: 'npx evenkeel undo rem-1' }, {}],
      });
      expect(message.text).toContain('npx evenkeel undo rem-1');
    }),
    { numRuns: 25 },
  );
});

test('so does a digest of thousands', () => {
  const resource = {
    resourceId: 'r'.repeat(300),
    region: 'eu-west-1',
    annotation: 'a'.repeat(256),
    remediationId: null,
    name: null,
    time: null,
  };
  const group = {
    controlId: 'c',
    severity: 'HIGH',
    outcome: 'detected',
    actor: null,
    count: 900,
    resources: Array.from({ length: 900 }, () => resource),
  } as const;
  const digest = announcementMessage({
    severity: 'HIGH',
    subject: 's',
    text: 't'.repeat(300_000),
    groups: [group, group],
  });
  const message = fitted(digest, sizeOf);
  expect(sizeOf(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  expect(message.groups).toHaveLength(2);
  expect(message.groups[0]).toMatchObject({ count: 900, resources: { length: 5 } });
  assertValidMessage(message);
});

test('a command that is too long to be copied is left out rather than cut', () => {
  const resourceId = 'x'.repeat(2_000);
  const notice = noticeOf({ outcome: 'blocked', resourceId, error: 'e'.repeat(300_000) });
  const others = [noticeOf({ outcome: 'awaitingApproval' })];
  const message = fitted(noticeMessage({ ...notice, others }), sizeOf);
  const commands = message.findings.flatMap(({ advice }) => advice.map(({ command }) => command));
  expect(commands.filter(Boolean)).toEqual(['npx evenkeel approve rem-1', 'npx evenkeel reject rem-1 --reason "…"']);
});
