import { expect, test } from '@jest/globals';
import { inTurn, median } from '../../bench/in-turn.ts';

test('the median is the middle one, not the mean', () => {
  expect(median([100, 1, 2])).toBe(2);
  expect(median([10, 9, 100, 1])).toBe(10);
  expect(median([])).toBe(0);
});

/** Contenders that take these milliseconds of a clock of their own, round by round, and as many to prepare. */
function race(durations: Readonly<Record<string, readonly number[]>>) {
  let time = 0;
  const order: string[] = [];
  const contenders = Object.fromEntries(
    Object.entries(durations).map(([name, each]) => {
      let round = 0;
      const contender = async () => {
        time += 1_000;
        return async () => {
          order.push(name);
          time += each[round++] ?? 0;
        };
      };
      return [name, contender];
    }),
  );
  return { contenders, order, now: () => time };
}

test('contenders work in turn; the first round and what is prepared are not counted', async () => {
  const { contenders, order, now } = race({ slow: [900, 30, 20, 10], fast: [900, 1, 3, 2] });
  const rounds: unknown[] = [];
  const medians = await inTurn(contenders, { rounds: 3, now, say: (round, took) => rounds.push([round, took]) });
  expect(order).toEqual(['slow', 'fast', 'slow', 'fast', 'slow', 'fast', 'slow', 'fast']);
  expect(medians).toEqual({ slow: 20, fast: 2 });
  expect(rounds).toEqual([
    [1, { slow: 30, fast: 1 }],
    [2, { slow: 20, fast: 3 }],
    [3, { slow: 10, fast: 2 }],
  ]);
});

test('a contender that fails ends the race', async () => {
  const failing = async () => async () => {
    throw new Error('not remediated');
  };
  await expect(inTurn({ failing }, { rounds: 1 })).rejects.toThrow('not remediated');
});
