import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { billTable, causesTable, countsTable, pricesTable, variantsTable } from '../../bench/cost-tables.ts';
import { ROOT } from '../../scripts/catalogue.ts';
import { countsIn, lastCounted } from '../../shared/cli/costs/counts.ts';
import { ACCOUNTS, ASSUMED, linesOf, STANDING, sumOf } from '../../shared/cli/costs/model.ts';

const page = readFileSync(`${ROOT}docs/costs.md`, 'utf8');

test('each table of docs/costs.md is what follows from the counts that stand there', () => {
  const stated = countsIn(page);
  expect(lastCounted()).toEqual(stated);
  for (const tableOf of [countsTable, billTable, causesTable, variantsTable]) expect(page).toContain(tableOf(stated));
});

test('the prices and accounts of docs/costs.md are those that are computed with', () => {
  expect(page).toContain(pricesTable());
  const row = (what: string, values: readonly number[]) =>
    `| ${what} | ${values.map((value) => value.toLocaleString('en-US')).join(' | ')} |`;
  expect(page).toContain(
    row(
      'regions that are enabled and watched (`regions: all`)',
      ACCOUNTS.map(({ watched }) => watched),
    ),
  );
  expect(page).toContain(
    row(
      'regions in which something happens',
      ACCOUNTS.map(({ active }) => active),
    ),
  );
  expect(page).toContain(
    row(
      'changes a month that a rule lets through',
      ACCOUNTS.map(({ changes }) => changes),
    ),
  );
  expect(page).toContain(
    row(
      'resources that are swept every day',
      ACCOUNTS.map(({ resources }) => resources),
    ),
  );
});

test('a page without a row, or with something else than numbers in it, is refused', () => {
  const counts = countsTable(countsIn(page));
  expect(() => countsIn(counts.replace('a notification to Slack', 'a notification'))).toThrow(
    'the page has no row "a notification to Slack"',
  );
  expect(() => countsIn(counts.replace(/(\| a notification to Slack \|) \d+/, '$1 many'))).toThrow(
    'the row "a notification to Slack" has no 10 numbers',
  );
});

test('what the texts say in round numbers is what the tables say', () => {
  const stated = countsIn(page);
  const [small, middle, large] = ACCOUNTS.map((account) => Math.round(sumOf(linesOf(account, stated))));
  expect(page).toContain(
    `About ${small} US dollars a month for a small account, ${middle} for a middle one and ${large} for a large one`,
  );
  expect(readFileSync(`${ROOT}README.md`, 'utf8')).toContain(`about ${small} dollars a month for a small account`);
  const { calls, writeUnits } = stated.remediated;
  expect(page).toContain(`each of the ${calls} calls and ${writeUnits} write units of a remediation`);
  expect(readFileSync(`${ROOT}docs/round-trips.md`, 'utf8')).toContain(
    `A remediation of one step: ${calls} calls, 6 of them the ledger's, ${writeUnits} write units`,
  );
  const requestsOfAQueue = ((ASSUMED.hours * 3600) / ASSUMED.pollSeconds) * ASSUMED.pollers;
  expect(page).toContain(`${requestsOfAQueue.toLocaleString('en-US')} requests a month for each of eight queues`);
  expect(STANDING.queues).toBe(8);
});
