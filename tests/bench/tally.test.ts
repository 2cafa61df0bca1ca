import { expect, test } from '@jest/globals';
import { tallying } from '../../bench/tally.ts';

const call = (service: string, body: unknown) => ({
  service,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const item = (pk: string, sk: string, bytes: number, listed?: { readonly list: string; readonly at: string }) => ({
  pk: { S: pk },
  sk: { S: sk },
  document: { S: 'x'.repeat(bytes) },
  ...(listed === undefined ? {} : { list: { S: listed.list }, at: { S: listed.at } }),
});
/** What calls to DynamoDB amount to, of which the last alone is asked. */
function lastOf(...bodies: readonly unknown[]) {
  const { see, taken } = tallying();
  for (const body of bodies.slice(0, -1)) see(call('dynamodb', body));
  taken();
  see(call('dynamodb', bodies.at(-1)));
  return taken();
}

test('a write is counted in kilobytes, once more for the index, and twice in a transaction', () => {
  const listed = { list: 'FINDING', at: '2026' };
  expect(lastOf({ Item: item('a', 'b', 100) })).toMatchObject({ writeUnits: 1, readUnits: 0, calls: 1 });
  expect(lastOf({ Item: item('a', 'b', 1100) })).toMatchObject({ writeUnits: 2 });
  expect(lastOf({ Item: item('a', 'b', 100, listed) })).toMatchObject({ writeUnits: 2 });
  const transaction = {
    TransactItems: [{ Put: { Item: item('a', 'b', 100, listed) } }, { Put: { Item: item('a', 'c', 1) } }],
  };
  expect(lastOf(transaction)).toMatchObject({ writeUnits: 5 });
});

test('what an item was before counts too: its size, and its place in the index', () => {
  const [first, second] = [
    { list: 'FINDING', at: '1' },
    { list: 'FINDING', at: '2' },
  ];
  expect(lastOf({ Item: item('a', 'b', 3000) }, { Item: item('a', 'b', 1) })).toMatchObject({ writeUnits: 3 });
  expect(lastOf({ Item: item('a', 'b', 1, first) }, { Item: item('a', 'b', 1, first) })).toMatchObject({
    writeUnits: 2,
  });
  expect(lastOf({ Item: item('a', 'b', 1, first) }, { Item: item('a', 'b', 1, second) })).toMatchObject({
    writeUnits: 3,
  });
  expect(lastOf({ Item: item('a', 'b', 1, first) }, { Item: item('a', 'b', 1) })).toMatchObject({ writeUnits: 2 });
});

test('a read is counted by what was written: of an item, of a key with a prefix, and half as much of the index', () => {
  const [big, other] = [{ Item: item('a', 'B#1', 9000) }, { Item: item('a', 'C#1', 9000, { list: 'L', at: '5' }) }];
  const query = { KeyConditionExpression: '…', ExpressionAttributeValues: { ':pk': { S: 'a' } } };
  const prefixed = { ...query, ExpressionAttributeValues: { ':pk': { S: 'a' }, ':prefix': { S: 'B#' } } };
  const list = (since: string) => ({
    IndexName: 'lists',
    ExpressionAttributeValues: { ':list': { S: 'L' }, ':since': { S: since } },
  });
  expect(lastOf(big, other, { Key: { pk: { S: 'a' }, sk: { S: 'B#1' } } })).toMatchObject({
    readUnits: 3,
    writeUnits: 0,
  });
  expect(lastOf(big, other, { Key: { pk: { S: 'a' }, sk: { S: 'none' } } })).toMatchObject({ readUnits: 1 });
  expect(lastOf(big, other, query)).toMatchObject({ readUnits: 5 });
  expect(lastOf(big, other, prefixed)).toMatchObject({ readUnits: 3 });
  expect(lastOf(big, other, list('0'))).toMatchObject({ readUnits: 1.5 });
  expect(lastOf(big, other, list('6'))).toMatchObject({ readUnits: 0.5 });
});

test('an item that stays takes room, and its copy in the index as much again', () => {
  const size = 'pk'.length + 1 + 'sk'.length + 1 + 'document'.length + 10;
  expect(lastOf({ Item: item('a', 'b', 10) })).toMatchObject({ keptBytes: size + 100 });
  expect(lastOf({ Item: item('a', 'b', 10) }, { Item: item('a', 'b', 10) })).toMatchObject({ keptBytes: 0 });
  const listed = size + 'list'.length + 1 + 'at'.length + 1;
  expect(lastOf({ Item: item('a', 'b', 10, { list: 'L', at: '5' }) })).toMatchObject({ keptBytes: 2 * (listed + 100) });
});

test('other services are counted by what they charge for, and all calls together', () => {
  const { see, taken } = tallying();
  see(call('sqs', { QueueUrl: 'q' }));
  see(call('s3', ''));
  see(call('events', { Entries: [{}, {}] }));
  see(call('events', { NamePrefix: 'evenkeel' }));
  see(call('sns', 'Action=Publish&TopicArn=t'));
  see(call('sns', 'Action=ListSubscriptionsByTopic&TopicArn=t'));
  see(call('ec2', 'Action=DescribeVolumes'));
  expect(taken()).toEqual({
    sqsRequests: 1,
    s3Requests: 1,
    ownEvents: 2,
    publishes: 1,
    calls: 7,
    writeUnits: 0,
    readUnits: 0,
    keptBytes: 0,
  });
  expect(taken()).toMatchObject({ calls: 0, sqsRequests: 0 });
});
