import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutOfTimeError, UnreadableStateError } from '../../../shared/engine/errors.ts';
import { isThrottled, Patience } from '../../../shared/engine/sweep/patience.ts';
import { named } from '../../support/fake-resource.ts';

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
const throttled = named('ThrottlingException', 'Rate exceeded');

describe('AWS is asked too much', () => {
  test.each([
    throttled,
    named('RequestLimitExceeded'),
    named('SlowDown'),
    Object.assign(named('Odd'), { $retryable: { throttling: true } }),
    Object.assign(named('Odd'), { $metadata: { httpStatusCode: 429 } }),
    new UnreadableStateError('could not read', { cause: throttled }),
  ])('%s', (error) => {
    expect(isThrottled(error)).toBe(true);
  });
  test.each([
    named('AccessDenied'),
    named('InternalError'),
    new UnreadableStateError('x'),
    'ThrottlingException',
    null,
  ])('not: %s', (error) => {
    expect(isThrottled(error)).toBe(false);
  });
});

describe('patience', () => {
  test('goes on with longer waits until it is answered', async () => {
    const time = clock();
    let left = 4;
    const answer = await new Patience(time, 1_000_000).calmly(async () => {
      left -= 1;
      if (left > 0) throw throttled;
      return 'answer';
    });
    expect(answer).toBe('answer');
    expect(time.slept).toHaveLength(3);
    for (const [tries, slept] of time.slept.entries()) {
      expect(slept).toBeGreaterThanOrEqual(500 * 2 ** tries);
      expect(slept).toBeLessThanOrEqual(1_000 * 2 ** tries);
    }
  });

  test('any other error is no matter of patience', async () => {
    const time = clock();
    const asked = new Patience(time, 1_000_000).calmly(async () => {
      throw named('AccessDenied');
    });
    await expect(asked).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(time.slept).toEqual([]);
  });

  test('waits up to the deadline, never past it, and never longer than half a minute', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 900_000 }), async (deadline) => {
        const time = clock();
        const asked = new Patience(time, deadline).calmly(async () => {
          throw throttled;
        });
        await expect(asked).rejects.toBeInstanceOf(OutOfTimeError);
        expect(time.now().getTime()).toBeCloseTo(deadline, -1);
        expect(Math.max(...time.slept)).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});
