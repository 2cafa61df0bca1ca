import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Group } from '../../../shared/cli/what-if/activity.ts';
import type { Actor } from '../../../shared/cli/what-if/actor.ts';
import type { Forecast } from '../../../shared/cli/what-if/forecast.ts';
import { inWords } from '../../../shared/cli/what-if/in-words.ts';
import { actorLine, controlLine, failureLine, findingLine, summaryLine } from '../../../shared/cli/what-if/lines.ts';
import { emptyTally } from '../../../shared/cli/what-if/outlook.ts';
import { resultWithoutResource } from '../../../shared/result.ts';

const COST = { total: 10.5, by: { standing: 8, heartbeats: 1.5, changes: 0.9, sweeps: 0.1 }, factor: 1, changes: 1234 };
const SUMMARY = {
  events: 1500,
  concerned: 3,
  refused: 1,
  ofOtherAccounts: 0,
  outsideScope: 0,
  notLookedUp: 2,
  first: '2026-10-28T00:00:00.000Z',
  last: '2026-11-27T00:00:00.000Z',
  days: 30,
  resources: 2,
  looks: 3,
  looksBeyond: 0,
  read: 2,
  calls: 9,
  notifications: 1,
  failures: 0,
  cost: COST,
};

/** What is printed where a stranger has chosen every name. */
function printed(name: string) {
  const actor: Actor = { kind: 'person', name, tool: 'Terraform' };
  const tally = { ...emptyTally(), findings: 1, remediated: 1, calls: 9, notifications: 1 };
  const group: Group = { controlId: 'one', severity: 'CRITICAL', actor, events: 3, resources: 2 };
  const row = { controlId: 'one', severity: 'CRITICAL', mode: 'remediate', events: 3, resources: 2, ...tally } as const;
  const forecast: Forecast = {
    controls: [row],
    actors: [{ ...group, ...tally }],
    eventsBy: new Map([[actor, 3]]),
    summary: SUMMARY,
  };
  const result = resultWithoutResource(
    { eventId: null, eventName: null },
    {
      controlId: 'one',
      severity: 'CRITICAL',
      resourceId: name,
      region: name,
      annotation: name,
      outcome: 'remediated',
      steps: [{ service: 's3', operation: 'Put', input: { name } }],
    },
  );
  const drift = { result, group };
  return {
    words: inWords(forecast, [drift], false),
    lines: [
      findingLine(drift),
      actorLine({ ...group, ...tally }, true),
      controlLine(row, false),
      failureLine(name, name),
      summaryLine(SUMMARY),
    ],
  };
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const PLAIN_LINES = printed('plain').words.split('\n').length;

test('no name of a stranger moves the cursor, hides, turns or breaks a line, and JSON keeps it as it is', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '\u001b[2J',
      'a\nb',
      '\u202egpj.exe',
      '=HYPERLINK("http://x")',
      '<script>',
      '\u2028',
      '\ud800',
      '`rm`',
    ),
  );
  fc.assert(
    fc.property(hostile, (name) => {
      const { words, lines } = printed(name);
      expect(words.replaceAll('\n', '')).not.toMatch(UNSAFE);
      // An empty text has no line of its own.
      if (name !== '') expect(words.split('\n').length).toBe(PLAIN_LINES);
      for (const line of lines) expect(line.slice(0, -1)).not.toMatch(UNSAFE);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({
        kind: 'finding',
        resourceId: name,
        actor: name,
        tool: 'Terraform',
      });
      expect(JSON.parse(lines[3] ?? '')).toEqual({ kind: 'failure', where: name, error: name });
    }),
  );
});

test('people see the controls, what is wrong, who, how much was read, what it costs, and the next command', () => {
  const { words } = printed('jo');
  expect(words).toContain('CRITICAL\n  one ');
  expect(words).toMatch(/^ {2}one +3 +2 +1 +1 +0 +0 +0 +9 +1$/m);
  expect(words).toContain(
    'CRITICAL one jo jo\n      jo\n      would s3:Put {"name":"jo"}\n      last changed by jo (Terraform)\n',
  );
  expect(words).toMatch(/^ +3 +1 {2}jo \(Terraform\)$/m);
  expect(words).toContain(
    '1,500 events, 2026-10-28 to 2026-11-27 (30 days): 3 concern a control, and name 2 resources.',
  );
  expect(words).toContain(
    'A month like this would cost about $10.50 ($8.00 fixed, $1.50 heartbeats, $0.90 for 1,234 changes',
  );
  expect(words).toContain('npx evenkeel sweep');
  expect(words).not.toContain('of another account');
});

test.each([
  [
    'an empty log',
    { events: 0, outsideScope: 0 },
    /^No events were found, and nothing is reckoned: name the files, .*\n$/,
  ],
  [
    'a log of other times',
    { events: 1500, outsideScope: 1500 },
    /^None of 1,500 events is of this account and .*: --account, --from, --to and --region .*\n {2}1,500 outside the times/,
  ],
])('%s is not reckoned with', (_what, counts, says) => {
  const nothing = { ...SUMMARY, ...counts, refused: 0, notLookedUp: 0, first: null, last: null, cost: null };
  const words = inWords({ controls: [], actors: [], eventsBy: new Map(), summary: nothing }, [], false);
  expect(words).toMatch(says);
  expect(words).not.toContain('$');
});

test('what follows from a state that was not read is null', () => {
  expect(JSON.parse(printed('x').lines[2] ?? '')).toMatchObject({ kind: 'control', events: 3, findings: 1 });
  const group: Group = {
    controlId: 'one',
    severity: 'LOW',
    actor: { kind: 'role', name: 'r', tool: null },
    events: 1,
    resources: 1,
  };
  expect(JSON.parse(actorLine({ ...group, ...emptyTally() }, false))).toMatchObject({
    actor: 'r',
    actorKind: 'role',
    findings: null,
    calls: null,
  });
});
