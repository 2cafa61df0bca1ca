import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { dynamoLedger, dynamoStore } from '../../shared/ledger/dynamodb.ts';
import { NEW_RESOURCE } from '../../shared/ledger/ledger.ts';
import { ConflictError, type Write } from '../../shared/ledger/store.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { ledgerAccount } from '../support/ledger-account.ts';
import { testLedger } from '../support/test-ledger.ts';
import { testStore } from '../support/test-store.ts';

const { aws, store, endpoint, env } = await ledgerAccount();

/** The table by a wire that changes answers, and a client that retries. */
const wire = await wireTo(endpoint);
const client = new DynamoDBClient({ endpoint: wire.endpoint, maxAttempts: 3 });
const far = dynamoStore((() => client) as never, env.EVENKEEL_TABLE ?? '');

testStore('in DynamoDB', async () => store);
testLedger('in DynamoDB', async () => ledgerIn(store));

test('a table that does not exist is named, in every call', async () => {
  const lost = dynamoLedger(aws(), 'absent');
  const session = { key: 'k', version: 0, state: NEW_RESOURCE, shared: null, records: new Map() };
  const calls = [
    lost.load('k'),
    lost.loadShared(session),
    lost.update(session, (next) => ({ next, answer: undefined })),
    lost.adopt(session, 'r'),
    lost.remediation('r'),
    lost.markOnce('k'),
    Array.fromAsync(lost.active()),
    dynamoStore(aws(), 'absent').commit([{ pk: 'p', sk: 's', read: 0, document: 'd' }]),
  ];
  for (const call of await Promise.allSettled(calls))
    expect(call).toMatchObject({
      status: 'rejected',
      reason: { name: 'ResourceNotFoundException', message: 'there is no table absent in this region' },
    });
});

