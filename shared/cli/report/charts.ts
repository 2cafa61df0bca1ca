import { scaleBand, scaleLinear, scaleLog } from 'd3-scale';
import { stack } from 'd3-shape';
import { SEVERITIES, type Severity } from '../../control.ts';
import { shortDuration } from './durations.ts';
import { type Html, html, type Part } from './html.ts';
import type { DriftInterval } from './model.ts';

/** One part of a bar: `fill` names a pattern, so that it is told from its neighbours without colour. */
export interface Segment {
  readonly fill: Fill;
  readonly count: number;
  readonly title: string;
}

/** The patterns that `patterns` defines. */
export type Fill = Lowercase<Severity> | 'open' | 'exempt' | 'remediated' | 'otherwise' | 'clean' | 'off' | 'bar';

/** Of a bar that stands alone in its row, and of one among many numbers. */
export const BAR_WIDTHS = { wide: 260, medium: 200, narrow: 130 } as const;
const BAR_HEIGHT = 18;

/** A stacked bar of full length where the counts add up to `max`. */
export function bar(segments: readonly Segment[], max: number, fullWidth: number = BAR_WIDTHS.wide): Html {
  const scale = scaleLinear([0, Math.max(1, max)], [0, fullWidth]);
  const shown = segments.filter(({ count }) => count > 0);
  let start = 0;
  const parts = shown.map(({ fill, count, title }) => {
    const [x, width] = [scale(start), Math.max(2, scale(count))];
    start += count;
    return html`<rect class="fill-${fill}" x="${round(x)}" y="1" width="${round(width)}" height="${BAR_HEIGHT - 2}"><title>${title}: ${count}</title></rect>`;
  });
  const words = shown.map(({ title, count }) => `${title}: ${count}`).join(', ') || 'none';
  return html`<svg class="bar" viewBox="0 0 ${fullWidth + 4} ${BAR_HEIGHT}" width="${fullWidth + 4}" height="${BAR_HEIGHT}" role="img" aria-label="${words}">${parts}</svg>`;
}

/** How many of these are of each severity, the most severe first. */
export const bySeverity = (rows: readonly { readonly severity: Severity }[]): readonly Segment[] =>
  SEVERITIES.toReversed().map((severity) => ({
    fill: severity.toLowerCase() as Lowercase<Severity>,
    count: rows.filter((row) => row.severity === severity).length,
    title: severity,
  }));

const SERIES = ['open', 'exempt', 'endedOtherwise', 'remediated'] as const;
type Series = (typeof SERIES)[number];

/** What the series of the chart of drift are called, and their patterns. */
export const SERIES_NAMES: Readonly<Record<Series, readonly [name: string, fill: Fill]>> = {
  open: ['still open', 'open'],
  exempt: ['exempt', 'exempt'],
  endedOtherwise: ['gone, not by Evenkeel', 'otherwise'],
  remediated: ['remediated', 'remediated'],
};

const CHART = { width: 960, height: 260, left: 44, right: 8, top: 18, bottom: 30 } as const;
/** Labels that fit beside each other. */
const MAX_LABELS = 12;

