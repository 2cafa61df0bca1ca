import { expect, test } from '@jest/globals';
import { cachingReads } from '../../shared/aws/caching-clients.ts';
import type { Aws } from '../../shared/resource.ts';
import { named } from '../support/fake-resource.ts';

class Client {
  declare send: (command: object) => Promise<unknown>;
}
const commandNamed = (name: string, input: object) =>
  Object.assign(Object.create({ constructor: { name } }), { input });

/** Clients that count what they are asked and refuse as often as they are told. */
function counting(refusals = 0) {
  const asked: string[] = [];
  let left = refusals;
  const aws = (home: string): Aws =>
    ((_type: unknown, region = home) => ({
      async send(command: { constructor: { name: string }; input: object }) {
        asked.push(`${region} ${command.constructor.name} ${JSON.stringify(command.input)}`);
        left -= 1;
        if (left >= 0) throw named('ThrottlingException');
        return { answer: asked.length };
      },
    })) as unknown as Aws;
  const client = cachingReads(aws)('here');
  const ask = (name: string, input: object, region?: string) => client(Client, region).send(commandNamed(name, input));
  return { ask, asked };
}

test('the same read is asked once, by whoever and at once; another input, region or call is another', async () => {
  const { ask, asked } = counting();
  const [first, second] = await Promise.all([ask('GetLid', { id: 1 }), ask('GetLid', { id: 1 })]);
  expect(first).toBe(second);
  expect(await ask('GetLid', { id: 1 })).toBe(first);
  for (const other of [ask('GetLid', { id: 2 }), ask('GetLock', { id: 1 }), ask('GetLid', { id: 1 }, 'there')])
    expect(await other).not.toBe(first);
  expect(asked).toHaveLength(4);
});

test('a write is made each time', async () => {
  const { ask, asked } = counting();
  for (let time = 0; time < 2; time += 1) await ask('PutLid', { id: 1 });
  expect(asked).toHaveLength(2);
});

test('a read that failed is asked again', async () => {
  const { ask, asked } = counting(1);
  await expect(ask('GetLid', { id: 1 })).rejects.toThrow('ThrottlingException');
  expect(await ask('GetLid', { id: 1 })).toEqual({ answer: 2 });
  await ask('GetLid', { id: 1 });
  expect(asked).toHaveLength(2);
});
