import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Catalogue, type Counts, KINDS, type Kind, type Measured } from './model.ts';

/** The columns of the table of counts, in docs/costs.md. */
export const COLUMNS: Readonly<Record<keyof Counts, string>> = {
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

/** With how large a catalogue was counted, in a sentence. */
export const catalogueLine = ({ controls, detections, services, dailyRules }: Catalogue) =>
  `Counted with a catalogue of ${controls} controls, ${detections} detections and ${services} services; AWS Config would ask for ${dailyRules} evaluations a day of settings of the account.`;
const CATALOGUE_LINE = new RegExp(
  catalogueLine({ controls: 0, detections: 0, services: 0, dailyRules: 0 })
    .replace('.', '\\.')
    .replaceAll('0', '(\\d+)'),
);

const PAGE = fileURLToPath(new URL('../../../docs/costs.md', import.meta.url));

/** What each unit of work takes, as it was last counted: docs/costs.md of the clone is where that stands. */
export const lastCounted = (): Measured => countsIn(readFileSync(PAGE, 'utf8'));

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
