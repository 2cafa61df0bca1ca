import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Actions,
  type Heartbeat,
  heartbeatsIn,
  isOverdue,
  LIMIT_MS,
  NO_BEAT,
  recordArrival,
  recordBeat,
  SWEEP_EVERY_MS,
  withActionsCompleted,
} from '../../shared/ledger/heartbeat.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const NO_ACTIONS: Actions = { notify: null, sweep: false };

/** A region: its state after beats and their events, and when people were notified of what and it was swept. */
class Region {
  state: Heartbeat = NO_BEAT;
  readonly notified: { readonly notify: Actions['notify']; readonly at: number }[] = [];
  readonly swept: number[] = [];

  beat(at: number, failure: string | null = null): Actions {
    return this.take(recordBeat(this.state, { at, failure }), at);
  }
  arrive(called: number, now: number): Actions {
    return this.take(recordArrival(this.state, called, now), now);
  }
  take({ next, answer }: ReturnType<typeof recordBeat>, now: number): Actions {
    this.state = next;
    if (answer.notify !== null) this.notified.push({ notify: answer.notify, at: now });
    if (answer.sweep) this.swept.push(now);
    if (answer.notify !== null || answer.sweep) this.state = withActionsCompleted(this.state, answer, now);
    return answer;
  }
  get words() {
    return this.notified.map(({ notify }) => notify);
  }
}

/** A beat: so long after the one before; how long each record of it takes (none: lost), and how far CloudTrail's clock is off. */
interface Story {
  readonly gap: number;
  readonly delays: readonly number[];
  readonly skew: number;
}
const delay = (longest: number) => fc.integer({ min: 0, max: longest });
const storyOf = (delays: fc.Arbitrary<number[]>): fc.Arbitrary<readonly Story[]> =>
  fc.array(
    fc.record({
      gap: fc.integer({ min: 3 * MINUTE, max: 45 * MINUTE }),
      delays,
      skew: fc.integer({ min: -20 * SECOND, max: 20 * SECOND }),
    }),
    { minLength: 1, maxLength: 30 },
  );

/** What happens, in its order: beats, and their records. */
function happenings(story: readonly Story[]): readonly { readonly at: number; readonly called: number | null }[] {
  let time = 1_000_000 * MINUTE;
  const all = story.flatMap(({ gap, delays, skew }) => {
    time += gap;
    const at = time;
    // CloudTrail counts whole seconds.
    const called = Math.floor((at + skew) / SECOND) * SECOND;
    return [{ at, called: null }, ...delays.map((wait) => ({ at: at + wait, called }))];
  });
  return all.toSorted((a, b) => a.at - b.at);
}

function live(story: readonly Story[], region = new Region()): Region {
  for (const { at, called } of happenings(story)) called === null ? region.beat(at) : region.arrive(called, at);
  return region;
}

