import { agreeing } from '../../text.ts';
import { driftChart, legend, SERIES_NAMES } from './charts.ts';
import { type Html, html } from './html.ts';
import type { Links } from './links.ts';
import type { DriftInterval, Report } from './model.ts';
import { num, rowHead, table } from './table.ts';

const HEADING = html`<h2>Drift over time</h2>`;

/** What began when, and what became of it: a chart whose columns are links, and the same as a table. */
export function driftSection({ drift, outside }: Report, links: Links): Html {
  const isEmpty = drift.every(
    ({ open, exempt, endedOtherwise, remediated }) =>
      open.length + exempt.length + endedOtherwise.length + remediated.length === 0,
  );
  const others =
    outside.length > 0 &&
    html`<p>${links.findings('First seen outside the period', outside)} more ${agreeing(outside.length, 'finding was', 'findings were')} first seen before or after this period.</p>`;
  if (isEmpty)
    return html`<section id="drift">${HEADING}<p class="soft">No drift began in this period.</p>${others}</section>`;
  const row = (interval: DriftInterval) => html`<tr>${rowHead(interval.name)}
${num(links.findings(`${interval.name}: still open`, interval.open))}${num(links.findings(`${interval.name}: exempt`, interval.exempt))}
${num(links.records(`${interval.name}: gone, not by Evenkeel`, interval.endedOtherwise))}${num(links.records(`${interval.name}: remediated`, interval.remediated))}</tr>`;
  return html`<section id="drift">${HEADING}
${legend(Object.values(SERIES_NAMES))}
${driftChart(drift, (interval, series, mark) => linked(interval, series, mark, links))}
${others}
<details><summary>The same as a table</summary>
${table(['From', ...Object.values(SERIES_NAMES).map(([words]) => ({ num: words }))], drift.toReversed().map(row))}</details></section>`;
}

/** A part of a column as a link to its rows. */
function linked(interval: DriftInterval, series: keyof typeof SERIES_NAMES, mark: Html, links: Links): Html {
  const title = `${interval.name}: ${SERIES_NAMES[series][0]}`;
  return series === 'open' || series === 'exempt'
    ? links.findings(title, interval[series], mark)
    : links.records(title, interval[series], mark);
}
