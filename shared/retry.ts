import type { Clock } from './time.ts';

/** The deadline is over; what is left goes to the next run. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';
}

/** The moment by which a piece of work has to end. */
export class Deadline {
  readonly #clock: Clock;
  readonly #at: number;

  /** `at`: milliseconds since 1970; `Infinity` for work without a deadline. */
  constructor(clock: Clock, at: number) {
    this.#clock = clock;
    this.#at = at;
  }

  /** Milliseconds that are left; negative after the deadline. */
  get leftMs(): number {
    return this.#at - this.#clock.now().getTime();
  }

  /** Throws DeadlineExceededError after the deadline. */
  assert(): void {
    if (this.leftMs <= 0) throw new DeadlineExceededError('the deadline is over');
  }
}

/** The wait after a failed attempt in milliseconds, by the number of that attempt from 0 and its error; null to give up. */
export type Backoff = (attempt: number, error?: unknown) => number | null;

/** Doubles up to `maxMs`, with jitter of up to a half, so that clients which were throttled together do not return together. Gives up after `maxAttempts`. */
export const exponentialBackoff =
  (firstMs: number, maxMs: number, maxAttempts = Number.POSITIVE_INFINITY): Backoff =>
  (attempt) =>
    attempt + 1 < maxAttempts ? Math.floor(Math.min(maxMs, firstMs * 2 ** attempt) * (0.5 + Math.random() / 2)) : null;

/** These waits, one after the other. */
export const delays =
  (...milliseconds: readonly number[]): Backoff =>
  (attempt) =>
    milliseconds[attempt] ?? null;

export interface RetryOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly backoff: Backoff;
  /** Whether an error is worth a retry; any other is thrown at once. */
  when(error: unknown): boolean;
  readonly deadline?: Deadline;
}

/** Retries until it succeeds. Throws the last error where it is not worth a retry or the back-off gives up, and DeadlineExceededError where the deadline ends a wait. */
export async function retry<T>(
  work: (attempt: number) => Promise<T>,
  { clock, backoff, when, deadline }: RetryOptions,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      const wait = when(error) ? backoff(attempt, error) : null;
      if (wait === null) throw error;
      const left = deadline?.leftMs ?? Number.POSITIVE_INFINITY;
      await clock.sleep(Math.max(0, Math.min(left, wait)));
      // Not left to the clock alone: one that shows whole milliseconds may wake a moment before the deadline.
      if (left <= wait) throw new DeadlineExceededError('the deadline is over');
      deadline?.assert();
    }
  }
}

/** Reads until a value is `done`, or the back-off gives up: returns the last value either way. Throws what `read` throws. */
export async function readUntil<T>(
  read: () => Promise<T>,
  done: (value: T) => boolean,
  { clock, backoff }: Pick<RetryOptions, 'clock' | 'backoff'>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const value = await read();
    const wait = done(value) ? null : backoff(attempt);
    if (wait === null) return value;
    await clock.sleep(wait);
  }
}
