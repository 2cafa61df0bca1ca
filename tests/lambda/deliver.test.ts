import { expect, test } from '@jest/globals';
import { deliver, type Refusal } from '../../shared/lambda/deliver.ts';

const clock = { sleep: async () => {} };
const passing: Refusal = { kind: 'passing', reason: 'slower' };

test('what may be taken in a moment is sent again, and nothing else', async () => {
  const calls: string[][] = [];
  const answers: Readonly<Record<string, readonly (Refusal | null)[]>> = {
    a: [null],
    b: [passing, null],
    c: [{ kind: 'invalid', reason: 'no' }],
    d: [passing, passing, passing, passing],
    e: [passing, { kind: 'off', reason: 'off' }],
  };
  const call = async (left: readonly string[]) => {
    const attempt = calls.push([...left]) - 1;
    return left.map((entry) => answers[entry]?.[attempt] ?? null);
  };
  expect(await deliver(['a', 'b', 'c', 'd', 'e'], call, clock)).toEqual([
    { entry: 'c', kind: 'invalid', reason: 'no' },
    { entry: 'd', ...passing },
    { entry: 'e', kind: 'off', reason: 'off' },
  ]);
  expect(calls).toEqual([['a', 'b', 'c', 'd', 'e'], ['b', 'd', 'e'], ['d'], ['d']]);
});

test('a call that fails is the reason of all that was left, and of nothing that was taken before', async () => {
  let calls = 0;
  const call = async (left: readonly string[]): Promise<readonly (Refusal | null)[]> => {
    calls += 1;
    if (calls > 1) throw Object.assign(new Error('gone'), { name: 'TimeoutError' });
    return left.map((entry) => (entry === 'a' ? null : passing));
  };
  expect(await deliver(['a', 'b'], call, clock)).toEqual([
    { entry: 'b', kind: 'lasting', reason: 'TimeoutError: gone' },
  ]);
  expect(calls).toBe(2);
});
