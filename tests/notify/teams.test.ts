import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { announcementMessage, noticeMessage } from '../../shared/notify/compose.ts';
import type { Message } from '../../shared/notify/message.ts';
import { teamsMessage } from '../../shared/notify/teams.ts';
import { noticeOf } from '../support/notice.ts';

const cardOf = (message: unknown, subject: string | null = null) =>
  teamsMessage({ subject, message: typeof message === 'string' ? message : JSON.stringify(message) });
const textsOf = (message: Message | string) =>
  cardOf(message).attachments[0].content.body.map(({ inlines: [{ text }] }) => text);

test('a notice has a title, what is most urgent, the whole text, and links', () => {
  const message = noticeMessage(noticeOf());
  const { body, actions } = cardOf(message).attachments[0].content;
  const [title, about, ...lines] = body.map(({ inlines }) => inlines[0]);
  expect(title).toMatchObject({ text: '\u{1f534} Remediated: sg-1', weight: 'bolder' });
  expect(about?.text).toBe('CRITICAL · no action required · eu-west-1');
  const [first, ...rest] = message.text.split('\n');
  // The head says it already.
  expect(first).toBe('Remediated [CRITICAL]: no action required');
  expect(lines.map(({ text }) => text)).toEqual(rest.filter((line) => line !== ''));
  expect(actions).toEqual([
    { type: 'Action.OpenUrl', title: 'Open in the AWS console', url: expect.stringMatching(/^https:/) },
  ]);
});

test('an empty line is space before the next one', () => {
  const message = announcementMessage({ severity: 'HIGH', subject: 's', text: 'a\n\nb\nc' });
  const { body } = cardOf(message).attachments[0].content;
  expect(body.slice(2).map(({ spacing, inlines }) => [inlines[0].text, spacing])).toEqual([
    ['a', 'default'],
    ['b', 'default'],
    ['c', 'none'],
  ]);
});

test('a line with a command is shown as code', () => {
  const message = announcementMessage({
    severity: 'HIGH',
    subject: 'Paused',
    text: 'Resume:  npx evenkeel resume\nOr:\n  npx evenkeel pause',
  });
  const runs = cardOf(message).attachments[0].content.body.map(({ inlines }) => inlines[0]);
  expect(runs.filter(({ fontType }) => fontType === 'monospace').map(({ text }) => text.trim())).toEqual([
    'Resume:  npx evenkeel resume',
    'npx evenkeel pause',
  ]);
});

test('alarms and whatever else is published are shown too', () => {
  expect(textsOf(JSON.stringify({ AlarmName: 'a', NewStateValue: 'ALARM', AlarmDescription: 'why' }))).toEqual([
    'ALARM: a',
    'why',
  ]);
  expect(textsOf('plain')).toEqual(['Message from Evenkeel', 'plain']);
});

test('what does not fit is left out, and it is said', () => {
  const texts = textsOf({ ...noticeMessage(noticeOf()), text: `${'a line of it\n'.repeat(5_000)}` });
  expect(texts.length).toBeGreaterThan(50);
  expect(texts.at(-1)).toBe('… the rest is in the ledger: npx evenkeel history');
});

test('whatever comes is a card within 28 KB, of texts in which nothing is a format, a link or a mention', () => {
  const long = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), fc.nat(6000))
      .map(([part, n]) => part.repeat(n)),
    fc.constantFrom(
      '<at>jo</at>',
      '[a](https://evil.example)',
      '\n'.repeat(9000),
      '{{DATE(2017-02-14T06:08:00Z)}}',
      '{{{{{TIME(2017-02-14T06:08:00Z)}}',
      '',
    ),
  );
  const maybe = fc.oneof(long, fc.constantFrom(null, { toString: 0 }), fc.jsonValue());
  const url = fc.oneof(maybe, fc.constantFrom('javascript:alert(1)', 'http://a.example', 'https://a.example/x y'));
  const data = fc.record({
    subject: maybe,
    text: maybe,
    severity: maybe,
    region: maybe,
    actionRequired: maybe,
    account: fc.oneof(maybe, fc.record({ alias: maybe })),
    resource: fc.oneof(maybe, fc.record({ consoleUrl: url })),
    findings: fc.oneof(maybe, fc.array(fc.record({ controlPage: url }), { maxLength: 2 })),
    AlarmName: maybe,
  });
  const any = fc.oneof(
    data.map((one) => JSON.stringify(one)),
    long,
    fc.json(),
  );
  fc.assert(
    fc.property(any, fc.option(long), (message, subject) => {
      const card = cardOf(message, subject);
      expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(28 * 1024);
      const { body, actions, ...rest } = card.attachments[0].content;
      expect(Object.keys(rest).sort()).toEqual(['$schema', 'msteams', 'type', 'version']);
      expect(rest.msteams).toEqual({ width: 'Full' });
      for (const { type, inlines } of body) {
        // Markdown is read in blocks of text, never in runs.
        expect([type, inlines.length, inlines[0].type]).toEqual(['RichTextBlock', 1, 'TextRun']);
        expect(inlines[0].text.trim()).not.toBe('');
        expect(inlines[0].text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\{\{/u);
      }
      for (const { url: href } of actions) expect(href).toMatch(/^https:\/\/\S+$/);
    }),
    { numRuns: 150 },
  );
});
