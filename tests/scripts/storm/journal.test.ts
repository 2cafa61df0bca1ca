import { expect, test } from '@jest/globals';
import { Journal } from '../../../scripts/storm/faults/journal.ts';

const NAME = 'dynamodb:TransactWriteItems';
const answer = (status: number) => ({ status, headers: {}, body: '' });
const withToken = (ClientRequestToken: string) => JSON.stringify({ ClientRequestToken });

test('a transaction that is repeated while it is on its way waits for the answer of the first', async () => {
  const journal = new Journal();
  const first = Promise.withResolvers<ReturnType<typeof answer>>();
  let made = 0;
  const make = () => {
    made += 1;
    return first.promise;
  };
  const both = [1, 2].map(() => journal.onceByToken(NAME, withToken('a'), make));
  first.resolve(answer(200));
  expect(await Promise.all(both)).toEqual([answer(200), answer(200)]);
  expect(await journal.onceByToken(NAME, withToken('a'), make)).toEqual(answer(200));
  expect(made).toBe(1);
});

test.each([
  ['was refused', () => Promise.resolve(answer(400))],
  ['had no answer', () => Promise.reject(new Error('reset'))],
])('a transaction that %s is made again', async (_, make) => {
  const journal = new Journal();
  await journal.onceByToken(NAME, withToken('a'), make).catch(() => null);
  expect(await journal.onceByToken(NAME, withToken('a'), async () => answer(200))).toEqual(answer(200));
});

test.each([
  ['another token', NAME, withToken('b')],
  ['no token', 'dynamodb:PutItem', '{}'],
])('a call with %s is one of its own', async (_, name, body) => {
  const journal = new Journal();
  await journal.onceByToken(NAME, withToken('a'), async () => answer(200));
  let made = 0;
  for (let times = 0; times < 2; times += 1)
    await journal.onceByToken(name, `${body}${' '.repeat(times)}`, async () => {
      made += 1;
      return answer(200);
    });
  expect(made).toBe(name === NAME ? 1 : 2);
});
