import type { Clock } from './time.ts';

/** The time that was given is over; what is left has to be handed on. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** The moment by which a piece of work has to end. */
export class Deadline {
  readonly #clock: Clock;
  readonly #at: number;

  /** `at`: milliseconds since 1970; `Infinity` for work that takes as long as it takes. */
  constructor(clock: Clock, at: number) {
    this.#clock = clock;
    this.#at = at;
  }

  /** Milliseconds that are left; negative where it is over. */
  get leftMs(): number {
    return this.#at - this.#clock.now().getTime();
  }

  /** Throws OutOfTimeError where the time is over. */
  assert(): void {
    if (this.leftMs <= 0) throw new OutOfTimeError('the time is over');
  }
}

/** The wait after each failed try in milliseconds, by the number of that try from 0 and its error; null where no other follows. */
export type Backoff = (tries: number, error?: unknown) => number | null;

/** Waits that double up to `maxMs` and differ by up to a half, so that many who were turned away together do not come back together. Ends after `maxTries` tries. */
export const exponentialBackoff =
  (firstMs: number, maxMs: number, maxTries = Number.POSITIVE_INFINITY): Backoff =>
  (tries) =>
    tries + 1 < maxTries ? Math.min(maxMs, firstMs * 2 ** tries) * (0.5 + Math.random() / 2) : null;

/** These waits, one after the other. */
export const delays =
  (...milliseconds: readonly number[]): Backoff =>
  (tries) =>
    milliseconds[tries] ?? null;

export interface RetryOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly backoff: Backoff;
  /** Whether an error may pass; any other is thrown at once. */
  when(error: unknown): boolean;
  readonly deadline?: Deadline;
}

/** Tries until it succeeds, waiting after each failure that may pass. Throws what `work` threw last where that may not pass or no try is left, and OutOfTimeError where the deadline ends a wait. */
export async function retry<T>(
  work: (tries: number) => Promise<T>,
  { clock, backoff, when, deadline }: RetryOptions,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work(tries);
    } catch (error) {
      const wait = when(error) ? backoff(tries, error) : null;
      if (wait === null) throw error;
      await clock.sleep(Math.max(0, Math.min(deadline?.leftMs ?? wait, wait)));
      deadline?.assert();
    }
  }
}
