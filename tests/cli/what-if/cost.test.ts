import { expect, test } from '@jest/globals';
import { lastCounted } from '../../../shared/cli/costs/counts.ts';
import { ACCOUNTS, linesOf, sumOf } from '../../../shared/cli/costs/model.ts';
import { costOf } from '../../../shared/cli/what-if/cost.ts';
import { HOUR_MS } from '../../../shared/time.ts';

const MONTH = { first: 0, last: 730 * HOUR_MS };
const measured = lastCounted();
const LOAD = { period: MONTH, looks: 2_000, resources: 500, regions: 1, outcomes: null };

test('a month like that of the small account costs what docs/costs.md says of it', () => {
  const [small] = ACCOUNTS;
  const cost = costOf(LOAD, measured);
  expect(small && sumOf(linesOf(small, measured))).toBeCloseTo(cost.total, 6);
  expect(Object.values(cost.by).reduce((sum, one) => sum + one)).toBeCloseTo(cost.total, 6);
  expect(cost).toMatchObject({ factor: 1, changes: 2_000 });
});

test('less than a month is multiplied, and less than a day as if it were one', () => {
  const period = (hours: number) => ({ ...LOAD, period: { first: 0, last: hours * HOUR_MS } });
  expect(costOf(period(73), measured).changes).toBe(20_000);
  expect(costOf(period(1), measured).changes).toBe(Math.round((2_000 * 730) / 24));
  expect(costOf({ ...LOAD, period: null }, measured).changes).toBe(Math.round((2_000 * 730) / 24));
  expect(costOf({ ...LOAD, looks: 0 }, measured).by.changes).toBe(0);
});

test('what is found today holds instead of what is assumed', () => {
  const of = (notified: number, remediated: number) =>
    costOf({ ...LOAD, outcomes: { notified, remediated } }, measured);
  expect(of(40, 20).total).toBeCloseTo(costOf(LOAD, measured).total, 6);
  expect(of(0, 0).total).toBeLessThan(of(40, 20).total);
  expect(of(9_000, 9_000).total).toBeLessThan(100);
});
