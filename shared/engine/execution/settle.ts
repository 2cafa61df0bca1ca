import type { Clock } from '../../time.ts';

/** Waits between the reads that verify a change, in milliseconds: EC2 and IAM may show an old state for some seconds. */
export const VERIFY_DELAYS_MS = [0, 250, 500, 1000, 2000, 4000, 8000];

/** Reads with growing waits until it is `done`; gives the last read either way. */
export async function settle<T>(read: () => Promise<T>, done: (read: T) => boolean, clock: Clock): Promise<T> {
  let last = await read();
  for (const delay of VERIFY_DELAYS_MS.slice(1)) {
    if (done(last)) return last;
    await clock.sleep(delay);
    last = await read();
  }
  return last;
}
