import { counted } from '../../text.ts';
import { bar, range } from './charts.ts';
import { type RemediationTimes, shortDuration, type TimedRecord } from './durations.ts';
import { type Html, html, name } from './html.ts';
import type { Links } from './links.ts';
import type { Cause, Report } from './model.ts';
import type { RecordRow } from './rows.ts';
import { num, rowHead, table } from './table.ts';

/** Causes that are listed one by one. */
const MAX_CAUSES = 15;

/** How long the remediations of each control took. */
export function timesSection({ times: all, controls }: Report, links: Links): Html {
  const heading = html`<h2>Time to remediate</h2>`;
  if (all.length === 0)
    return html`<section id="times">${heading}<p class="soft">Nothing was remediated in this period.</p></section>`;
  const slowest = Math.max(...all.map(({ p99 }) => p99.milliseconds));
  const quickest = Math.min(...all.map(({ p50 }) => p50.milliseconds));
  const exact = ({ milliseconds, record }: TimedRecord, words: string) =>
    num(links.records(words, [record], shortDuration(milliseconds)));
  const row = ({ controlId, kind, records, p50, p99 }: RemediationTimes) => {
    const title = controls.get(controlId)?.title ?? '';
    const words = kind === 'approved' ? `${title} (with the time until a person approved it)` : title;
    return html`<tr>${rowHead(controlId, html`<small>${words}</small>`)}
${num(links.records(`${controlId}: remediated`, records))}${exact(p50, `${controlId}: p50`)}${exact(p99, `${controlId}: p99`)}
<td>${range(p50.milliseconds, p99.milliseconds, [quickest, slowest])}</td></tr>`;
  };
  return html`<section id="times">${heading}
<p class="soft">From the event (or, where a sweep found it, from then) until the resource was read again and was compliant. ● p50, | p99, on a logarithmic scale from ${shortDuration(quickest)} to ${shortDuration(slowest)}. Each time is that of a record: follow it.</p>
${table(['Control', { num: 'Remediations' }, { num: 'p50' }, { num: 'p99' }, 'p50 to p99'], all.map(row))}</section>`;
}

/** Who, and which tool, causes drift. */
export function causesSection({ actors, tools }: Report, links: Links): Html {
  const heading = html`<h2>Who drifts most</h2>`;
  if (actors.length === 0)
    return html`<section id="causes">${heading}<p class="soft">No remediation was recorded in this period, and so no cause.</p></section>`;
  return html`<section id="causes">${heading}
<p class="soft">By the records of the period: who made the change, and with which tool, as the event says. It never decides anything.</p>
${causeTable('Who', actors, links)}
${causeTable('Tool', tools, links)}</section>`;
}

function causeTable(what: string, all: readonly Cause[], links: Links): Html {
  const most = Math.max(...all.map(({ records }) => records.length));
  const [shown, rest] = [all.slice(0, MAX_CAUSES), all.slice(MAX_CAUSES)];
  const row = (label: Html, title: string, records: readonly RecordRow[]) => {
    const remediated = records.filter(({ status }) => status === 'remediated');
    return html`<tr>${rowHead(label)}${num(links.records(title, records))}
<td>${bar([{ fill: 'bar', count: records.length, title: 'drifts' }], most)}</td>
${num(links.records(`${title}: remediated`, remediated))}<td>${mostFrequent(records)}</td></tr>`;
  };
  return table(
    [what, { num: 'Drifts' }, 'how many', { num: 'Remediated' }, 'Most often'],
    [
      ...shown.map((cause) => row(name(cause.name), cause.name, cause.records)),
      rest.length > 0 &&
        row(
          html`${counted(rest.length, 'other')}`,
          'All others',
          rest.flatMap(({ records }) => records),
        ),
    ],
  );
}

/** The control that these records are of most often. */
function mostFrequent(records: readonly RecordRow[]): string {
  const groups = [...Map.groupBy(records, ({ controlId }) => controlId)];
  const [controlId, own] = groups.reduce((a, b) => (b[1].length > a[1].length ? b : a));
  return `${controlId} (${own.length})`;
}
