import { expect, test } from '@jest/globals';
import { readUntilVerified, VERIFICATION_DELAYS_MS } from '../../../shared/engine/execution/verification.ts';

/** A clock that takes down its sleeps, and a read that counts. */
function stage() {
  const sleeps: number[] = [];
  let reads = 0;
  const clock = {
    now: () => new Date(),
    async sleep(milliseconds: number) {
      sleeps.push(milliseconds);
    },
  };
  return { sleeps, settled: (done: (read: number) => boolean) => readUntilVerified(async () => ++reads, done, clock) };
}

test('what is as it should be is read once, without a wait', async () => {
  const { sleeps, settled } = stage();
  expect([await settled(() => true), sleeps]).toEqual([1, []]);
});

test('what is not yet is read again after waits that grow', async () => {
  const { sleeps, settled } = stage();
  expect(await settled((read) => read === 4)).toBe(4);
  expect(sleeps).toEqual(VERIFICATION_DELAYS_MS.slice(0, 3));
  expect(sleeps).toEqual(sleeps.toSorted((a, b) => a - b));
});

test('what never is gives the last read after the last wait, within seconds', async () => {
  const { sleeps, settled } = stage();
  expect(await settled(() => false)).toBe(VERIFICATION_DELAYS_MS.length + 1);
  expect(sleeps).toEqual(VERIFICATION_DELAYS_MS);
  expect(sleeps.reduce((sum, one) => sum + one, 0)).toBeLessThan(20_000);
});

test('a read that throws is not caught', async () => {
  const clock = { now: () => new Date(), sleep: async () => {} };
  await expect(
    readUntilVerified(
      () => Promise.reject(new Error('oops')),
      () => true,
      clock,
    ),
  ).rejects.toThrow('oops');
});
