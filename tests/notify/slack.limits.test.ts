import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SlackMessage, slackMessage } from '../../shared/notify/slack.ts';
import { lines } from '../../shared/notify/slack-blocks.ts';
import { OUTCOMES } from '../../shared/result.ts';
import { blockErrors } from '../support/block-kit.ts';
import { said, slackOf } from '../support/slack-texts.ts';

/** Slack's limits, as its reference states them. */
function expectValid({ text, blocks }: SlackMessage): void {
  const within = (value: unknown, most: number) => {
    expect(typeof value).toBe('string');
    expect((value as string).trim().length).toBeGreaterThan(0);
    expect((value as string).length).toBeLessThanOrEqual(most);
    expect((value as string).isWellFormed()).toBe(true);
  };
  within(text, 3000);
  expect(blockErrors(blocks)).toEqual([]);
  expect(blocks.length).toBeGreaterThan(0);
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of blocks) {
    if (block.type === 'header') within(block.text.text, 150);
    else if (block.type === 'context') {
      expect(block.elements.length).toBeLessThanOrEqual(10);
      for (const element of block.elements) within(element.text, 3000);
    } else if ('fields' in block) {
      expect(block.fields.length).toBeGreaterThan(0);
      expect(block.fields.length).toBeLessThanOrEqual(10);
      for (const field of block.fields) within(field.text, 2000);
    } else if (block.type === 'section') within(block.text.text, 3000);
  }
  for (const value of [text, ...said({ text, blocks })])
    expect(value.replace(/^<https:\/\/[^<>|\s]+\|[\w ]+>$/, '').replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
}

describe('whatever comes', () => {
  const long = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), fc.nat(4000))
      .map(([part, n]) => part.repeat(n)),
    fc.constantFrom('<!channel>', '&'.repeat(5000), '\u{1f525}'.repeat(3000), ' '.repeat(4000), '\ud800', '\0', ''),
  );
  /** No text, and an object that cannot be made one. */
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.constantFrom(null, { toString: 0 }), fc.jsonValue());

  test('any notice fits', () => {
    const action = fc.oneof(fc.constantFrom('approve', 'reject', 'undo', 'look'), maybe(long));
    const advice = maybe(
      fc.array(maybe(fc.record({ text: maybe(long), command: maybe(long), action })), { maxLength: 3 }),
    );
    const step = fc.record({ service: maybe(long), operation: maybe(long), input: fc.jsonValue() });
    const finding = fc.record({
      outcome: fc.oneof(fc.constantFrom(...OUTCOMES, 'constructor'), long),
      severity: maybe(long),
      title: maybe(long),
      headline: maybe(long),
      controlId: fc.oneof(fc.constant('box-lid-closed'), maybe(long)),
      remediationId: fc.oneof(fc.constant('rem-20261127-0a1b2c3d'), maybe(long)),
      annotation: maybe(long),
      before: maybe(long),
      after: maybe(long),
      changes: maybe(fc.array(maybe(long), { maxLength: 2 })),
      error: maybe(long),
      steps: maybe(fc.array(maybe(step), { maxLength: 2 })),
      stepsLeftOut: maybe(fc.integer()),
      advice,
      controlPage: maybe(long),
    });
    const url = fc.oneof(
      maybe(long),
      fc.webUrl(),
      long.map((path) => `https://a.example/${path}`),
    );
    const text = maybe(long);
    const record = {
      subject: text,
      text,
      title: text,
      severity: text,
      region: text,
      actionRequired: maybe(fc.boolean()),
      account: maybe(fc.record({ id: text, alias: text })),
      resource: maybe(fc.record({ id: text, name: text, owner: text, type: text, consoleUrl: url })),
      event: maybe(fc.record({ id: text, name: text })),
      who: maybe(fc.record({ actor: text, sourceIp: text, tool: text, stack: text })),
      times: maybe(fc.record({ event: text, verified: text, toRemediate: maybe(fc.integer()) })),
      findings: fc.oneof(
        { weight: 4, arbitrary: fc.tuple(finding) },
        fc.array(finding, { minLength: 6, maxLength: 6 }),
      ),
    };
    fc.assert(
      fc.property(fc.record(record, { requiredKeys: ['findings'] }), fc.boolean(), (message, buttons) =>
        expectValid(slackMessage({ subject: null, message: JSON.stringify(message) }, { buttons })),
      ),
      { numRuns: 300 },
    );
  });

  test('any alarm fits', () => {
    const alarm = fc.record({
      AlarmName: long,
      AlarmDescription: maybe(long),
      AlarmArn: fc.oneof(
        maybe(long),
        long.map((text) => `arn:aws:cloudwatch:${text}:1:alarm:x`),
      ),
      NewStateValue: maybe(long),
      OldStateValue: maybe(long),
      NewStateReason: maybe(long),
      Region: maybe(long),
    });
    fc.assert(
      fc.property(alarm, (value) => expectValid(slackOf(JSON.stringify(value)))),
      { numRuns: 200 },
    );
  });

  test('any JSON and any text fit, with any subject', () => {
    const message = fc.oneof(
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ findings: [value] })),
      fc.tuple(long, long).map(([subject, text]) => JSON.stringify({ subject, text })),
      long,
    );
    fc.assert(
      fc.property(message, fc.option(long), (text, subject) => expectValid(slackOf(text, subject))),
      { numRuns: 300 },
    );
  });
});

test('lines that fill a section leave room for the mark that more would follow', () => {
  for (const length of [2990, 2996, 2997, 2998, 2999, 3000]) {
    const { text } = lines(['x'.repeat(length), 'y']) as { readonly text: { readonly text: string } };
    expect(text.text.length).toBeLessThanOrEqual(3000);
    expect(text.text).toMatch(/(\ny|…)$/);
  }
});
