import { describe, expect, test } from '@jest/globals';
import { daysSince, isDuration, milliseconds } from '../shared/time.ts';

describe('a duration', () => {
  test.each([
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
  ])('%s is %i milliseconds', (text, length) => {
    expect(isDuration(text)).toBe(true);
    expect(milliseconds(text)).toBe(length);
  });

  test('of seconds is one of the catalogue, and none that policy.yml takes', () => {
    expect(milliseconds('15s')).toBe(15_000);
    expect(isDuration('15s')).toBe(false);
  });

  test.each(['', '0h', '1', 'h', '1s', '-1h', '1.5h', '1h ', '01h', '1H'])('is not %s', (text) => {
    expect(isDuration(text)).toBe(false);
  });
});

test('days are whole: the day that has begun does not count', () => {
  const since = (now: string) => daysSince('2026-01-01T12:00:00Z', new Date(now));
  expect(since('2026-01-01T12:00:00Z')).toBe(0);
  expect(since('2026-02-15T11:59:59Z')).toBe(44);
  expect(since('2026-02-15T12:00:00Z')).toBe(45);
});
