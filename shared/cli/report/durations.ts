import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../time.ts';
import type { RecordRow } from './rows.ts';
import { inOrder } from './words.ts';

/** How long the remediations of a control took, of one kind. */
export interface RemediationTimes {
  readonly controlId: string;
  /** `approved`: the time includes a person's decision. */
  readonly kind: 'automatic' | 'approved';
  /** From the quickest to the slowest. */
  readonly records: readonly RecordRow[];
  readonly p50: TimedRecord;
  readonly p99: TimedRecord;
}

/** A record, and how long it took. */
export interface TimedRecord {
  readonly milliseconds: number;
  readonly record: RecordRow;
}

/** Milliseconds from the event (or, without one, from when Evenkeel heard of the drift) until the remediation was verified; null where it was not, or where the times contradict each other. */
export function timeToRemediate({ kind, status, times }: RecordRow): number | null {
  if (kind !== 'remediation' || status !== 'remediated' || times.verified === null) return null;
  const verified = Date.parse(times.verified);
  const spans = [times.event, times.received]
    .filter((time) => time !== null)
    .map((time) => verified - Date.parse(time));
  return spans.find((span) => span >= 0) ?? null;
}

/** The times of each control: first what was automatic, the slowest p99 first. Pure. */
export function remediationTimes(records: readonly RecordRow[]): readonly RemediationTimes[] {
  const timed = records.flatMap((record) => {
    const milliseconds = timeToRemediate(record);
    return milliseconds === null ? [] : [{ milliseconds, record }];
  });
  const kindOf = ({ decidedBy }: RecordRow) => (decidedBy === null ? 'automatic' : 'approved');
  return [...Map.groupBy(timed, ({ record }) => JSON.stringify([record.controlId, kindOf(record)])).values()]
    .map((group) => {
      const sorted = group.toSorted((a, b) => a.milliseconds - b.milliseconds);
      const { record } = percentile(sorted, 0.5);
      return {
        controlId: record.controlId,
        kind: kindOf(record),
        records: sorted.map((one) => one.record),
        p50: percentile(sorted, 0.5),
        p99: percentile(sorted, 0.99),
      } as const;
    })
    .sort(
      (a, b) =>
        Number(a.kind === 'approved') - Number(b.kind === 'approved') ||
        b.p99.milliseconds - a.p99.milliseconds ||
        inOrder(a.controlId, b.controlId),
    );
}

/** The nearest-rank percentile: always one that was measured, so that its record can be shown. Throws for none. */
export function percentile<T>(sorted: readonly T[], share: number): T {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new RangeError('there is no percentile of nothing');
  return value;
}

const UNITS = [
  [DAY_MS, 'd'],
  [HOUR_MS, 'h'],
  [MINUTE_MS, 'min'],
  [SECOND_MS, 's'],
] as const;

/** A length of time in two or three digits: `850 ms`, `4.2 s`, `12 min`. */
export function shortDuration(milliseconds: number): string {
  const [unit, name] = UNITS.find(([size]) => milliseconds >= size) ?? [1, 'ms'];
  const amount = milliseconds / unit;
  return `${amount < 10 && unit > 1 ? Math.round(amount * 10) / 10 : Math.round(amount)} ${name}`;
}
