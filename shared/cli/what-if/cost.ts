import type { AnyControl } from '../../control.ts';
import type { Detection } from '../../detection.ts';
import { DAY_MS, HOUR_MS } from '../../time.ts';
import { type Account, ASSUMED, type Cause, linesOf, type Measured, sumOf } from '../costs/model.ts';

/** What a log says of an account, for its bill. */
export interface Load {
  /** Milliseconds since 1970; null where no event has a time. */
  readonly period: { readonly first: number; readonly last: number } | null;
  readonly looks: number;
  readonly resources: number;
  readonly regions: number;
  /** Of the looks; null where today's state was not read. */
  readonly outcomes: { readonly notified: number; readonly remediated: number } | null;
}

/** US dollars a month. */
export interface Cost {
  readonly total: number;
  readonly by: Readonly<Record<Cause, number>>;
  /** How many months like the log's there are in one: what was counted is multiplied by it. */
  readonly factor: number;
  readonly changes: number;
}

/** The regions and heartbeats of a deployment with default parameters. */
const AS_DEPLOYED = { enabled: 17, watched: 17, beatsAnHour: 4, configRules: false };
const CAUSES: readonly Cause[] = ['standing', 'heartbeats', 'changes', 'sweeps'];
/** A log of less than a day is extrapolated as if it were a day: an hour says too little of a month. */
const LEAST_PERIOD_MS = DAY_MS;

/** What a deployment would have cost in a month like that of the log. Pure. */
export function costOf(load: Load, measured: Measured): Cost {
  const { period, looks, resources, regions, outcomes } = load;
  const length = Math.max(period === null ? 0 : period.last - period.first, LEAST_PERIOD_MS);
  const factor = (ASSUMED.hours * HOUR_MS) / length;
  const changes = Math.round(looks * factor);
  const share = (of: number) => (looks === 0 ? 0 : Math.min(1, of / looks));
  const account: Account = {
    ...AS_DEPLOYED,
    name: 'as in the log',
    active: Math.max(1, regions),
    changes,
    resources,
    ...(outcomes === null
      ? {}
      : { shares: { detected: share(outcomes.notified), remediated: share(outcomes.remediated) } }),
  };
  const lines = linesOf(account, measured);
  const by = Object.fromEntries(CAUSES.map((cause) => [cause, sumOf(lines, (line) => line.cause === cause)]));
  return { total: sumOf(lines), by: by as Cost['by'], factor, changes };
}

/** The counts of one unit of work, for the catalogue that would be deployed. */
export const countedFor = (
  measured: Measured,
  controls: readonly AnyControl[],
  detections: readonly Detection[],
): Measured => ({
  ...measured,
  catalogue: {
    controls: controls.length,
    detections: detections.length,
    services: new Set(controls.map(({ resource }) => resource.service.id)).size,
    dailyRules: measured.catalogue.dailyRules,
  },
});