/** Drift over time: a column for each interval, made of what became of it. `linkOf` wraps a part of a column in a link to its rows. */
export function driftChart(
  intervals: readonly DriftInterval[],
  linkOf: (interval: DriftInterval, series: Series, mark: Html) => Html,
): Html {
  const { width, height, left, right, top, bottom } = CHART;
  const totalOf = (interval: DriftInterval) => SERIES.reduce((sum, series) => sum + interval[series].length, 0);
  const most = Math.max(1, ...intervals.map(totalOf));
  const y = scaleLinear([0, most], [height - bottom, top]).nice();
  const x = scaleBand(
    intervals.map(({ name }) => name),
    [left, width - right],
  ).padding(0.2);
  const stacked = stack<DriftInterval, Series>()
    .keys(SERIES)
    .value((interval, series) => interval[series].length)([...intervals]);
  const columns = stacked.flatMap((layer) =>
    layer.flatMap((point) => {
      const [low, high] = point;
      if (high <= low) return [];
      const [words, fill] = SERIES_NAMES[layer.key];
      const mark = html`<rect class="fill-${fill}" x="${round(x(point.data.name) ?? 0)}" y="${round(y(high))}" width="${round(x.bandwidth())}" height="${round(y(low) - y(high))}"><title>${point.data.name}, ${words}: ${high - low}</title></rect>`;
      return [linkOf(point.data, layer.key, mark)];
    }),
  );
  const every = Math.ceil(intervals.length / MAX_LABELS);
  const middle = (interval: DriftInterval) => round((x(interval.name) ?? 0) + x.bandwidth() / 2);
  const labels = intervals.map((interval, index) =>
    index % every > 0
      ? null
      : html`<text x="${middle(interval)}" y="${height - 10}" text-anchor="middle">${interval.name.slice(interval.name.length > 7 ? 5 : 0)}</text>`,
  );
  const totals =
    intervals.length > MAX_LABELS * 2 + 4
      ? null
      : intervals.map((interval) =>
          totalOf(interval) === 0
            ? null
            : html`<text class="total" x="${middle(interval)}" y="${round(y(totalOf(interval)) - 4)}" text-anchor="middle">${totalOf(interval)}</text>`,
        );
  const grid = y
    .ticks(4)
    .filter(Number.isInteger)
    .map(
      (tick) =>
        html`<line x1="${left}" x2="${width - right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/><text x="${left - 6}" y="${round(y(tick) + 4)}" text-anchor="end">${tick}</text>`,
    );
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="group" aria-label="Drift by the time it began, and what became of it"><g class="grid">${grid}</g>${columns}<g class="labels">${labels}${totals}</g></svg>`;
}

const RANGE = { width: 300, height: 22, pad: 8 } as const;

/** From the median to the 99th percentile on a logarithmic scale that all rows share: a dot, a line, a bar. */
export function range(p50: number, p99: number, domain: readonly [number, number]): Html {
  const { width, height, pad } = RANGE;
  const scale = scaleLog([Math.max(1, domain[0]), Math.max(10, domain[1])], [pad, width - pad]).clamp(true);
  const at = (milliseconds: number) => round(scale(Math.max(1, milliseconds)));
  const middle = height / 2;
  return html`<svg class="range" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="p50 ${shortDuration(p50)}, p99 ${shortDuration(p99)}"><line class="axis" x1="${pad}" x2="${width - pad}" y1="${middle}" y2="${middle}"/><line class="span" x1="${at(p50)}" x2="${at(p99)}" y1="${middle}" y2="${middle}"/><circle cx="${at(p50)}" cy="${middle}" r="4"/><line class="end" x1="${at(p99)}" x2="${at(p99)}" y1="4" y2="${height - 4}"/></svg>`;
}

/** A legend: each pattern with its word. */
export const legend = (entries: readonly (readonly [Part, Fill])[]): Html =>
  html`<p class="legend">${entries.map(
    ([words, fill]) =>
      html`<span><svg width="22" height="14" viewBox="0 0 22 14" aria-hidden="true"><rect class="fill-${fill}" x="1" y="1" width="20" height="12"/></svg> ${words}</span> `,
  )}</p>`;

const dots = (id: Fill, radius: number, step: number): Html =>
  html`<pattern id="p-${id}" width="${step}" height="${step}" patternUnits="userSpaceOnUse"><rect class="paper" width="${step}" height="${step}"/><circle class="ink-${id}" cx="${step / 2}" cy="${step / 2}" r="${radius}"/></pattern>`;

const stripes = (id: Fill, width: number, step: number, degrees: number): Html =>
  html`<pattern id="p-${id}" width="${step}" height="${step}" patternUnits="userSpaceOnUse" patternTransform="rotate(${degrees})"><rect class="paper" width="${step}" height="${step}"/><rect class="ink-${id}" width="${width}" height="${step}"/></pattern>`;

/** The patterns of all charts; a page has them once. */
export const patterns: Html = html`<svg width="0" height="0" class="patterns" aria-hidden="true"><defs>${[
  stripes('high', 6, 8, 45),
  stripes('medium', 4, 8, -45),
  dots('low', 2, 6),
  dots('informational', 1.2, 5),
  dots('exempt', 1.5, 5),
  stripes('remediated', 3.5, 6, 45),
  stripes('otherwise', 2, 5, 90),
  stripes('off', 1.5, 6, -45),
]}</defs></svg>`;

const round = (coordinate: number): number => Math.round(coordinate * 10) / 10;
