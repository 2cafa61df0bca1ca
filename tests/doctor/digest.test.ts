import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Diagnosis } from '../../shared/doctor/diagnosis.ts';
import { type Digest, digestMessage, recordDiagnoses, recordNotified } from '../../shared/doctor/digest.ts';
import { type Incidents, NO_INCIDENTS } from '../../shared/ledger/incidents.ts';

const DAY = 86_400_000;
const T = Date.parse('2026-11-22T00:05:00Z');

const failing = (check: string, subject: string | null = null, message = `${check} is failing`): Diagnosis => ({
  check,
  status: 'error',
  subject,
  message,
  remedy: `fix ${check}`,
});
const look = (check: string): Diagnosis => ({ ...failing(check), status: 'warning' });
const ALL = ['trails', 'rules', 'queues'];

/** Examinations at several times; gives what was notified at each. */
class Book {
  incidents: Incidents = NO_INCIDENTS;

  look(day: number, diagnoses: readonly Diagnosis[], checked = ALL): Digest | null {
    const now = T + day * DAY;
    const { next, answer } = recordDiagnoses(this.incidents, checked, diagnoses, now);
    this.incidents = answer === null ? next : recordNotified(next, answer, now);
    return answer;
  }
}
const names = (digest: Digest | null) =>
  digest && {
    begun: digest.begun.map(({ check }) => check),
    lasting: digest.lasting.map(({ check }) => check),
    ended: digest.ended.map(({ check }) => check),
  };
const only = (part: Partial<Record<keyof Digest, readonly string[]>>) => ({
  begun: [],
  lasting: [],
  ended: [],
  ...part,
});

test('nobody is notified of what is well, or of what somebody should only know', () => {
  const book = new Book();
  expect(book.look(0, [look('rules'), { ...failing('trails'), status: 'ok' }])).toBeNull();
  expect(book.incidents).toEqual(NO_INCIDENTS);
});

test('all that begins is notified together, once, and again after seven days', () => {
  const book = new Book();
  expect(names(book.look(0, [failing('trails'), failing('rules')]))).toEqual(only({ begun: ['trails', 'rules'] }));
  for (const day of [0.01, 1, 6.9]) expect(book.look(day, [failing('trails'), failing('rules')])).toBeNull();
  expect(names(book.look(7, [failing('trails'), failing('rules')]))).toEqual(only({ lasting: ['trails', 'rules'] }));
  expect(book.look(8, [failing('trails'), failing('rules')])).toBeNull();
});

test('what is about something else is another incident, and other words for the same are none', () => {
  const book = new Book();
  book.look(0, [failing('rules', 'a', '1 message waits')]);
  expect(book.look(1, [failing('rules', 'a', '2 messages wait')])).toBeNull();
  expect(names(book.look(2, [failing('rules', 'a'), failing('rules', 'b')]))).toEqual(only({ begun: ['rules'] }));
});

test('an end that has lasted a day is notified with the next notification, and not by itself', () => {
  const book = new Book();
  book.look(0, [failing('trails')]);
  expect(book.look(1, [])).toBeNull();
  expect(names(book.look(1.5, [failing('rules')]))).toEqual(only({ begun: ['rules'] }));
  expect(book.look(2.5, [failing('rules')])).toBeNull();
  expect(names(book.look(2.6, [failing('rules'), failing('queues')]))).toEqual(
    only({ begun: ['queues'], ended: ['trails'] }),
  );
  expect(names(book.look(8.5, [failing('rules')]))).toEqual(only({ lasting: ['rules'] }));
});

test('an end that nobody was notified of for a month is forgotten', () => {
  const book = new Book();
  book.look(0, [failing('trails')]);
  for (const day of [1, 31.1]) book.look(day, []);
  expect(names(book.look(32, [failing('rules')]))).toEqual(only({ begun: ['rules'] }));
});

test('what comes and goes within a day is one incident, and after a quiet day a new one', () => {
  const book = new Book();
  book.look(0, [failing('trails')]);
  for (const [day, diagnoses] of [
    [0.1, []],
    [0.2, [failing('trails')]],
    [0.3, []],
    [1.2, [failing('trails')]],
    [1.3, []],
    [2.4, []],
  ] as const)
    expect(book.look(day, diagnoses)).toBeNull();
  expect(names(book.look(2.5, [failing('trails')]))).toEqual(only({ begun: ['trails'] }));
});

test('a check that was not made ends nothing', () => {
  const book = new Book();
  book.look(0, [failing('trails'), failing('rules')]);
  book.look(1, [failing('trails')], ['trails']);
  book.look(3, [failing('trails')], ['trails']);
  expect(book.look(4, [failing('trails'), failing('rules')])).toBeNull();
});

