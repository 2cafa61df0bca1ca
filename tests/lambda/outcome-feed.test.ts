import { expect, test } from '@jest/globals';
import { outcomeFeed } from '../../shared/lambda/outcome-feed.ts';
import { systemClock } from '../../shared/time.ts';
import { fakeAws } from '../support/fake-aws.ts';
import { outcomeOf } from '../support/outcome.ts';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}
const clock = { ...systemClock, sleep: async () => {} };
const many = (count: number) => Array.from({ length: count }, (_, index) => outcomeOf({}, { id: `n-${index}` }));

/** A queue that refuses a message as often as `refusals` says. */
function queue(refusals: Readonly<Record<string, number>> = {}) {
  const left: Record<string, number> = { ...refusals };
  const taken: string[] = [];
  const { aws, calls } = fakeAws({
    SendMessageBatch: ({ Entries }) => ({
      Failed: (Entries as readonly Entry[]).flatMap(({ Id, MessageBody }) => {
        const { id } = JSON.parse(MessageBody);
        left[id] = (left[id] ?? 0) - 1;
        if (left[id] >= 0) return [{ Id, Code: 'ServiceUnavailable', Message: 'slower', SenderFault: false }];
        taken.push(id);
        return [];
      }),
    }),
  });
  const entries = () => calls.map(({ input }) => input.Entries as readonly Entry[]);
  return { taken, calls, entries, send: outcomeFeed(aws, 'https://sqs.example.com/outcomes', clock) };
}

test('outcomes are sent in their order, ten in a call; those that are refused again', async () => {
  const { send, taken, calls, entries } = queue({ 'n-3': 2 });
  await send(many(12));
  expect(entries().map(({ length }) => length)).toEqual([10, 1, 1, 2]);
  expect(taken.toSorted()).toEqual(
    many(12)
      .map(({ id }) => id)
      .toSorted(),
  );
  expect(calls[0]?.input.QueueUrl).toBe('https://sqs.example.com/outcomes');
});

test('one that is still refused throws', async () => {
  await expect(queue({ 'n-0': 9 }).send(many(1))).rejects.toThrow(
    'an outcome could not be sent on: ServiceUnavailable: slower',
  );
});

test('none is sent for none', async () => {
  const { send, calls } = queue();
  await send([]);
  expect(calls).toEqual([]);
});

test('whatever it says, SQS takes it, and it reads as the same', async () => {
  const { send, entries } = queue();
  const outcome = outcomeOf({ annotation: 'a\u0000\ufffe\uffff\u{1f600}\ud800' });
  await send([outcome]);
  const [{ MessageBody = '' } = {}] = (entries()[0] ?? []) as Partial<Entry>[];
  expect(MessageBody).not.toMatch(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  expect(JSON.parse(MessageBody)).toEqual(outcome);
});
