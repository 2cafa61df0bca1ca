import {
  ACCOUNTS,
  type Catalogue,
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

/** The columns of the table of counts. */
const COLUMNS: Readonly<Record<keyof Counts, string>> = {
  sqsRequests: 'SQS',
  writeUnits: 'writes',
  readUnits: 'reads',
  publishes: 'SNS',
  s3Requests: 'S3',
  calls: 'calls in all',
  invocations: 'Lambda',
  milliseconds: 'ms',
  logBytes: 'bytes of log',
  keptBytes: 'bytes kept',
};
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

/** With how large a catalogue was counted, in a sentence. */
const catalogueLine = ({ controls, detections, services, dailyRules }: Catalogue) =>
  `Counted with a catalogue of ${controls} controls, ${detections} detections and ${services} services; AWS Config would ask for ${dailyRules} evaluations a day of settings of the account.`;
const CATALOGUE_LINE = new RegExp(
  catalogueLine({ controls: 0, detections: 0, services: 0, dailyRules: 0 })
    .replace('.', '\\.')
    .replaceAll('0', '(\\d+)'),
);

/** What each unit of work takes. */
export const countsTable = (measured: Measured): string =>
  `${catalogueLine(measured.catalogue)}\n\n${table(
    ['', ...columns.map((column) => COLUMNS[column])],
    kinds.map((kind) => [KINDS[kind].what, ...columns.map((column) => number(measured[kind][column], 2))]),
  )}`;

/** The counts that a page states in this form. Throws where a kind, or the catalogue's size, is missing. */
export function countsIn(page: string): Measured {
  const stated = (kind: Kind): Counts => {
    const line = page.split('\n').find((one) => one.startsWith(`| ${KINDS[kind].what} |`));
    if (line === undefined) throw new Error(`the page has no row "${KINDS[kind].what}"`);
    const cells = line
      .split('|')
      .slice(2, -1)
      .map((cell) => Number(cell.trim().replaceAll(',', '')));
    if (cells.length !== columns.length || cells.some(Number.isNaN))
      throw new Error(`the row "${KINDS[kind].what}" has no ${columns.length} numbers`);
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]])) as unknown as Counts;
  };
  return {
    ...(Object.fromEntries(kinds.map((kind) => [kind, stated(kind)])) as Record<Kind, Counts>),
    catalogue: catalogueIn(page),
  };
}

function catalogueIn(page: string): Catalogue {
  const found = CATALOGUE_LINE.exec(page);
  if (found === null) throw new Error('the page does not say with how large a catalogue was counted');
  const [controls = 0, detections = 0, services = 0, dailyRules = 0] = found.slice(1).map(Number);
  return { controls, detections, services, dailyRules };
}

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
