import { delays, readUntil } from '../../retry.ts';
import type { Clock } from '../../time.ts';

/** Waits between the reads that verify a change: EC2 and IAM may return the old state for some seconds. */
export const VERIFICATION_DELAYS_MS = [250, 500, 1000, 2000, 4000, 8000];

/** Reads until the change is visible (`done`); returns the last read either way. */
export const readUntilVerified = <T>(read: () => Promise<T>, done: (read: T) => boolean, clock: Clock): Promise<T> =>
  readUntil(read, done, { clock, backoff: delays(...VERIFICATION_DELAYS_MS) });
