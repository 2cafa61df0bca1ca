import { EXPIRY_WARNING_DAYS } from '../../policy/exemptions.ts';
import { counted } from '../../text.ts';
import { command, type Html, html, name } from './html.ts';
import type { Links } from './links.ts';
import { coveredBy, type Report } from './model.ts';
import { severityLabel } from './posture-sections.ts';
import type { ExemptionRow, FindingRow, NextStep, RecordRow } from './rows.ts';
import { chunks, table } from './table.ts';
import { inWords, minuteOf, STATES, stateInWords } from './words.ts';

/** What a reader can do, with the command to copy. */
export const stepHtml = ({ text, command: run }: NextStep): Html =>
  html`${name(text)}${run === null ? null : html` ${command(run)}`}`;

const stateLabel = ({ state }: FindingRow): string => stateInWords(state);

type FindingRows = readonly [FindingRow, ...FindingRow[]];

/** The findings of each control and state; they stand under each other. */
const groupsOf = (findings: readonly FindingRow[]): readonly FindingRows[] =>
  [
    ...Map.groupBy(findings, ({ severity, controlId, state }) => JSON.stringify([severity, controlId, state])).values(),
  ].map((rows) => rows as [FindingRow, ...FindingRow[]]);

const isOneStep = (rows: readonly FindingRow[]): boolean =>
  rows.every(({ next }) => next.command === rows[0]?.next.command && next.text === rows[0]?.next.text);

/** What is listed before all findings: the rest is told where they are. */
const MAX_TO_DO = 8;

/** One line for each control and state, the most severe first: how many, and what to do. */
export function toDoSection(report: Report, links: Links): Html {
  const groups = groupsOf(report.all.open);
  const row = (rows: FindingRows) => {
    const [first] = rows;
    const step = isOneStep(rows)
      ? stepHtml(first.next)
      : html`Each has its own step, in <a href="#${links.id(first)}">its row</a>; the first: ${stepHtml(first.next)}`;
    return html`<tr><td>${severityLabel(first.severity)}</td><td class="tight">${links.findings(`${first.controlId}: ${STATES[first.state].name}`, rows)} ${stateLabel(first)}</td>
<td>${report.controls.get(first.controlId)?.title ?? null}<small>${first.controlId}</small></td><td>${step}</td></tr>`;
  };
  const rest = groups.slice(MAX_TO_DO);
  const list = html`${table(['Severity', 'Findings', 'Control', 'Next step'], groups.slice(0, MAX_TO_DO).map(row))}
${rest.length > 0 && html`<p>${links.findings('The rest of what is open', rest.flat())} more, each with its next step: <a href="#findings">open findings</a>.</p>`}`;
  return html`<section id="to-do"><h2>What to do next</h2>${groups.length === 0 ? html`<p class="soft">Nothing is open.</p>` : list}</section>`;
}

/** Exemptions with their expiry, the next to end first. */
export function exemptionsSection({ exemptions, findings }: Report, links: Links): Html {
  const expiry = ({ isActive, daysLeft, expires }: ExemptionRow) => {
    const left = !isActive
      ? html`<small>ended</small>`
      : html`<small${daysLeft <= EXPIRY_WARNING_DAYS && html` class="soon"`}>${daysLeft === 0 ? 'today is its last day' : `${counted(daysLeft, 'day')} left`}</small>`;
    return html`${expires}${left}`;
  };
  const row = (one: ExemptionRow) => html`<tr><td class="tight">${expiry(one)}</td>
<td>${one.control}<small>${name(one.resource)}</small>${one.elements === null ? null : html`<small>only what an undo brought back: ${name(one.elements.join(', '))}</small>`}</td>
<td>${name(one.owner)}<small>${name(one.reason)}</small></td>
<td class="tight">${name(one.id ?? 'policy.yml')}${one.createdBy === null ? null : html`<small>granted by ${name(one.createdBy)}</small>`}</td>
<td class="num">${links.findings(`Exempt by ${one.id ?? 'policy.yml'}`, coveredBy(one, findings))}</td><td>${stepHtml(one.next)}</td></tr>`;
  const list = table(
    ['Last day', 'Control, resource', 'Owner, reason', 'Granted', { num: 'Findings' }, 'Next step'],
    exemptions.map(row),
  );
  return html`<section id="exemptions"><h2>Exemptions</h2>${exemptions.length === 0 ? html`<p class="soft">None is in force, and none has ended in this period.</p>` : list}</section>`;
}

