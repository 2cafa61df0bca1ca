import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, expect, test } from '@jest/globals';
import { sendEvents } from '../../shared/aws/put-events.ts';
import type { Aws } from '../../shared/resource.ts';

interface Entry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

let close = () => {};
afterEach(() => close());

/** A bus that refuses an entry as often as `refusals` says for its number. */
async function bus(refusals: Readonly<Record<number, number>>) {
  const left: Record<number, number> = { ...refusals };
  const taken: Entry[] = [];
  const sizes: number[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { Entries } = JSON.parse((await buffer(incoming)).toString()) as { readonly Entries: readonly Entry[] };
    sizes.push(Entries.length);
    const answers = Entries.map((entry) => {
      const { n } = JSON.parse(entry.Detail) as { n: number };
      if ((left[n] ?? 0) > 0) {
        left[n] = (left[n] ?? 0) - 1;
        return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
      }
      taken.push(entry);
      return { EventId: `e-${n}` };
    });
    const FailedEntryCount = answers.filter((answer) => 'ErrorCode' in answer).length;
    outgoing.end(JSON.stringify({ FailedEntryCount, Entries: answers }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => server.close();
  const address = server.address();
  const client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  return { taken, sizes, aws: (() => client) as unknown as Aws };
}

const events = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ detailType: 'Evenkeel Recheck', detail: { n } }));
const numbers = (taken: readonly Entry[]) => taken.map(({ Detail }) => JSON.parse(Detail).n).sort((a, b) => a - b);

test('events go ten at a time, from evenkeel', async () => {
  const { taken, sizes, aws } = await bus({});
  await sendEvents(aws, events(23));
  expect(sizes).toEqual([10, 10, 3]);
  expect(numbers(taken)).toEqual(Array.from({ length: 23 }, (_, n) => n));
  expect(taken[0]).toMatchObject({ Source: 'evenkeel', DetailType: 'Evenkeel Recheck' });
});

test('what EventBridge refuses for the moment is sent again, and nothing else', async () => {
  const { taken, sizes, aws } = await bus({ 1: 1, 4: 2 });
  await sendEvents(aws, events(6));
  expect(sizes).toEqual([6, 2, 1]);
  expect(numbers(taken)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('what it goes on refusing is an error that says why', async () => {
  const { taken, aws } = await bus({ 2: 99 });
  await expect(sendEvents(aws, events(3))).rejects.toThrow(
    'EventBridge refused 1 events of ours: ThrottlingException: Rate exceeded',
  );
  expect(numbers(taken)).toEqual([0, 1]);
});
