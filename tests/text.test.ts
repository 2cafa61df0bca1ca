import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ROOT } from '../scripts/catalogue.ts';
import { noticeMessage } from '../shared/notify/compose.ts';
import { slackMessage } from '../shared/notify/slack.ts';
import { teamsMessage } from '../shared/notify/teams.ts';
import { OUTCOMES } from '../shared/result.ts';
import {
  agreeing,
  counted,
  shellQuoted,
  visible,
  visibleJson,
  visibleLines,
  withoutErrorNames,
} from '../shared/text.ts';
import { noticeOf } from './support/notice.ts';

/** Of a session, whose role and name a stranger chose. */
const ARN = 'arn:aws:sts::111122223333:assumed-role/x/x';
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const UNSAFE_BUT_LINES = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u;
/** Texts as a stranger would choose them. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\x1b[2J', '\n', '\r', '\x07', '\x9b', '\u202e', '\u2066', '\u200f', '\u2028', '\u0000', '\ud800'),
    fc.constantFrom("'", '"', '`', '$(id)', ';', '\\', ' ', '!', '*', '-', '<!channel>'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
});

describe('what a stranger wrote', () => {
  test('is shown in one line, with what is unsafe made visible', () => {
    expect(visible('web\x1b[31m\r\nAll is well\u202e')).toBe('web\\u{001b}[31m\\r\\nAll is well\\u{202e}');
    fc.assert(fc.property(hostile, (text) => !UNSAFE.test(visible(text))));
    expect(visible('Zürich, 東京, 🚀')).toBe('Zürich, 東京, 🚀');
  });

  test('keeps its lines where they are ours', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(visibleLines(text)).not.toMatch(UNSAFE_BUT_LINES);
        expect(visibleLines(text).split('\n')).toHaveLength(text.split('\n').length);
      }),
    );
  });

  test('reads as the same value in JSON', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = visibleJson(JSON.stringify({ text }));
        expect(json).not.toMatch(UNSAFE);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });

  test('stays one argument of a command, and is what the shell hands on', () => {
    expect(shellQuoted('sg-1')).toBe('sg-1');
    expect(shellQuoted('arn:aws:s3:::b')).toBe('arn:aws:s3:::b');
    expect(shellQuoted('$(rm -rf ~)')).toBe("'$(rm -rf ~)'");
    const texts = fc
      .sample(hostile, { numRuns: 300, seed: 7 })
      // No argument of a process holds these.
      .map((text) => text.replaceAll('\0', '').toWellFormed());
    for (const text of texts) expect(shellQuoted(text)).not.toMatch(UNSAFE);
    const script = `printf '%s\\0' ${texts.map(shellQuoted).join(' ')}`;
    const output = execFileSync('bash', ['-c', script], { env: { LC_ALL: 'C.UTF-8', PATH: process.env.PATH } });
    expect(output.toString().split('\0').slice(0, -1)).toEqual(texts);
  });
});

test.each([
  ['StepFailedError: ec2:X failed: AccessDeniedException: no (TimeoutError: late)', 'ec2:X failed: no (late)'],
  ['UnreadableError: could not read the box: Gone: it is gone', 'could not read the box: it is gone'],
  // AWS's codes that are words of their own can be looked up.
  ['s3:Put failed: AccessDenied: not you', 's3:Put failed: AccessDenied: not you'],
  ['InvalidPermission.Malformed: no', 'InvalidPermission.Malformed: no'],
  ['Error: this is no name', 'Error: this is no name'],
])('the names that programs have for errors are left out: %s', (error, shown) => {
  expect(withoutErrorNames(error)).toBe(shown);
});

describe('no field of a notification', () => {
  const fields = fc.record({
    resourceId: hostile,
    eventName: hostile,
    eventId: hostile,
    annotation: hostile,
    error: hostile,
    region: hostile,
    outcome: fc.constantFrom(...OUTCOMES),
    steps: fc.array(
      fc.record({ service: fc.constant('ec2'), operation: fc.constant('X'), input: fc.dictionary(hostile, hostile) }),
    ),
  });
  const attribution = fc.record({
    actor: hostile,
    sourceIp: hostile,
    userAgent: hostile,
    tool: fc.constant('CLI' as const),
  });
  const tags = fc.record({ Name: hostile, Owner: hostile, 'aws:cloudformation:stack-name': hostile });
  /** A name and its owner in the ARN of a session too. */
  const bySession = fc
    .tuple(hostile, hostile)
    .map(([role, session]) => `arn:aws:sts::111122223333:assumed-role/${role}/${session}`);
  const by = fc.tuple(attribution, fc.option(bySession)).map(([one, actor]) => ({ ...one, actor: actor ?? one.actor }));
  const NAMED = { Name: 'x', Owner: 'x', 'aws:cloudformation:stack-name': 'x' };
  const known = (given: typeof NAMED) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));

  function textsIn(message: object): readonly string[] {
    const texts: string[] = [];
    JSON.stringify(message, (key, value) => {
      if (key === 'text' && typeof value === 'string') texts.push(value);
      return value;
    });
    return texts;
  }

  test('reaches a mail, or a line of its own in it, as what a program obeys', () => {
    fc.assert(
      fc.property(fields, by, tags, (result, who, given) => {
        const { subject, text } = noticeMessage(
          noticeOf(result, { attribution: who, eventTime: who.actor, tags: known(given), was: who.actor }),
        );
        expect(subject).toMatch(/^[\x20-\x7e]*$/);
        expect(text).not.toMatch(UNSAFE_BUT_LINES);
        const harmless = noticeMessage(
          noticeOf(
            {
              ...Object.fromEntries(Object.keys(result).map((key) => [key, 'x'])),
              outcome: result.outcome,
              steps: result.steps.map((step) => ({ ...step, input: {} })),
            },
            {
              attribution: {
                actor: who.actor.startsWith('arn:') ? ARN : 'x',
                sourceIp: 'x',
                userAgent: 'x',
                tool: 'CLI',
              },
              eventTime: 'x',
              tags: known(
                Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value && 'x'])) as typeof NAMED,
              ),
              was: 'x',
            },
          ),
        );
        expect(text.split('\n')).toHaveLength(harmless.text.split('\n').length);
      }),
    );
  });

  test('reaches Slack or Teams as what these or a terminal obey', () => {
    fc.assert(
      fc.property(fields, by, tags, (result, who, given) => {
        const notice = noticeOf(result, { attribution: who, tags: known(given), was: who.actor });
        const message = JSON.stringify(noticeMessage(notice));
        const slack = textsIn(slackMessage({ subject: null, message }));
        // Teams reads no markup in a run.
        for (const text of [...slack, ...textsIn(teamsMessage({ subject: null, message }))])
          expect(text).not.toMatch(UNSAFE_BUT_LINES);
        for (const text of slack) expect(text).not.toContain('<!');
      }),
    );
  });
});

