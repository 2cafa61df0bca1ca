import { SEVERITIES, type Severity } from '../control.ts';
import { RECHECK_DETAIL_TYPE } from '../internal-events.ts';
import { type Clock, MINUTE_MS } from '../time.ts';
import type { Notice, Notifier } from './notifier.ts';
import { isQuiet, type QuietHours } from './quiet-hours.ts';

/** Maximum notices of one control, actor and outcome that are published at once; the others of that time go into a digest. */
const MAX_AT_ONCE = 3;
const BURST_MS = 10 * MINUTE_MS;
/** Beyond it, what is over is forgotten. */
const MAX_REMEMBERED = 1_000;

/** A notifier under which bursts, which a sweep's findings of all controls are one of, and what comes in quiet hours wait for the digest. A function counts its bursts by itself: to ask the ledger would cost a write for each notice. */
export function deferring(notifier: Notifier, clock: Pick<Clock, 'now'>, quietHours: QuietHours | null): Notifier {
  const published = new Map<string, readonly number[]>();

  function isBurst(notice: Notice, now: number): boolean {
    const key = isFoundBySweep(notice)
      ? SWEEP
      : `${notice.control.id}|${notice.attribution?.actor}|${notice.result.outcome}`;
    const recent = (published.get(key) ?? []).filter((at) => at > now - BURST_MS);
    if (recent.length >= MAX_AT_ONCE) return true;
    if (published.size >= MAX_REMEMBERED) published.clear();
    published.set(key, [...recent, now]);
    return false;
  }

  return {
    ...notifier,
    defers(notice) {
      const now = clock.now();
      return waitsUntilMorning(notice, quietHours, now) || isBurst(notice, now.getTime());
    },
  };
}

/** Nobody made it just now: a sweep, which has each resource with drift rechecked, finds what was there before us or what no event has shown. */
const isFoundBySweep = ({ result, attribution, others = [] }: Notice): boolean =>
  attribution === null &&
  result.eventName === RECHECK_DETAIL_TYPE &&
  [result, ...others.map((one) => one.result)].every(({ outcome }) => outcome === 'detected');

/** The key of all that sweeps find. */
const SWEEP = 'sweep';

function waitsUntilMorning({ control }: Notice, hours: QuietHours | null, now: Date): boolean {
  return hours !== null && isQuiet(hours, now) && !isAtLeast(control.severity, hours.minimumSeverity);
}

const isAtLeast = (severity: Severity, minimum: Severity) =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minimum);
