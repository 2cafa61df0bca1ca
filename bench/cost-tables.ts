import { COLUMNS, catalogueLine } from '../shared/cli/costs/counts.ts';
import {
  ACCOUNTS,
  type Cause,
  type Counts,
  KINDS,
  type Kind,
  linesOf,
  type Measured,
  sumOf,
  VARIANTS,
} from '../shared/cli/costs/model.ts';
import { type Meter, PRICES, type Price } from '../shared/cli/costs/prices.ts';

const columns = Object.keys(COLUMNS) as readonly (keyof Counts)[];
const kinds = Object.keys(KINDS) as readonly Kind[];
const meters = Object.keys(PRICES) as readonly Meter[];

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
/** A table in Markdown, all columns but the first set to the right. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n');

const number = (value: number, digits: number) => value.toLocaleString('en-US', { maximumFractionDigits: digits });
const quantity = (value: number) => number(value, value < 10 ? 2 : 0);
const dollars = (value: number) =>
  value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** What each unit of work takes. */
export const countsTable = (measured: Measured): string =>
  `${catalogueLine(measured.catalogue)}\n\n${table(
    ['', ...columns.map((column) => COLUMNS[column])],
    kinds.map((kind) => [KINDS[kind].what, ...columns.map((column) => number(measured[kind][column], 2))]),
  )}`;

/** What each thing costs, and where that was read. */
export function pricesTable(): string {
  const cell = ({ what, usd, per, page, seen }: Price) => [
    `[${what}](${page})`,
    `$${usd}${per === 1 ? '' : ` for ${number(per, 0)}`}`,
    seen ?? 'from memory',
  ];
  return table(
    ['', 'US dollars', 'read at'],
    meters.map((meter) => cell(PRICES[meter])),
  );
}

/** The bill of a month of each account, by what AWS charges for. */
export function billTable(measured: Measured): string {
  const bills = ACCOUNTS.map((account) => linesOf(account, measured));
  const used = meters.filter((meter) => bills.some((lines) => lines.some((line) => line.meter === meter)));
  const rows = used.map((meter) => [
    PRICES[meter].what,
    ...bills.flatMap((lines) => {
      const own = lines.filter((line) => line.meter === meter);
      return [quantity(own.reduce((sum, line) => sum + line.quantity, 0)), dollars(sumOf(own))];
    }),
  ]);
  const sum = ['**a month**', ...bills.flatMap((lines) => ['', `**${dollars(sumOf(lines))}**`])];
  return table(['', ...ACCOUNTS.flatMap(({ name }) => [name, '$'])], [...rows, sum]);
}

const CAUSES: Readonly<Record<Cause, string>> = {
  standing: 'fixed: key, alarms, dashboard, secret, idle queues',
  heartbeats: 'heartbeats of 17 regions, and their metrics',
  changes: 'changes: forwarded, evaluated, remediated, notified',
  sweeps: 'a sweep of everything every day',
};

/** The same bills, by what they are for. */
export function causesTable(measured: Measured): string {
  const bills = ACCOUNTS.map((account) => linesOf(account, measured));
  const rows = Object.entries(CAUSES).map(([cause, what]) => [
    what,
    ...bills.map((lines) => dollars(sumOf(lines, (line) => line.cause === cause))),
  ]);
  return table(
    ['', ...ACCOUNTS.map(({ name }) => name)],
    [...rows, ['**a month**', ...bills.map((lines) => `**${dollars(sumOf(lines))}**`)]],
  );
}

/** What the month costs in other circumstances. */
export const variantsTable = (measured: Measured): string =>
  table(
    ['', ...ACCOUNTS.map(({ name }) => name)],
    VARIANTS.map(([what, varied]) => [
      what,
      ...ACCOUNTS.map((account) => dollars(sumOf(linesOf(varied(account), measured)))),
    ]),
  );
