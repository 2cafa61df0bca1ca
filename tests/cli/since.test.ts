import { expect, test } from '@jest/globals';
import { sinceOf } from '../../shared/cli/since.ts';

const NOW = new Date('2026-11-02T09:14:07.123Z');

test.each([
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-02T09:14:07.123Z', '2026-11-02T09:14:07.123Z'],
  ['12h', '2026-11-01T21:14:07.123Z'],
  ['99999999999d', '1970-01-01T00:00:00.000Z'],
])('%s is %s', (text, moment) => {
  expect(sinceOf(text, NOW)).toBe(moment);
});

test.each([
  'soon',
  '90',
  '5',
  '2026',
  'Nov 5',
  '2026-02-30',
  '2026-02-30T10:00:00Z',
  '2026-11-01x',
  '2026-11-01T',
  '1s',
])('%s is refused, with what is allowed', (text) => {
  expect(() => sinceOf(text, NOW)).toThrow(`--since ${text}: must be a day (2026-11-01) or a duration before now`);
});
