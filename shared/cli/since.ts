import { isDate } from '../policy/load.ts';
import { isDuration, milliseconds } from '../time.ts';
import { UsageError } from './errors.ts';

/** What `--since` takes. */
export const WHEN = 'a day (2026-11-01) or a duration before now (12h, 30d)';

/** A day that exists, alone or with a time: JavaScript reads 90 and "Nov 5" as dates too, and 30 February as 2 March. */
export const isMoment = (text: string): boolean =>
  isDate(text.slice(0, 10)) && /^(.{10}|.{10}[T ].+)$/.test(text) && !Number.isNaN(Date.parse(text));

/** A day, a moment, or a duration before now; 1970 where that is longer ago. Throws UsageError. */
export function momentOf(flag: string, text: string, now: Date): Date {
  if (isDuration(text)) return new Date(Math.max(0, now.getTime() - milliseconds(text)));
  if (!isMoment(text)) throw new UsageError(`${flag} ${text}: must be ${WHEN}`);
  return new Date(text);
}

/** The same in ISO 8601, for `--since`. Throws UsageError. */
export const sinceOf = (text: string, now: Date): string => momentOf('--since', text, now).toISOString();