describe('whatever the order of beats and of what comes back', () => {
  test('a region that answers each beat within the limit is never called silent', () => {
    const answering = fc.array(delay(LIMIT_MS), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(storyOf(answering), (story) => {
        const region = live(story);
        expect(region.notified).toEqual([]);
        expect(region.swept).toEqual([]);
      }),
    );
  });

  test('silence and recovery are notified in turn, silence first, and each sweeps', () => {
    const any = fc.array(delay(4 * LIMIT_MS), { maxLength: 3 });
    fc.assert(
      fc.property(storyOf(any), (story) => {
        const region = live(story);
        expect(region.words).toEqual(region.words.map((_, index) => (index % 2 === 0 ? 'silence' : 'recovery')));
        expect(region.notified.map(({ at }) => at).filter((at) => !region.swept.includes(at))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('a region that answers no more is notified once, at the first beat after the limit, until it is back', () => {
    const any = fc.array(delay(LIMIT_MS), { maxLength: 2 });
    fc.assert(
      fc.property(storyOf(any), fc.integer({ min: 3, max: 40 }), (story, beats) => {
        const region = live(story);
        const last = Math.max(...happenings(story).map(({ at }) => at));
        const before = region.words.filter((notify) => notify === 'silence').length;
        const wasSilent = region.state.silentSince !== null;
        for (let n = 1; n <= beats; n += 1) region.beat(last + n * 15 * MINUTE);
        const after = region.notified.slice(-1)[0];
        const silences = region.words.filter((notify) => notify === 'silence').length - before;
        // The first unanswered beat is at most 15 minutes after all that came, and the third is past its limit.
        const expected = beats >= 4 || region.state.silentSince !== null;
        if (expected)
          expect({ silences, last: after?.notify }).toEqual({ silences: wasSilent ? 0 : 1, last: 'silence' });
        region.arrive(last + beats * 15 * MINUTE, last + beats * 15 * MINUTE + MINUTE);
        if (expected) expect(region.words.at(-1)).toBe('recovery');
        expect(isOverdue(region.state, last + beats * 15 * MINUTE + MINUTE)).toBe(false);
      }),
    );
  });

  test('while it is silent it is swept at most once an hour, and not more seldom than the beats allow', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: MINUTE, max: 45 * MINUTE }), { minLength: 5, maxLength: 60 }), (gaps) => {
        const region = new Region();
        let at = 0;
        for (const gap of gaps) {
          at += gap;
          region.beat(at);
        }
        const pauses = region.swept.slice(1).map((time, index) => time - (region.swept[index] ?? 0));
        expect(pauses.filter((pause) => pause < SWEEP_EVERY_MS || pause >= SWEEP_EVERY_MS + 45 * MINUTE)).toEqual([]);
        if (region.notified.length > 0) expect(at - (region.swept.at(-1) ?? 0)).toBeLessThan(SWEEP_EVERY_MS);
      }),
    );
  });
});

const T = Date.parse('2026-11-22T12:00:00Z');

test('a new region has the whole limit from its first beat', () => {
  const region = new Region();
  for (const minutes of [0, 15, 30]) expect(region.beat(T + minutes * MINUTE)).toEqual(NO_ACTIONS);
  expect(region.beat(T + 31 * MINUTE)).toEqual({ notify: 'silence', sweep: true });
  expect(region.state.silentSince).toBe(T);
});

test('where no beats were made for a day, the region is not to blame', () => {
  const region = new Region();
  region.beat(T);
  region.arrive(T, T + MINUTE);
  for (const minutes of [1440, 1455]) expect(region.beat(T + minutes * MINUTE)).toEqual(NO_ACTIONS);
});

test('a record that comes later than the limit is no answer, and one that comes again is none either', () => {
  const region = new Region();
  region.beat(T);
  region.arrive(T, T + MINUTE);
  for (const minutes of [15, 30, 45]) region.beat(T + minutes * MINUTE);
  // The first again; it must not put the end of the limit off.
  region.arrive(T, T + 28 * MINUTE);
  expect(region.beat(T + 46 * MINUTE)).toEqual({ notify: 'silence', sweep: true });
  expect(region.arrive(T + 15 * MINUTE, T + 50 * MINUTE)).toEqual(NO_ACTIONS);
  expect(region.arrive(T + 45 * MINUTE, T + 51 * MINUTE)).toEqual({ notify: 'recovery', sweep: true });
});

test('an answer to an earlier beat does not answer a later one', () => {
  const region = new Region();
  for (const minutes of [0, 15]) region.beat(T + minutes * MINUTE);
  region.arrive(T, T + 20 * MINUTE);
  for (const minutes of [30, 45, 50]) expect(region.beat(T + minutes * MINUTE)).toEqual(NO_ACTIONS);
  expect(region.beat(T + 51 * MINUTE)).toEqual({ notify: 'silence', sweep: true });
});

test('a record that is faster than our own note of the beat answers it', () => {
  const region = new Region();
  region.arrive(T, T + 100);
  region.beat(T - 50);
  expect(region.state.waiting).toBeNull();
});