describe('where the network fails', () => {
  beforeEach(() => wire.alter([]));
  afterAll(() => client.destroy());

  test.each([0, 1])('a write whose answer was lost was made once, and is no conflict: version %i', async (read) => {
    const at = { pk: `pk-${randomUUID()}`, sk: 'A' };
    if (read > 0) await store.commit([{ ...at, read: 0, document: 'before' }]);
    const lost = () => {
      wire.alter([]);
      return JSON.stringify({ __type: 'InternalServerError' });
    };
    wire.alter([{ call: 'dynamodb:PutItem', status: 500, change: lost }]);
    wire.take();
    await far.commit([{ ...at, read, document: 'mine' }]);
    expect(wire.take()).toEqual(['dynamodb:PutItem', 'dynamodb:PutItem']);
    expect(await store.get(at.pk, at.sk)).toEqual({ ...at, version: read + 1, document: 'mine' });
    await expect(far.commit([{ ...at, read, document: 'again' }])).rejects.toThrow(ConflictError);
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['an item', 'dynamodb:GetItem', () => far.get('somebody', 'else')],
    ['a query', 'dynamodb:Query', () => far.query('somebody')],
  ])('of %s an answer with nothing in it does not say that there is nothing', async (_what, call, ask) => {
    wire.alter([{ call, change: () => '' }]);
    await expect(ask()).rejects.toThrow('answered without');
    wire.alter([]);
    await expect(ask()).resolves.toEqual(call.endsWith('Query') ? [] : null);
  });

  test('what a batch leaves out is asked for again', async () => {
    const list = `list ${randomUUID()}`;
    const ats = Array.from({ length: 50 }, (_, index) => String(100 + index));
    await store.commit(ats.map((at) => ({ pk: list, sk: at, read: 0, document: { at }, listed: { list, at } })));
    wire.alter([{ call: 'dynamodb:BatchGetItem', change: halved }]);
    const items = await Array.fromAsync(far.list(list));
    expect(items.map(({ document }) => document)).toEqual(ats.map((at) => ({ at })));
    expect(wire.calls.filter((call) => call === 'dynamodb:BatchGetItem').length).toBeGreaterThan(3);
  });

  test('an index that is behind lists nothing that has left the list, is empty or is gone', async () => {
    const [list, other] = [`list ${randomUUID()}`, `list ${randomUUID()}`];
    const write = (sk: string, more: Partial<Write> = {}): Write => ({
      ...{ pk: list, sk, read: 0, document: sk, listed: { list, at: 'A' } },
      ...more,
    });
    await store.commit(['stays', 'elsewhere', 'empty'].map((sk) => write(sk)));
    const index = await indexOf(list);
    await store.commit([
      write('elsewhere', { read: 1, listed: { list: other, at: 'A' } }),
      write('empty', { read: 1, document: null }),
    ]);
    const gone = { ...index[0], sk: { S: 'gone' } };
    wire.alter([{ call: 'dynamodb:Query', change: () => JSON.stringify({ Items: [...index, gone], Count: 4 }) }]);
    expect((await Array.fromAsync(far.list(list))).map(({ sk }) => sk)).toEqual(['stays']);
  });

  test.each<[string, object, boolean]>([
    ['a condition that does not hold', canceled('None', 'ConditionalCheckFailed'), true],
    ['a transaction beside it', canceled('TransactionConflict'), true],
    ['a transaction on the one item', { __type: 'TransactionConflictException' }, true],
    ['a table that is too slow', canceled('None', 'ThrottlingError'), false],
    ['a table that is not there', { __type: 'ResourceNotFoundException' }, false],
  ])('%s is or is not a conflict', async (_what, answer, isConflict) => {
    const write = { pk: `pk-${randomUUID()}`, sk: 'A', read: 0, document: 'mine' };
    for (const writes of [[write], [write, { ...write, sk: 'B' }]]) {
      wire.alter([{ call: 'dynamodb:', status: 400, isWithheld: true, change: () => JSON.stringify(answer) }]);
      const thrown = await far.commit(writes).catch((error: unknown) => error);
      expect(thrown instanceof ConflictError).toBe(isConflict);
      expect(thrown).toBeInstanceOf(Error);
      if (isConflict) expect((thrown as Error).cause).toMatchObject({ $metadata: { httpStatusCode: 400 } });
    }
    wire.alter([]);
    expect(await store.get(write.pk, 'A')).toBeNull();
  });

  test('what is left out again and again is an error, and no list that is shorter', async () => {
    const list = `list ${randomUUID()}`;
    await store.commit([{ pk: list, sk: 'A', read: 0, document: 1, listed: { list, at: 'A' } }]);
    wire.alter([{ call: 'dynamodb:BatchGetItem', change: (body) => withAnswered(body, 0) }]);
    await expect(Array.fromAsync(far.list(list))).rejects.toThrow(/left 1 item of .* unread/);
  });
});

/** How DynamoDB says why it did not make a transaction. */
function canceled(...codes: readonly string[]) {
  return { __type: 'TransactionCanceledException', CancellationReasons: codes.map((Code) => ({ Code })) };
}

/** What the index holds of a list now, as DynamoDB writes it. */
async function indexOf(list: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  let body = '{}';
  wire.alter([{ call: 'dynamodb:Query', change: (answer) => (body = answer) }]);
  await Array.fromAsync(far.list(list));
  wire.alter([]);
  return JSON.parse(body).Items;
}

interface BatchAnswer {
  readonly Responses: Readonly<Record<string, readonly { readonly pk: unknown; readonly sk: unknown }[]>>;
}

const halved = (body: string): string => {
  const [items = []] = Object.values((JSON.parse(body) as BatchAnswer).Responses);
  return withAnswered(body, Math.ceil(items.length / 2));
};

/** A batch's answer that holds the first `count` items and leaves the others out. */
function withAnswered(body: string, count: number): string {
  const [[table, items] = ['', []]] = Object.entries((JSON.parse(body) as BatchAnswer).Responses);
  const left = items.slice(count).map(({ pk, sk }) => ({ pk, sk }));
  return JSON.stringify({
    Responses: { [table]: items.slice(0, count) },
    UnprocessedKeys: left.length === 0 ? {} : { [table]: { Keys: left } },
  });
}
