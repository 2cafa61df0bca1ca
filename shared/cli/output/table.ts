import Table from 'cli-table3';
import { SEVERITIES, type Severity } from '../../control.ts';
import { OUTCOMES, type Outcome, type Result, reasonOf } from '../../result.ts';
import { visible, visibleJson } from '../../text.ts';
import { colors } from '../colors.ts';
import { outcomeStyle, summaryOf, wasAttempted } from '../results-printer.ts';
import { type Entry, judgeOf, serviceOf } from './entry.ts';
import { fitsIn, wrapped } from './wrap.ts';

const BY_SEVERITY = SEVERITIES.toReversed();
const PAINT: Readonly<Record<Severity, (text: string) => string>> = {
  CRITICAL: (text) => colors.bold(colors.red(text)),
  HIGH: colors.red,
  MEDIUM: colors.yellow,
  LOW: colors.cyan,
  INFORMATIONAL: colors.dim,
};

const NO_BORDER = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
};

/** Columns under each other without lines; each row is one line. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const table = new Table({ chars: NO_BORDER, style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return rows.length === 0 ? [] : `${table}`.split('\n').map((line) => line.trimEnd());
}

/** How a report is shown. */
export interface TableOptions {
  /** Calls with their whole input. */
  readonly withInputs: boolean;
}

/** Entries for people, the most severe first, each control with its resources; what no control is about comes last. */
export function groupsOf(entries: readonly Entry[], options: TableOptions): readonly string[] {
  const groups = Map.groupBy(inOrder(entries), ({ result }) => result.controlId ?? '');
  return [...groups.values()].flatMap((group) => [...groupLines(group, options), '']);
}

const rank = ({ controlId, severity }: Result): number =>
  controlId === null ? SEVERITIES.length : severity === null ? SEVERITIES.length - 1 : BY_SEVERITY.indexOf(severity);

/** By severity, control, region and resource. */
export const inOrder = (entries: readonly Entry[]): readonly Entry[] =>
  entries.toSorted(
    ({ result: a }, { result: b }) =>
      rank(a) - rank(b) ||
      (a.controlId ?? '').localeCompare(b.controlId ?? '') ||
      (a.region ?? '').localeCompare(b.region ?? '') ||
      (a.resourceId ?? '').localeCompare(b.resourceId ?? ''),
  );

function groupLines(group: readonly Entry[], options: TableOptions): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const hasNames = group.some(({ name }) => name !== null);
  const rows = rowLines(group.map((entry) => rowOf(entry, hasNames)));
  return [
    ...wrapped(headingOf(first.result, group.length), 0, 2),
    ...group.flatMap((entry, index) => [...(rows[index] ?? []), ...detailLines(entry, options)]),
  ];
}

/** Each row in a line; where one of them does not fit, all have their cells after the resource below it. */
function rowLines(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const lines = columns(rows).map((line) => `  ${line}`);
  if (lines.every((line) => fitsIn(line))) return lines.map((line) => [line]);
  return rows.map(([outcome = '', resource = '', ...rest]) => [
    ...wrapped(`${outcome}  ${resource}`, 2, 2),
    ...wrapped(rest.filter((cell) => cell !== '').join('  '), 6),
  ]);
}

function headingOf(result: Result, count: number): string {
  const { controlId, severity } = result;
  if (controlId === null) return colors.bold('Not evaluated');
  const title = judgeOf(result)?.title ?? '';
  const label = severity === null ? '' : `${PAINT[severity](severity)}  `;
  return `${label}${colors.bold(visible(controlId))}  ${visible(title)} (${count})`;
}

function rowOf({ result, name, firstSeen }: Entry, hasNames: boolean): readonly string[] {
  const [mark, paint] = outcomeStyle(result.outcome);
  const what = result.resourceId ?? result.resourceType ?? result.eventName ?? '';
  return [
    paint(`${mark} ${result.outcome}`),
    colors.bold(visible(what)),
    ...(hasNames ? [visible(name ?? '')] : []),
    visible(result.region ?? ''),
    ...(firstSeen === null ? [] : [colors.dim(`since ${visible(firstSeen.slice(0, 10))}`)]),
  ];
}

function detailLines({ result }: Entry, { withInputs }: TableOptions): readonly string[] {
  const why = reasonOf(result);
  const would = wasAttempted(result.outcome) ? '' : 'would ';
  const calls = result.steps.map(({ service, operation, input }) => {
    const given = withInputs ? ` ${visibleJson(JSON.stringify(input))}` : '';
    return colors.dim(`${visible(`${would}${service}:${operation}`)}${given}`);
  });
  const shown = withInputs ? calls : [...new Set(calls)];
  const id = result.remediationId === null ? [] : [colors.dim(visible(result.remediationId))];
  return [...(why === '' ? [] : [visible(why)]), ...shown, ...id].flatMap((line) => wrapped(line, 6, 2));
}

/** A count of nothing. */
const NONE = colors.dim('·');

/** Counts by service and severity of what is wrong, then the number of results by outcome. */
export function countsOf(wrong: readonly Entry[], tally: ReadonlyMap<Outcome, number>): readonly string[] {
  const services = Map.groupBy(wrong, ({ result }) => serviceOf(judgeOf(result)) ?? 'not evaluated');
  const used = BY_SEVERITY.filter((severity) => wrong.some(({ result }) => result.severity === severity));
  const cell = (entries: readonly Entry[], severity: Severity): string => {
    const n = entries.filter(({ result }) => result.severity === severity).length;
    return n === 0 ? NONE : PAINT[severity](String(n));
  };
  const rowFor = (name: string, entries: readonly Entry[]) => [
    name,
    ...used.map((severity) => cell(entries, severity)),
    String(entries.length),
  ];
  const rows = [...services].sort(([a], [b]) => a.localeCompare(b)).map(([name, entries]) => rowFor(name, entries));
  const summary = wrapped(summaryOf(inOutcomeOrder(tally)));
  if (rows.length === 0) return summary;
  const table = new Table({
    head: ['service', ...used, 'all'],
    colAligns: ['left', ...used.map(() => 'right' as const), 'right'],
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows, ...(rows.length > 1 ? [rowFor('all', wrong)] : []));
  const lines = `${table}`.split('\n');
  return [...(lines.every((line) => fitsIn(line)) ? lines : stacked(used, rows)), '', ...summary];
}

/** The counts of a service in a sentence, where a table is too wide. */
function stacked(used: readonly Severity[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.flatMap(([name = '', ...counts]) => {
    const parts = used.flatMap((severity, index) => (counts[index] === NONE ? [] : [`${counts[index]} ${severity}`]));
    return wrapped(`${name}: ${[...parts, `${counts.at(-1)} in all`].join(', ')}`, 0, 2);
  });
}

const inOutcomeOrder = (tally: ReadonlyMap<Outcome, number>): ReadonlyMap<Outcome, number> =>
  new Map(OUTCOMES.toReversed().flatMap((outcome) => (tally.has(outcome) ? [[outcome, tally.get(outcome) ?? 0]] : [])));
