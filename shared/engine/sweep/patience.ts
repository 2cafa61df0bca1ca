import type { Clock } from '../context.ts';
import { OutOfTimeError } from '../errors.ts';

/** The names under which AWS says that it is asked too much, as the SDK has them. */
const THROTTLING: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const TOO_MANY_REQUESTS = 429;

interface SdkError extends Error {
  readonly $retryable?: { readonly throttling?: boolean };
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** True where AWS says, now or in the error's cause, that it is asked too much. */
export function isThrottled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, $retryable, $metadata, cause }: SdkError = error;
  return (
    THROTTLING.has(name) ||
    $retryable?.throttling === true ||
    $metadata?.httpStatusCode === TOO_MANY_REQUESTS ||
    isThrottled(cause)
  );
}

/** The first wait and the longest, in milliseconds; each is up to twice as long as the one before. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/** Waits for AWS as long as there is time. */
export class Patience {
  readonly #clock: Clock;
  readonly #deadline: number;

  /** `deadline`: milliseconds since 1970. */
  constructor(clock: Clock, deadline: number) {
    this.#clock = clock;
    this.#deadline = deadline;
  }

  /** Throws OutOfTimeError where the time is over. */
  expectTime(): void {
    if (this.#left() <= 0) throw new OutOfTimeError('the time is over');
  }

  /** Waits before try `tries` + 1, longer each time and never as long as others do. Throws OutOfTimeError where no time is left after it. */
  async wait(tries: number): Promise<void> {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries);
    await this.#clock.sleep(Math.max(0, Math.min(this.#left(), longest * (0.5 + Math.random() / 2))));
    this.expectTime();
  }

  /** Does it again for as long as AWS is asked too much. Throws OutOfTimeError, or what `work` throws. */
  async calmly<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (!isThrottled(error)) throw error;
      }
      await this.wait(tries);
    }
  }

  #left(): number {
    return this.#deadline - this.#clock.now().getTime();
  }
}
