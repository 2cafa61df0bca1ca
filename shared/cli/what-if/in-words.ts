import { SEVERITIES } from '../../control.ts';
import { agreeing, visible, visibleJson } from '../../text.ts';
import { dayOf } from '../../time.ts';
import { colors } from '../colors.ts';
import { fitsIn, wrapped } from '../output/wrap.ts';
import { MAX_RESOURCES } from './activity.ts';
import type { Actor } from './actor.ts';
import type { Cost } from './cost.ts';
import type { ControlRow, Forecast, Summary } from './forecast.ts';
import type { FoundDrift } from './outlook.ts';

/** Actors that are shown; `--json` has all. */
const MAX_ACTORS_SHOWN = 10;
const ID_WIDTH = 46;

type Column = readonly [title: string, countOf: (row: ControlRow) => number | string];

const number = (value: number): string => value.toLocaleString('en-US');
const many = (value: number, one: string, more?: string): string => `${number(value)} ${agreeing(value, one, more)}`;
const dollars = (value: number): string => `$${value.toFixed(2)}`;

const LOOKED_AT: readonly Column[] = [
  ['events', ({ events }) => events],
  ['resources', ({ resources }) => resources],
];
const FOUND: readonly Column[] = [
  ['findings', ({ findings }) => findings],
  ['remediated', ({ remediated }) => remediated],
  ['approval', ({ awaitingApproval }) => awaitingApproval],
  ['notified', ({ notified }) => notified],
  ['other', ({ left }) => left],
  ['calls', ({ calls }) => calls],
  ['messages', ({ notifications }) => notifications],
];
const MODE: readonly Column[] = [['mode', ({ mode }) => mode]];