describe('a noun agrees with its number', () => {
  test('one, none and many', () => {
    expect([0, 1, 2].map((n) => counted(n, 'rule'))).toEqual(['0 rules', '1 rule', '2 rules']);
    expect([1, 2].map((n) => counted(n, 'entry', 'entries'))).toEqual(['1 entry', '2 entries']);
    expect([1, 2].map((n) => agreeing(n, 'waits', 'wait'))).toEqual(['waits', 'wait']);
  });

  /** Numbers that are never one, or one said otherwise. */
  const ACCEPTED = ['gates/flap.ts', 'cli/init.ts', 'costs/counts.ts'];
  /** What is counted in texts. Limits, which are larger than one, are named in capitals. */
  const NOUNS =
    'times|minutes|hours|days|resources|findings|events|rules|calls|files|controls|messages|regions|errors|others|entries|changes|statements|notifications|items|remediations|patterns';
  const UNCOUNTED = new RegExp(
    String.raw`\$\{(?![^}]*[A-Z]{3})(?:number\([^}]*\)|[^}'"]*)\}(?:</\w+>)? (?:${NOUNS})\b`,
    'g',
  );

  test('nobody writes a plural behind a number', () => {
    const written = globSync('shared/**/*.ts', { cwd: ROOT }).flatMap((file) =>
      (readFileSync(ROOT + file, 'utf8').match(UNCOUNTED) ?? []).map((text) => `${file}: ${text}`),
    );
    expect(written.filter((one) => !ACCEPTED.some((accepted) => one.includes(accepted)))).toEqual([]);
  });
});