/** All findings by control and state. */
export function findingsSection(report: Report, links: Links): Html {
  const controls = Map.groupBy(report.findings, ({ severity, controlId }) => JSON.stringify([severity, controlId]));
  const sections = [...controls.values()].map((rows) =>
    controlSection(rows as [FindingRow, ...FindingRow[]], report, links),
  );
  return html`<section id="findings"><h2>Open findings</h2>${sections.length === 0 ? html`<p class="soft">None.</p>` : sections}</section>`;
}

function controlSection(rows: FindingRows, report: Report, links: Links): Html {
  const [{ severity, controlId }] = rows;
  const control = report.controls.get(controlId);
  return html`<section class="control">
<h3>${severityLabel(severity)} ${control?.title ?? controlId}</h3>
<p class="soft">${controlId}${control === undefined ? ', which this version does not have' : html`. By hand: ${control.guidance}`}</p>
${groupsOf(rows).map((group) => stateTables(group, report, links))}
</section>`;
}

function stateTables(rows: FindingRows, report: Report, links: Links): Html {
  const [first] = rows;
  const isOne = isOneStep(rows);
  const columns = ['Resource', 'What is wrong', 'First seen', ...(isOne ? [] : ['Next step'])];
  const row = (
    one: FindingRow,
  ) => html`<tr id="${links.id(one)}"><td>${place(one, report)}</td><td>${name(one.annotation)}</td>
<td class="tight">${minuteOf(one.firstSeen)}</td>${!isOne && html`<td>${stepHtml(one.next)}</td>`}</tr>
`;
  return html`<h4>${rows.length} ${stateLabel(first)}</h4>
${isOne && html`<p>${stepHtml(first.next)}</p>`}
${chunks(rows).map((chunk) => table(columns, chunk.map(row)))}`;
}

/** Where a finding or record is: the account only where it is not the report's. */
const place = ({ resourceId, region, accountId }: FindingRow | RecordRow, { data }: Report): Html =>
  html`${name(resourceId)}<small>${region}${accountId !== data.account && `, ${accountId}`}</small>`;

/** All records, the latest first. */
export function recordsSection(report: Report, links: Links): Html {
  const { records } = report;
  const columns = ['Decided', 'Control, resource', 'What was wrong, and by whom', 'Calls', 'To undo'];
  const tables = chunks(records).map((chunk) =>
    table(
      columns,
      chunk.map((row) => recordHtml(row, report, links)),
    ),
  );
  return html`<section id="records"><h2>Records</h2>
${
  records.length === 0
    ? html`<p class="soft">Nothing was remediated, asked for or undone in this period.</p>`
    : html`<p class="soft">Remediations and undos by the time they were decided, the latest first; times in UTC.</p>${tables}`
}</section>`;
}

const recordHtml = (
  row: RecordRow,
  report: Report,
  links: Links,
): Html => html`<tr id="${links.id(row)}"><td class="tight">${minuteOf(row.times.decided)}<small>${inWords(row)}</small></td>
<td>${row.controlId}<br>${place(row, report)}</td>
<td>${name(row.annotation)}${causeOf(row)}${row.error === null ? null : html`<small class="soon">${name(row.error)}</small>`}</td>
<td>${row.calls.join(', ')}<small>${name(row.id)}</small></td><td>${row.undo === null ? null : command(row.undo)}</td></tr>
`;

function causeOf({ actor, tool, decidedBy, undoes }: RecordRow): Html {
  const tooled = tool === null ? null : html` with ${tool}`;
  return html`${actor === null ? null : html`<small>changed by ${name(actor)}${tooled}</small>`}${decidedBy === null ? null : html`<small>decided by ${name(decidedBy)}</small>`}${undoes === null ? null : html`<small>undoes ${name(undoes)}</small>`}`;
}