/** The whole forecast for people. */
export function inWords(forecast: Forecast, worst: readonly FoundDrift[], isRoutesOnly: boolean): string {
  const { controls, summary } = forecast;
  if (summary.cost === null) return nothing(summary);
  const parts = [
    controls.length === 0 ? 'No event concerns a control.\n' : table(controls, isRoutesOnly),
    found(worst),
    who(forecast),
    summaryInWords(summary, isRoutesOnly),
    next(forecast, isRoutesOnly),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Where there is nothing to reckon with. */
function nothing(summary: Summary): string {
  const { events } = summary;
  const [why, remedy] =
    events === 0
      ? ['No events were found', 'name the files, or the folder that holds AWSLogs/, with the log of CloudTrail']
      : [
          `None of ${many(events, 'event')} is of this account and within what was asked for`,
          '--account, --from, --to and --region say which events count',
        ];
  const lines = [`${why}, and nothing is reckoned: ${remedy}.`, ...leftOut(summary)];
  return `${lines.join('\n')}\n`;
}

/** A control in each line, the most severe first. */
function table(rows: readonly ControlRow[], isRoutesOnly: boolean): string {
  const columns = [...LOOKED_AT, ...(isRoutesOnly ? MODE : FOUND)];
  const cells = (values: readonly (string | number)[]) =>
    values
      .map((value, at) => (typeof value === 'number' ? number(value) : value).padStart(widthOf(columns[at])))
      .join('');
  const heading = `${'Control'.padEnd(ID_WIDTH)}${cells(columns.map(([title]) => title))}`;
  const isWide = fitsIn(heading);
  const wide = (row: ControlRow) => [
    `  ${row.controlId.padEnd(ID_WIDTH - 2)}${cells(columns.map(([, countOf]) => countOf(row)))}`,
  ];
  const lines = [isWide ? heading : 'Controls'];
  for (const severity of SEVERITIES.toReversed()) {
    const own = rows.filter((row) => row.severity === severity);
    if (own.length > 0) lines.push(colors.bold(severity));
    for (const row of own)
      for (const text of isWide ? wide(row) : stacked(row, columns))
        lines.push(row.findings > 0 ? colors.yellow(text) : text);
  }
  return `${lines.join('\n')}\n`;
}

/** A control with its counts below it, where the table is too wide. */
function stacked(row: ControlRow, columns: readonly Column[]): readonly string[] {
  const counts = columns.map(([title, countOf]) => {
    const count = countOf(row);
    return `${title} ${typeof count === 'number' ? number(count) : count}`;
  });
  return [...wrapped(row.controlId, 2, 2), ...wrapped(counts.join(', '), 6)];
}

const widthOf = (column: Column | undefined): number => Math.max((column?.[0].length ?? 0) + 2, 11);

/** What is wrong today, and what would be done. */
function found(worst: readonly FoundDrift[]): string {
  if (worst.length === 0) return '';
  const lines = worst.flatMap(({ result, group }) => {
    const { severity, controlId, resourceId, region, annotation, steps, outcome } = result;
    const what = `${severity} ${controlId} ${colors.bold(visible(resourceId ?? ''))} ${visible(region ?? '')}`;
    const made = steps.map(
      ({ service, operation, input }) => `would ${service}:${operation} ${visibleJson(JSON.stringify(input))}`,
    );
    const would = outcome === 'remediated' ? made : [WOULD[outcome] ?? outcome];
    const by = group === null ? [] : [`last changed by ${nameOf(group.actor)}`];
    const details = [annotation ?? '', ...would, ...by].filter(Boolean);
    return [...wrapped(what, 2, 2), ...details.flatMap((line) => wrapped(colors.dim(visible(line)), 6))];
  });
  return `Found today, the most severe first\n${lines.map((line) => `${line}\n`).join('')}`;
}

const WOULD: Readonly<Record<string, string>> = {
  detected: 'would be notified',
  awaitingApproval: 'would await approval',
};

/** Who changed most of what controls look at. */
function who({ actors, eventsBy }: Forecast): string {
  const findings = Map.groupBy(actors, ({ actor }) => actor);
  const all = [...eventsBy].map(([actor, events]) => ({
    actor,
    events,
    findings: (findings.get(actor) ?? []).reduce((sum, row) => sum + row.findings, 0),
  }));
  if (all.length === 0) return '';
  const shown = all.toSorted((a, b) => b.findings - a.findings || b.events - a.events).slice(0, MAX_ACTORS_SHOWN);
  const line = (cells: readonly string[], name: string) =>
    `${cells.map((cell) => cell.padStart(11)).join('')}  ${name}\n`;
  const lines = shown.map(({ actor, events, findings }) => line([number(events), number(findings)], nameOf(actor)));
  const rest = all.length > shown.length ? line(['', ''], `and ${number(all.length - shown.length)} more`) : '';
  return `${line(['events', 'findings'], 'Who')}${lines.join('')}${rest}`;
}

/** An actor, for people. */
export function nameOf({ kind, name, tool }: Actor): string {
  const who = kind === 'role' ? `role ${name}` : name;
  return visible(tool === null ? who : `${who} (${tool})`);
}

/** How much of the log was read, and what it would have cost. */
function summaryInWords(summary: Summary, isRoutesOnly: boolean): string {
  const { events, concerned } = summary;
  const period =
    summary.first === null || summary.last === null
      ? ''
      : `, ${dayOf(new Date(summary.first))} to ${dayOf(new Date(summary.last))} (${many(summary.days, 'day')})`;
  const lines = [
    `${many(events, 'event')}${period}: ${many(concerned, 'concerns a control, and names', 'concern a control, and name')} ${many(summary.resources, 'resource')}.`,
    ...leftOut(summary),
    ...(isRoutesOnly ? [] : [today(summary)]),
    ...(summary.cost === null ? [] : [costs(summary.cost, isRoutesOnly)]),
  ];
  return `${lines.flatMap((line) => wrapped(line)).join('\n')}\n`;
}

const OTHER_ACCOUNT = 'of another account';
const OUTSIDE = 'outside the times or the region asked for';
const NO_ID = 'left out: the event does not name its resource by its id';
const BEYOND = `of resources beyond the first ${number(MAX_RESOURCES)}, counted only`;

/** What of the log says nothing of the account, or could not be read. */
function leftOut(summary: Summary): readonly string[] {
  const { refused, ofOtherAccounts, outsideScope, notLookedUp, looksBeyond, failures } = summary;
  const counted: readonly (readonly [number, one: string, more?: string])[] = [
    [refused, 'call that AWS refused', 'calls that AWS refused'],
    [ofOtherAccounts, OTHER_ACCOUNT, OTHER_ACCOUNT],
    [outsideScope, OUTSIDE, OUTSIDE],
    [notLookedUp, `look-up ${NO_ID}`, `look-ups ${NO_ID}`],
    [looksBeyond, `evaluation ${BEYOND}`, `evaluations ${BEYOND}`],
    [failures, 'file, event or resource that could not be read', 'files, events or resources that could not be read'],
  ];
  return counted.filter(([count]) => count > 0).flatMap(([count, one, more]) => wrapped(many(count, one, more), 2));
}

const today = ({ read, looks, calls, notifications }: Summary): string =>
  `${many(read ?? 0, 'resource was', 'resources were')} read as ${agreeing(read ?? 0, 'it is', 'they are')} today. Evaluating ${agreeing(read ?? 0, 'it', 'them')} ${many(looks, 'time')} takes ${many(calls ?? 0, 'call')}; ${many(notifications, 'notification')}. What was wrong in between and is right today is not seen.`;

function costs({ total, by, changes }: Cost, isRoutesOnly: boolean): string {
  const parts = `${dollars(by.standing)} fixed, ${dollars(by.heartbeats)} heartbeats, ${dollars(by.changes)} for ${many(changes, 'change')}, ${dollars(by.sweeps)} sweeps of these resources`;
  const assumed = isRoutesOnly ? '; as many findings assumed as docs/costs.md does' : '';
  return `A month like this would cost about ${colors.bold(dollars(total))} (${parts}${assumed}): docs/costs.md says how that is calculated.`;
}

/** The next command. */
function next({ controls }: Forecast, isRoutesOnly: boolean): string {
  if (isRoutesOnly)
    return 'Next, with credentials of the account and without --account: the same with today’s state, read-only.\n';
  const [worst] = controls.filter(({ findings }) => findings > 0);
  const commands = [
    ['npx evenkeel sweep', 'all resources, not only those that were changed; read-only'],
    ...(worst === undefined ? [] : [[`npx evenkeel controls ${worst.controlId}`, 'what it requires, and why']]),
  ];
  const isHeldBack = worst !== undefined && controls.every(({ remediated }) => remediated === 0);
  if (isHeldBack)
    commands.push(['the same with --no-policy', 'what would be remediated in the modes that the controls recommend']);
  return `Next\n${commands.map(([command = '', what]) => `  ${command.padEnd(ID_WIDTH)}  ${colors.dim(`# ${what}`)}\n`).join('')}`;
}