test('a beat that could not be made is notified once, as that, and never as silence', () => {
  const region = new Region();
  for (let minutes = 0; minutes < 300; minutes += 15) region.beat(T + minutes * MINUTE, 'AccessDenied');
  expect(region.words).toEqual(['failure']);
  expect(region.swept).toEqual([]);
  expect(isOverdue(region.state, T + 300 * MINUTE)).toBe(false);
  region.beat(T + 300 * MINUTE);
  region.arrive(T + 300 * MINUTE, T + 301 * MINUTE);
  region.beat(T + 315 * MINUTE, 'AccessDenied');
  expect(region.words).toEqual(['failure', 'failure']);
});

test('a region that is left out as a whole is notified once, is not silent, and is swept when it is watched again', () => {
  const region = new Region();
  const leaveOut = (at: number) =>
    region.take(recordBeat(region.state, { at, failure: 'AccessDenied', leftOut: 'denied' }), at);
  region.beat(T);
  for (let minutes = 15; minutes < 300; minutes += 15) leaveOut(T + minutes * MINUTE);
  expect(region.words).toEqual(['leftOut']);
  expect(region.swept).toEqual([]);
  expect(isOverdue(region.state, T + 300 * MINUTE)).toBe(false);
  region.beat(T + 300 * MINUTE);
  expect(region.words).toEqual(['leftOut', 'watchedAgain']);
  expect(region.swept).toEqual([T + 300 * MINUTE]);
  leaveOut(T + 315 * MINUTE);
  expect(region.words).toEqual(['leftOut', 'watchedAgain', 'leftOut']);
});

test('the next run takes over the actions of a run that died; of two at once, one carries them out', () => {
  const silent = { ...NO_BEAT, sent: T, waiting: T };
  const first = recordBeat(silent, { at: T + 31 * MINUTE, failure: null });
  expect(first.answer).toEqual({ notify: 'silence', sweep: true });
  const atOnce = recordBeat(first.next, { at: T + 31 * MINUTE + 30 * SECOND, failure: null });
  expect(atOnce.answer).toEqual(NO_ACTIONS);
  const next = recordBeat(atOnce.next, { at: T + 46 * MINUTE, failure: null });
  expect(next.answer).toEqual({ notify: 'silence', sweep: true });
  expect(
    recordBeat(withActionsCompleted(next.next, next.answer, T + 46 * MINUTE), { at: T + 61 * MINUTE, failure: null })
      .answer,
  ).toEqual(NO_ACTIONS);
});

test('overdue is a region of which no beat has come back though nobody has judged it since', () => {
  const waiting = { ...NO_BEAT, sent: T, waiting: T };
  expect([isOverdue(waiting, T + LIMIT_MS), isOverdue(waiting, T + LIMIT_MS + 1)]).toEqual([false, true]);
  expect(isOverdue(NO_BEAT, T)).toBe(false);
});

test('the heartbeat of each region is kept apart, and two runs at once lose nothing', async () => {
  const store = memoryStore();
  const heartbeats = heartbeatsIn(store);
  expect(await heartbeats.all()).toEqual(new Map());
  const later = (region: string) =>
    heartbeats.update(region, (before) => ({ next: { ...before, sent: (before.sent ?? 0) + 1 }, answer: before.sent }));
  expect(await later('us-east-1')).toBeNull();
  await Promise.all(Array.from({ length: 9 }, () => later('us-east-1')));
  await later('eu-west-1');
  expect(await heartbeatsIn(store).all()).toEqual(
    new Map([
      ['eu-west-1', { ...NO_BEAT, sent: 1 }],
      ['us-east-1', { ...NO_BEAT, sent: 10 }],
    ]),
  );
});

test('a heartbeat that another version saved is completed with what it lacks', async () => {
  const store = memoryStore();
  await store.commit([{ pk: 'HEARTBEATS', sk: 'eu-west-1', read: 0, document: { sent: 7 } }]);
  const before = await heartbeatsIn(store).update('eu-west-1', (heartbeat) => ({ next: heartbeat, answer: heartbeat }));
  expect(before).toEqual({ ...NO_BEAT, sent: 7 });
});
