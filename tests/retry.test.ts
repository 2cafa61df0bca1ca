import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Deadline, DeadlineExceededError, delays, exponentialBackoff, readUntil, retry } from '../shared/retry.ts';
import { named } from './support/fake-resource.ts';

/** A clock whose sleeps pass at once and are written down. */
function clock() {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(now),
    async sleep(milliseconds: number) {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}
const passing = named('Passing');
const when = (error: unknown) => error === passing;
/** Fails so often, then answers. */
const failing = (times: number) => async (tries: number) => {
  if (tries < times) throw passing;
  return `after ${tries}`;
};
const always = failing(Number.POSITIVE_INFINITY);

describe('retry', () => {
  test('goes on with longer waits until it succeeds', async () => {
    const time = clock();
    const backoff = exponentialBackoff(1_000, 30_000);
    expect(await retry(failing(3), { clock: time, backoff, when })).toBe('after 3');
    expect(time.slept).toHaveLength(3);
    for (const [tries, slept] of time.slept.entries()) {
      expect(slept).toBeGreaterThanOrEqual(500 * 2 ** tries);
      expect(slept).toBeLessThanOrEqual(1_000 * 2 ** tries);
    }
  });

  test('an error that does not pass is thrown at once', async () => {
    const time = clock();
    const work = async () => {
      throw named('AccessDenied');
    };
    const asked = retry(work, { clock: time, backoff: delays(1), when });
    await expect(asked).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(time.slept).toEqual([]);
  });

  test('the wait may depend on the error', async () => {
    const time = clock();
    const backoff = (tries: number, error: unknown) => (error === passing ? 3 * (tries + 1) : null);
    expect(await retry(failing(2), { clock: time, backoff, when })).toBe('after 2');
    expect(time.slept).toEqual([3, 6]);
  });

  test('where no try is left the last error is thrown', async () => {
    const time = clock();
    await expect(retry(always, { clock: time, backoff: delays(5, 7), when })).rejects.toBe(passing);
    expect(time.slept).toEqual([5, 7]);
    const few = clock();
    await expect(retry(always, { clock: few, backoff: exponentialBackoff(1, 2, 4), when })).rejects.toBe(passing);
    expect(few.slept).toHaveLength(3);
  });

  test('waits up to the deadline, never past it, and never longer than the longest wait', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 900_000 }), async (at) => {
        const time = clock();
        const deadline = new Deadline(time, at);
        const asked = retry(always, { clock: time, backoff: exponentialBackoff(1_000, 30_000), when, deadline });
        await expect(asked).rejects.toBeInstanceOf(DeadlineExceededError);
        expect(time.now().getTime()).toBe(at);
        expect(Math.max(...time.slept)).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});

test('a clock that shows whole milliseconds does not spin before a deadline between two of them', async () => {
  let now = 0.3;
  const slept: number[] = [];
  const time = {
    now: () => new Date(Math.floor(now)),
    async sleep(milliseconds: number) {
      slept.push(milliseconds);
      // As a timer does, it may wake a little too early.
      now += milliseconds - 0.95;
    },
  };
  const deadline = new Deadline(time, 10);
  await expect(retry(always, { clock: time, backoff: () => 6, when, deadline })).rejects.toBeInstanceOf(
    DeadlineExceededError,
  );
  expect(slept).toEqual([6, 5]);
});

test('a deadline is over when its time has come', async () => {
  const time = clock();
  const deadline = new Deadline(time, 10);
  expect(deadline.leftMs).toBe(10);
  deadline.assert();
  await time.sleep(10);
  expect(() => deadline.assert()).toThrow(DeadlineExceededError);
  new Deadline(time, Number.POSITIVE_INFINITY).assert();
});

describe('readUntil', () => {
  const counting = () => {
    let reads = 0;
    return async () => ++reads;
  };

  test('returns at once what is done, without a wait', async () => {
    const time = clock();
    expect(await readUntil(counting(), () => true, { clock: time, backoff: delays(5) })).toBe(1);
    expect(time.slept).toEqual([]);
  });

  test('reads again after each wait, and returns the last read where none is done', async () => {
    const time = clock();
    const backoff = delays(5, 7);
    expect(await readUntil(counting(), (read) => read === 2, { clock: time, backoff })).toBe(2);
    expect(await readUntil(counting(), () => false, { clock: time, backoff })).toBe(3);
    expect(time.slept).toEqual([5, 5, 7]);
  });

  test('throws what a read throws', async () => {
    const read = () => Promise.reject(passing);
    await expect(readUntil(read, () => false, { clock: clock(), backoff: delays(5) })).rejects.toBe(passing);
  });
});
