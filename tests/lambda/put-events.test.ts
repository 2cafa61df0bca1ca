import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from '@jest/globals';
import { DETAIL_TYPES, putEvents } from '../../shared/lambda/put-events.ts';
import { OUTCOMES } from '../../shared/result.ts';
import { fakeAws } from '../support/fake-aws.ts';
import { outcomeOf, SECURITY_GROUP, TIME } from '../support/outcome.ts';

const clock = { sleep: async () => {} };
const many = (count: number) => Array.from({ length: count }, (_, index) => outcomeOf({}, { id: `n-${index}` }));

/** A bus that answers each entry by its id and how often it came. */
function bus(answer: (id: string, attempt: number) => PutEventsResultEntry | undefined = (id) => ({ EventId: id })) {
  const attempts = new Map<string, number>();
  const { aws, calls } = fakeAws({
    PutEvents: ({ Entries }) => {
      const answers = (Entries as readonly PutEventsRequestEntry[]).map(({ Detail = '' }) => {
        const { id } = JSON.parse(Detail);
        attempts.set(id, (attempts.get(id) ?? 0) + 1);
        return answer(id, attempts.get(id) ?? 0);
      });
      return { Entries: answers, FailedEntryCount: answers.filter((one) => one?.ErrorCode !== undefined).length };
    },
  });
  return { aws, attempts, entries: () => calls.map(({ input }) => input.Entries as readonly PutEventsRequestEntry[]) };
}

test('an event is on our bus, by our source, with what happened as its type and the outcome as its detail', async () => {
  const { aws, entries } = bus();
  const outcome = outcomeOf();
  expect(await putEvents(aws, 'evenkeel-prod-outcomes', [outcome], clock)).toEqual([]);
  expect(entries()).toEqual([
    [
      {
        EventBusName: 'evenkeel-prod-outcomes',
        Source: 'evenkeel',
        DetailType: 'Drift Remediated',
        Detail: JSON.stringify(outcome),
        Resources: [SECURITY_GROUP],
        Time: new Date(TIME),
      },
    ],
  ]);
});

test('each outcome has a type of its own, but for the two that say that it is over', () => {
  expect(Object.keys(DETAIL_TYPES).sort()).toEqual([...OUTCOMES].sort());
  expect(new Set(Object.values(DETAIL_TYPES)).size).toBe(OUTCOMES.length - 1);
});

test('ten go in a call, and fewer where they are large', async () => {
  const small = bus();
  await putEvents(small.aws, 'bus', many(21), clock);
  expect(small.entries().map(({ length }) => length)).toEqual([10, 10, 1]);
  const large = bus();
  const outcomes = many(4).map((one) => ({ ...one, annotation: 'x'.repeat(100_000) }));
  await putEvents(large.aws, 'bus', outcomes, clock);
  expect(large.entries().map(({ length }) => length)).toEqual([2, 2]);
});

describe('an entry that is refused', () => {
  test.each(['ThrottlingException', 'InternalFailure'])('by %s is put again, alone', async (ErrorCode) => {
    const { aws, entries } = bus((id, attempt) => (id === 'n-1' && attempt < 3 ? { ErrorCode } : { EventId: id }));
    expect(await putEvents(aws, 'bus', many(3), clock)).toEqual([]);
    expect(entries().map(({ length }) => length)).toEqual([3, 1, 1]);
  });

  test('without an answer is put again', async () => {
    const { aws, attempts } = bus((id, attempt) => (attempt === 1 ? undefined : { EventId: id }));
    expect(await putEvents(aws, 'bus', many(1), clock)).toEqual([]);
    expect(attempts.get('n-0')).toBe(2);
  });

  test.each([
    ['MalformedDetail', 'invalid', 1],
    ['NotAuthorizedForSourceException', 'lasting', 1],
    ['ThrottlingException', 'passing', 4],
  ])('by %s for good is %s, and the others are put', async (ErrorCode, kind, tries) => {
    const { aws, attempts } = bus((id) => (id === 'n-1' ? { ErrorCode, ErrorMessage: 'why' } : { EventId: id }));
    const outcomes = many(3);
    expect(await putEvents(aws, 'bus', outcomes, clock)).toEqual([
      { entry: outcomes[1], kind, reason: `${ErrorCode}: why` },
    ]);
    expect(Object.fromEntries(attempts)).toEqual({ 'n-0': 1, 'n-1': tries, 'n-2': 1 });
  });

  test('with its call keeps no later call from being made', async () => {
    let calls = 0;
    const { aws } = fakeAws({
      PutEvents: ({ Entries }) => {
        calls += 1;
        if (calls === 1) throw Object.assign(new Error('no such bus'), { name: 'ResourceNotFoundException' });
        return { Entries: (Entries as readonly unknown[]).map(() => ({ EventId: 'x' })) };
      },
    });
    const notPut = await putEvents(aws, 'bus', many(11), clock);
    expect(notPut).toHaveLength(10);
    expect(notPut[0]).toMatchObject({ kind: 'lasting', reason: 'ResourceNotFoundException: no such bus' });
  });
});
