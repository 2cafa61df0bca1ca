import { expect, test } from '@jest/globals';
import { atMost } from '../shared/at-most.ts';

test('so many run at once and no more, all are run, and one that fails makes room for the next', async () => {
  const inTurn = atMost(3);
  let running = 0;
  let most = 0;
  const settled = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      inTurn(async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, n % 4));
        running -= 1;
        if (n % 5 === 0) throw new Error('so it is');
        return n;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(4);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(16);
});
