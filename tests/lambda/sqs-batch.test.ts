import type { Logger } from '@aws-lambda-powertools/logger';
import { describe, expect, test } from '@jest/globals';
import type { Context, SQSRecord } from 'aws-lambda';
import type { Delivery } from '../../shared/engine/context.ts';
import { partialResponse, perMessage, retryLater } from '../../shared/lambda/sqs-batch.ts';
import type { Aws } from '../../shared/resource.ts';

const context = {} as Context;
const record = (messageId: string, body: unknown, receives?: number) => ({
  messageId,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  eventSource: 'aws:sqs',
  ...(receives === undefined ? {} : { attributes: { ApproximateReceiveCount: `${receives}` } }),
});

/** A function that fails for what is `bad`, and remembers what it was given. */
function worker() {
  const given: unknown[] = [];
  const heard: string[] = [];
  const deliveries: Delivery[] = [];
  const handler = perMessage(
    async (input, _, delivery) => {
      given.push(input);
      deliveries.push(delivery);
      if ((input as { bad?: boolean }).bad) throw new Error('bad');
      return { well: true };
    },
    async (error, { messageId }) => {
      heard.push(`${messageId}: ${error}`);
    },
  );
  return { handler, given, heard, deliveries };
}

describe('a batch of the queue', () => {
  test('is worked on message by message, and only what failed comes again', async () => {
    const { handler, given, heard } = worker();
    const Records = [
      record('a', { n: 1 }),
      record('b', { bad: true }),
      record('c', { n: 3 }),
      record('d', { bad: true }),
    ];
    expect(await handler({ Records }, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'd' }],
    });
    expect(given).toEqual([{ n: 1 }, { bad: true }, { n: 3 }, { bad: true }]);
    expect(heard).toEqual(['b: Error: bad', 'd: Error: bad']);
  });

  test('that all went well is done with', async () => {
    expect(await worker().handler({ Records: [record('a', {})] }, context)).toEqual({ batchItemFailures: [] });
  });

  test('says how often each message was received, and which try is the last before the dead-letter queue', async () => {
    const { handler, deliveries } = worker();
    const Records = [record('a', {}), record('b', {}, 1), record('c', {}, 5), record('d', {}, 6), record('e', {}, 7)];
    await handler({ Records }, context);
    expect(deliveries.map(({ receiveCount, isLastTry }) => [receiveCount, isLastTry])).toEqual([
      [1, false],
      [1, false],
      [5, false],
      [6, true],
      [7, true],
    ]);
  });

  test('hands over as text what is no JSON', async () => {
    const { handler, given } = worker();
    await handler({ Records: [record('a', '{"half')] }, context);
    expect(given).toEqual(['{"half']);
  });
});

test('records that have an order are handled in it, one at a time', async () => {
  const log: string[] = [];
  const records = ['a', 'b', 'c'].map((messageId) => record(messageId, {}) as unknown as SQSRecord);
  const handle = async ({ messageId }: SQSRecord) => {
    log.push(`begin ${messageId}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.push(`end ${messageId}`);
    if (messageId === 'b') throw new Error('bad');
  };
  expect(await partialResponse(records, handle, { inOrder: true })).toEqual({
    batchItemFailures: [{ itemIdentifier: 'b' }],
  });
  expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
});

test('a batch of which every message fails is a response, not an error of the function', async () => {
  const { handler } = worker();
  const Records = [record('a', { bad: true }), record('b', { bad: true })];
  expect(await handler({ Records }, context)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'b' }],
  });
});

describe('an input that somebody invokes it with', () => {
  test.each([
    ['an event', { 'detail-type': 'x', detail: {} }],
    ['nothing', null],
    ['records without message ids', { Records: [{ eventSource: 'aws:sqs', body: '{}' }] }],
    ['records of CloudTrail', { Records: [{ eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances' }] }],
    ['no records', { Records: [] }],
  ])('%s is worked on as it is', async (_what, input) => {
    const { handler, given } = worker();
    // `null` has no property to look at.
    const answer =
      input === null
        ? perMessage(
            async () => ({ well: true }),
            async () => {},
          )(input, context)
        : handler(input, context);
    expect(await answer).toEqual({ well: true });
    if (input !== null) expect(given).toEqual([input]);
  });

  test('has one try', async () => {
    const { handler, deliveries } = worker();
    await handler({}, context);
    expect(deliveries).toEqual([{ receiveCount: 1, isLastTry: true }]);
  });

  test('fails the invocation', async () => {
    await expect(worker().handler({ bad: true }, context)).rejects.toThrow('bad');
  });
});

test('a retry that cannot be brought forward is logged with its message and why; it comes all the same', async () => {
  const logged: unknown[] = [];
  const log = (message: string, fields: object) => logged.push([message, fields]);
  const logger = { error: log, warn: log } as unknown as Logger;
  const refused: Aws = () => {
    throw new Error('no client');
  };
  const failed = { ...record('a', {}, 2), eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:data' };
  await retryLater(logger, refused)(new Error('bad'), failed as unknown as SQSRecord);
  expect(logged).toEqual([
    ['failed, will be retried: bad', { messageId: 'a' }],
    [expect.stringContaining('the retry is delayed'), { messageId: 'a', reason: 'no client' }],
  ]);
});
