import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ACCOUNTS } from '../../bench/cost-model.ts';
import { billTable, causesTable, countsIn, countsTable, pricesTable, variantsTable } from '../../bench/cost-tables.ts';
import { ROOT } from '../../scripts/catalogue.ts';

const page = readFileSync(`${ROOT}docs/costs.md`, 'utf8');

test('each table of docs/costs.md is what follows from the counts that stand there', () => {
  const stated = countsIn(page);
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
