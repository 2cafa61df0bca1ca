import { isDuration, milliseconds } from '../time.ts';
import { UsageError } from './errors.ts';

/** What `--since` takes. */
export const WHEN = 'a day (2026-11-01) or a duration before now (12h, 30d)';

/** ISO 8601 of a day, a moment, or a duration before now. Throws UsageError. */
export function sinceOf(text: string, now: Date): string {
  if (isDuration(text)) return new Date(now.getTime() - milliseconds(text)).toISOString();
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) throw new UsageError(`--since ${text}: must be ${WHEN}`);
  return moment.toISOString();
}
