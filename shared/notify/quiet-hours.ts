import type { Severity } from '../control.ts';

/** When people are not disturbed. */
export interface QuietHours {
  /** `22:00`; where it is later than `to`, the hours go over midnight. */
  readonly from: string;
  readonly to: string;
  /** Of the IANA database: `Europe/Berlin`. */
  readonly timeZone: string;
  /** What is at least as severe is published all the same. */
  readonly minimumSeverity: Severity;
}

/** True where a time is within quiet hours. */
export function isQuiet({ from, to, timeZone }: QuietHours, now: Date): boolean {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hour12: false }).format(
    now,
  );
  return from <= to ? time >= from && time < to : time >= from || time < to;
}

/** True for a time zone that there is. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