test('what people were notified of elsewhere is only reminded of, while it lasts, and its end is told', () => {
  const book = new Book();
  const blocked: Diagnosis = { ...look('rules'), wasNotified: true };
  expect(book.look(0, [blocked])).toBeNull();
  expect(book.look(6.9, [blocked])).toBeNull();
  expect(names(book.look(7, [blocked]))).toEqual(only({ lasting: ['rules'] }));
  expect(book.look(8, [])).toBeNull();
  expect(names(book.look(9.1, [failing('queues')]))).toEqual(only({ begun: ['queues'], ended: ['rules'] }));
});

describe('an incident that is no error', () => {
  const denied: Diagnosis = { ...look('rules'), isIncident: true };

  test('is notified when it begins, every seven days, and at once when it is over', () => {
    const book = new Book();
    expect(names(book.look(0, [denied]))).toEqual(only({ begun: ['rules'] }));
    expect(book.look(6.9, [denied])).toBeNull();
    expect(names(book.look(7, [denied]))).toEqual(only({ lasting: ['rules'] }));
    const over = book.look(7.1, []);
    expect(names(over)).toEqual(only({ ended: ['rules'] }));
    expect(over && digestMessage(over)).toEqual({
      severity: 'HIGH',
      kind: 'recovered',
      subject: 'Resolved: rules',
      text: 'Resolved:\n  rules is failing (rules)\n\nSee all checks:  npx evenkeel doctor',
    });
    expect(book.look(7.2, [])).toBeNull();
    expect(names(book.look(7.3, [denied]))).toEqual(only({ begun: ['rules'] }));
  });

  test('is not notified as over where nobody was notified of it', () => {
    const { next } = recordDiagnoses(NO_INCIDENTS, ALL, [denied], T);
    expect(recordDiagnoses(next, ALL, [], T + 90_000)).toMatchObject({ next: { known: [] }, answer: null });
  });
});

test('two runs at once notify once; where one has died before it did, the next does', () => {
  const first = recordDiagnoses(NO_INCIDENTS, ALL, [failing('trails')], T);
  expect(names(first.answer)).toEqual(only({ begun: ['trails'] }));
  const atOnce = recordDiagnoses(first.next, ALL, [failing('trails')], T + 30_000);
  expect(atOnce.answer).toBeNull();
  expect(names(recordDiagnoses(atOnce.next, ALL, [failing('trails')], T + 61_000).answer)).toEqual(
    only({ begun: ['trails'] }),
  );
});

test('an incident that nobody was notified of goes without a word', () => {
  const first = recordDiagnoses(NO_INCIDENTS, ALL, [failing('trails')], T);
  expect(recordDiagnoses(first.next, ALL, [], T + 90_000)).toMatchObject({ next: { known: [] }, answer: null });
});

test('whatever comes and goes, an incident is notified at most once in a day and never not at all', () => {
  const which = fc.subarray(ALL);
  const looks = fc.array(fc.record({ hours: fc.integer({ min: 1, max: 30 }), which }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(looks, (story) => {
      const book = new Book();
      const lastNotified = new Map<string, number>();
      let day = 0;
      for (const { hours, which } of story) {
        day += hours / 24;
        const digest = book.look(
          day,
          which.map((check) => failing(check)),
        );
        for (const { check } of [...(digest?.begun ?? []), ...(digest?.lasting ?? [])]) {
          expect(day - (lastNotified.get(check) ?? -9)).toBeGreaterThan(1);
          lastNotified.set(check, day);
        }
        for (const check of which) expect(day - (lastNotified.get(check) ?? -9)).toBeLessThan(7);
      }
    }),
  );
});

describe('the message', () => {
  test('says what, since when and what to do', () => {
    const book = new Book();
    const begun = book.look(0, [failing('trails')]);
    expect(begun && digestMessage(begun)).toEqual({
      severity: 'HIGH',
      kind: 'attention',
      subject: 'Evenkeel needs attention: trails',
      text: 'New:\n  trails is failing (trails)\n    → fix trails\n\nSee all checks:  npx evenkeel doctor',
    });
    const later = book.look(7, [failing('trails'), failing('rules')]);
    expect(later && digestMessage(later)).toMatchObject({
      subject: 'Evenkeel needs attention: rules and 1 more',
      text: expect.stringContaining('Unresolved:\n  trails is failing (trails, since 2026-11-22T00:05:00.000Z)\n'),
    });
    book.look(7.1, [failing('rules')]);
    const last = book.look(8.2, [failing('rules'), failing('queues')]);
    expect(last && digestMessage(last).text).toContain('Resolved:\n  trails is failing (trails)\n');
  });
});
