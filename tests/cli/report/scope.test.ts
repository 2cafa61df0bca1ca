import { expect, test } from '@jest/globals';
import { UsageError } from '../../../shared/cli/errors.ts';
import { scopeOf } from '../../../shared/cli/report/scope.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const periodOf = (from: string, to?: string) => {
  const scope = scopeOf({ from, ...(to === undefined ? {} : { to }) }, NOW);
  return [scope.from.toISOString(), scope.to.toISOString()];
};

test('a period is given by days, which are meant whole, or by durations before now', () => {
  expect(periodOf('90d')).toEqual(['2026-08-29T12:00:00.000Z', '2026-11-27T12:00:00.000Z']);
  expect(periodOf('2026-10-01', '2026-10-31')).toEqual(['2026-10-01T00:00:00.000Z', '2026-10-31T23:59:59.999Z']);
  expect(periodOf('2026-10-01T10:00:00Z', '1d')).toEqual(['2026-10-01T10:00:00.000Z', '2026-11-26T12:00:00.000Z']);
  expect(periodOf('99999999999d', '1d')).toEqual(['1970-01-01T00:00:00.000Z', '2026-11-26T12:00:00.000Z']);
  expect(periodOf('2026-11-27', '2026-12-31')).toEqual(['2026-11-27T00:00:00.000Z', '2026-11-27T12:00:00.000Z']);
});

test('a framework is named by its id', () => {
  expect(scopeOf({ from: '90d', framework: 'CIS-v5' }, NOW).framework?.id).toBe('cis-v5');
});

test.each([
  [{ from: 'yesterday' }, /^--from yesterday: must be a day/],
  [{ from: '2026-02-31' }, /^--from 2026-02-31: must be a day/],
  [{ from: '10' }, /^--from 10: must be a day/],
  [{ from: '90d', to: 'x' }, /^--to x: must be a day/],
  [{ from: '2027-01-01' }, /^--from 2027-01-01: is not in the past/],
  [{ from: '2026-11-01', to: '2026-10-01' }, /^--from 2026-11-01: must be before --to 2026-10-01/],
  [{ from: '90d', framework: 'cis-v6' }, /^--framework cis-v6: unknown; did you mean cis-v/],
])('%j is refused in one line', (options, message) => {
  expect(() => scopeOf(options, NOW)).toThrow(UsageError);
  expect(() => scopeOf(options, NOW)).toThrow(message);
});
