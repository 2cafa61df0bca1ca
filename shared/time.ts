export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A length of time as people write it: `30s`, `15m`, `1h`, `90d`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

const UNITS_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** `30m`, `1h`, `2d` in milliseconds. */
export const milliseconds = (duration: string): number =>
  Number(duration.slice(0, -1)) * (UNITS_MS[duration.slice(-1)] ?? 0);

/** True for a duration that policy.yml takes: minutes, hours or days. */
export const isDuration = (text: string): boolean => /^[1-9]\d*[mhd]$/.test(text);

/** Whole days from a date until now. */
export const daysSince = (date: string, now: Date): number => Math.floor((now.getTime() - Date.parse(date)) / DAY_MS);

/** The day of a time in UTC, `2027-01-31`. */
export const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

/** Time, as everything that waits or stamps sees it; a test brings its own. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
