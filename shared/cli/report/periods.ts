import { DAY_MS } from '../../time.ts';

/** A part of the time that the report is about: from its first moment until just before `end`. Milliseconds since 1970. */
export interface Interval {
  readonly start: number;
  readonly end: number;
  /** `2026-11-02`, or `2026-11` for a month. */
  readonly name: string;
}

/** The most intervals of a unit: more would not fit beside each other. */
const MAX_DAYS = 31;
const MAX_WEEKS = 27;

type Unit = 'day' | 'week' | 'month';

/** The unit in which a length of time is best shown. */
export const unitFor = (milliseconds: number): Unit =>
  milliseconds <= MAX_DAYS * DAY_MS ? 'day' : milliseconds <= MAX_WEEKS * 7 * DAY_MS ? 'week' : 'month';

/** The days, weeks (from Monday) or months that cover the time from `from` to `to`, in UTC. */
export function intervalsOf(from: Date, to: Date): readonly Interval[] {
  const unit = unitFor(to.getTime() - from.getTime());
  const intervals: Interval[] = [];
  for (let start = firstOf(unit, from); start <= to.getTime(); ) {
    const end = nextOf(unit, start);
    intervals.push({ start, end, name: new Date(start).toISOString().slice(0, unit === 'month' ? 7 : 10) });
    start = end;
  }
  return intervals;
}

function firstOf(unit: Unit, time: Date): number {
  const day = Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate());
  if (unit === 'day') return day;
  return unit === 'week'
    ? day - ((time.getUTCDay() + 6) % 7) * DAY_MS
    : Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), 1);
}

function nextOf(unit: Unit, start: number): number {
  if (unit !== 'month') return start + (unit === 'day' ? 1 : 7) * DAY_MS;
  const time = new Date(start);
  return Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + 1, 1);
}

/** The interval that a time (ISO 8601) is in; null for one that is in none. */
export function intervalAt<I extends Interval>(intervals: readonly I[], time: string): I | null {
  const at = Date.parse(time);
  return intervals.find(({ start, end }) => start <= at && at < end) ?? null;
}
