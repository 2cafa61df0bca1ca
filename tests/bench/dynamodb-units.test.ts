import { expect, test } from '@jest/globals';
import { consumption, type DynamoCall } from '../../bench/dynamodb-units.ts';

const item = (pk: string, sk: string, bytes: number, listed?: { readonly list: string; readonly at: string }) => ({
  pk: { S: pk },
  sk: { S: sk },
  document: { S: 'x'.repeat(bytes) },
  ...(listed === undefined ? {} : { list: { S: listed.list }, at: { S: listed.at } }),
});
const SIZE = 'pk'.length + 1 + 'sk'.length + 1 + 'document'.length;
const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });

/** What the last of these calls consumes, after the others. */
function lastOf(...calls: readonly DynamoCall[]) {
  const consumedBy = consumption();
  return calls.map(consumedBy).at(-1);
}

test('a write is counted in kilobytes, once more for a new place in the index, and twice in a transaction', () => {
  const listed = { list: 'ACTIVE', at: '2026' };
  expect(lastOf({ Item: item('a', 'b', 100) })).toMatchObject({ writeUnits: 1, readUnits: 0 });
  expect(lastOf({ Item: item('a', 'b', 1100) })).toMatchObject({ writeUnits: 2 });
  expect(lastOf({ Item: item('a', 'b', 100, listed) })).toMatchObject({ writeUnits: 2 });
  expect(lastOf({ Item: item('a', 'b', 5000, listed) })).toMatchObject({ writeUnits: 6 });
  const transaction = {
    TransactItems: [{ Put: { Item: item('a', 'b', 100, listed) } }, { Put: { Item: item('a', 'c', 1) } }],
  };
  expect(lastOf(transaction)).toMatchObject({ writeUnits: 5 });
});

test('binary content counts by its bytes, not by the base64 that it travels in', () => {
  const binary = (bytes: number) => ({
    Item: { ...key('a', 'b'), document: { B: Buffer.alloc(bytes).toString('base64') } },
  });
  expect(lastOf(binary(1024 - SIZE))).toMatchObject({ writeUnits: 1, keptBytes: 1024 + 100 });
  expect(lastOf(binary(1025 - SIZE))).toMatchObject({ writeUnits: 2 });
});

test('what an item was before counts too: its size, and its place in the index', () => {
  const [first, second] = [
    { list: 'ACTIVE', at: '1' },
    { list: 'ACTIVE', at: '2' },
  ];
  const rewritten = (before: ReturnType<typeof item>, after: ReturnType<typeof item>) =>
    lastOf({ Item: before }, { Item: after })?.writeUnits;
  expect(rewritten(item('a', 'b', 3000), item('a', 'b', 1))).toBe(3);
  expect(rewritten(item('a', 'b', 1, first), item('a', 'b', 9, first))).toBe(1);
  expect(rewritten(item('a', 'b', 1, first), item('a', 'b', 1, second))).toBe(3);
  expect(rewritten(item('a', 'b', 1, first), item('a', 'b', 1, { ...first, list: 'QUIET' }))).toBe(3);
  expect(rewritten(item('a', 'b', 1, first), item('a', 'b', 1))).toBe(2);
});

test('an item that a transaction only checks costs as much as a write of it there', () => {
  const check = { TransactItems: [{ ConditionCheck: { Key: key('a', 'b') } }] };
  expect(lastOf(check)).toEqual({ writeUnits: 2, readUnits: 0, keptBytes: 0 });
  expect(lastOf({ Item: item('a', 'b', 1100) }, check)).toMatchObject({ writeUnits: 4 });
});

test('a read of items rounds each up by itself, a query all that it finds together', () => {
  const [big, other] = [{ Item: item('a', 'B#1', 9000) }, { Item: item('a', 'C#1', 9000) }];
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'a' } } };
  const prefixed = { ...query, ExpressionAttributeValues: { ':pk': { S: 'a' }, ':prefix': { S: 'B#' } } };
  const batch = { RequestItems: { ledger: { Keys: [key('a', 'B#1'), key('a', 'C#1'), key('a', 'none')] } } };
  expect(lastOf(big, other, { Key: key('a', 'B#1') })).toEqual({ readUnits: 3, writeUnits: 0, keptBytes: 0 });
  expect(lastOf(big, other, { Key: key('a', 'none') })).toMatchObject({ readUnits: 1 });
  expect(lastOf(big, other, query)).toMatchObject({ readUnits: 5 });
  expect(lastOf(big, other, prefixed)).toMatchObject({ readUnits: 3 });
  expect(lastOf(big, other, batch)).toMatchObject({ readUnits: 3 + 3 + 1 });
});

test('a read of the index costs half, and by the keys alone', () => {
  const written = Array.from({ length: 300 }, (_, index) => ({
    Item: item('a', `${index}`.padStart(3, '0'), 9000, { list: 'L', at: `account|${index % 2}` }),
  }));
  const of = (KeyConditionExpression: string, list: string, from: string) => ({
    IndexName: 'lists',
    KeyConditionExpression,
    ExpressionAttributeValues: { ':list': { S: list }, ':from': { S: from } },
  });
  const entry = 'pk'.length + 1 + 'sk'.length + 3 + 'list'.length + 1 + 'at'.length + 'account|0'.length;
  const [since, within] = ['#list = :list AND #at >= :from', '#list = :list AND begins_with(#at, :from)'];
  const unitsOf = (entries: number) => Math.ceil((entries * entry) / 4096) / 2;
  expect(lastOf(...written, of(since, 'L', '0'))).toEqual({
    readUnits: unitsOf(300),
    writeUnits: 0,
    keptBytes: 0,
  });
  expect(lastOf(...written, of(since, 'L', 'account|1'))).toMatchObject({ readUnits: unitsOf(150) });
  expect(lastOf(...written, of(within, 'L', 'account|0'))).toMatchObject({ readUnits: unitsOf(150) });
  expect(lastOf(...written, of(since, 'M', '0'))).toMatchObject({ readUnits: 0.5 });
});

test('an item that stays takes room, and its keys once more in the index', () => {
  expect(lastOf({ Item: item('a', 'b', 10) })).toMatchObject({ keptBytes: SIZE + 10 + 100 });
  expect(lastOf({ Item: item('a', 'b', 10) }, { Item: item('a', 'b', 10) })).toMatchObject({ keptBytes: 0 });
  const places = 'list'.length + 1 + 'at'.length + 1;
  const keys = 'pk'.length + 1 + 'sk'.length + 1 + places;
  expect(lastOf({ Item: item('a', 'b', 10, { list: 'L', at: '5' }) })).toMatchObject({
    keptBytes: SIZE + 10 + places + 100 + keys + 100,
  });
});
