import { expect, test } from '@jest/globals';
import { sinceOf } from '../../shared/cli/since.ts';

const NOW = new Date('2026-11-02T09:14:07.123Z');

test.each([
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-02T09:14:07.123Z', '2026-11-02T09:14:07.123Z'],
  ['12h', '2026-11-01T21:14:07.123Z'],
])('%s is %s', (text, moment) => {
  expect(sinceOf(text, NOW)).toBe(moment);
});

test('what is neither is refused, with what is allowed', () => {
  expect(() => sinceOf('soon', NOW)).toThrow('--since soon: must be a day (2026-11-01) or a duration before now');
});
