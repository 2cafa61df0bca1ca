import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { intervalAt, intervalsOf } from '../../../shared/cli/report/periods.ts';
import { DAY_MS } from '../../../shared/time.ts';

const START = Date.parse('2024-02-27T10:30:00Z');
const names = (days: number) => intervalsOf(new Date(START), new Date(START + days * DAY_MS)).map(({ name }) => name);

test('days, weeks from Monday, or months, whichever can be read side by side', () => {
  expect(names(3)).toEqual(['2024-02-27', '2024-02-28', '2024-02-29', '2024-03-01']);
  expect(names(40)).toEqual(['2024-02-26', '2024-03-04', '2024-03-11', '2024-03-18', '2024-03-25', '2024-04-01']);
  expect(names(250).slice(0, 2)).toEqual(['2024-02', '2024-03']);
});

test('every moment of the period is in exactly one interval, and the intervals follow each other without a gap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: 1, max: 900 * DAY_MS }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (from, length, share) => {
        const intervals = intervalsOf(new Date(from), new Date(from + length));
        for (const [index, { end }] of intervals.slice(0, -1).entries()) expect(intervals[index + 1]?.start).toBe(end);
        const at = from + Math.floor(length * share);
        expect(intervals.filter(({ start, end }) => start <= at && at < end)).toHaveLength(1);
        expect(intervalAt(intervals, new Date(at).toISOString())).toBe(
          intervals.find(({ start, end }) => start <= at && at < end),
        );
        expect(intervals.length).toBeLessThanOrEqual(32);
      },
    ),
  );
});

test('what is no time, or outside, is in no interval', () => {
  const intervals = intervalsOf(new Date(START), new Date(START + DAY_MS));
  for (const time of ['', 'soon', '1999-01-01T00:00:00Z']) expect(intervalAt(intervals, time)).toBeNull();
});
