import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  type QueryCommandInput,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { carried } from '../aws/answer.ts';
import type { Aws } from '../resource.ts';
import { exponentialBackoff, retry } from '../retry.ts';
import { counted } from '../text.ts';
import { systemClock } from '../time.ts';
import { fromTable } from './absent-table.ts';
import type { AnchorLog } from './anchors.ts';
import { pack, unpack } from './codec.ts';
import type { Ledger } from './ledger.ts';
import { ConflictError, type Item, type ItemKey, type Range, type ReadItem, type Store, type Write } from './store.ts';
import { ledgerIn } from './stored-ledger.ts';

/** The index over all resources: the keys of the items of one list, by `at`. */
const LISTS = 'lists';
/** DynamoDB's own limit. */
const MAX_BATCH = 100;
/** Up to 8 tries of a batch that answers nothing: the table is throttled. */
const EMPTY_BATCH_BACKOFF = exponentialBackoff(25, 1_000, 8);

class EmptyBatchError extends Error {
  override readonly name = 'EmptyBatchError';
}

/** The ledger's DynamoDB table (resources/ledger.yml): `pk` and `sk`, an optimistic `version`, and the `lists` index. */
export function dynamoStore(aws: Aws, table: string): Store {
  const client = DynamoDBDocumentClient.from(aws(DynamoDBClient), { marshallOptions: { removeUndefinedValues: true } });
  // A stack of its own: others ask the same client for other tables.
  client.middlewareStack = client.middlewareStack.clone();
  client.middlewareStack.add((next) => (call) => fromTable(table, next(call)), { step: 'initialize' });

  async function* pages(query: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<readonly Attributes[]> {
    for await (const { Items = [], Count } of paginateQuery({ client }, { TableName: table, ...query })) {
      // "Nothing paused, nothing exempt" has to be said.
      carried('Query', 'Count', Count);
      yield Items;
    }
  }

  /** The items of these keys, in their order; what is not there is left out. */
  async function batch(keys: readonly ItemKey[]): Promise<readonly Item[]> {
    const found = new Map<string, Item>();
    let left: readonly Attributes[] = keys.map(({ pk, sk }) => ({ pk, sk }));
    const readMore = async () => {
      const request = { [table]: { Keys: [...left], ConsistentRead: true } };
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetCommand({ RequestItems: request }));
      const answered = (carried('BatchGetItem', 'Responses', Responses)[table] ?? []).map(itemOf);
      for (const item of answered) found.set(textOf(item), item);
      left = UnprocessedKeys?.[table]?.Keys ?? [];
      if (left.length > 0 && answered.length === 0)
        throw new EmptyBatchError(`DynamoDB left ${counted(left.length, 'item')} of ${table} unread`);
    };
    const when = (error: unknown) => error instanceof EmptyBatchError;
    while (left.length > 0) await retry(readMore, { clock: systemClock, backoff: EMPTY_BATCH_BACKOFF, when });
    return keys.flatMap((key) => found.get(textOf(key)) ?? []);
  }

  return {
    async get(pk, sk) {
      // An item that is not there leaves no other trace in the answer than what it has cost.
      const asked = { ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' } as const;
      const { Item, ConsumedCapacity } = await client.send(
        new GetCommand({ TableName: table, Key: { pk, sk }, ...asked }),
      );
      if (Item === undefined) carried('GetItem', 'ConsumedCapacity', ConsumedCapacity);
      return Item === undefined ? null : itemOf(Item);
    },
    async query(pk, prefix = '') {
      const query = {
        KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ...(prefix === '' ? {} : { ':prefix': prefix }) },
        ConsistentRead: true,
      };
      return (await Array.fromAsync(pages(query))).flat().map(itemOf).filter(hasContent);
    },
    async *list(list, range = {}) {
      for await (const page of pages({ IndexName: LISTS, ...conditionOf(list, range) }))
        for (let start = 0; start < page.length; start += MAX_BATCH)
          // The index may be behind: the item itself says whether it is still in the list.
          for (const item of await batch(page.slice(start, start + MAX_BATCH).map(keyOf)))
            if (item.listed?.list === list && hasContent(item)) yield item;
    },
    async commit(writes, checks = []) {
      const [only] = writes;
      // One item needs no transaction, which costs twice as much.
      if (only !== undefined && writes.length + checks.length === 1) return put(only);
      const puts = writes.map((write) => ({ Put: putOf(write, table) }));
      const asked = checks.map((check) => ({ ConditionCheck: checkOf(check, table) }));
      await orConflict(client.send(new TransactWriteCommand({ TransactItems: [...puts, ...asked] })));
    },
  };

  /** Writes one item. Where an answer was lost, the SDK's retry finds the item written by ourselves: that is no conflict. */
  async function put(write: Write): Promise<void> {
    const writer = randomBytes(6).toString('base64url');
    const { Item, ...rest } = putOf(write, table);
    try {
      const returned = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
      await client.send(new PutCommand({ ...rest, Item: { ...Item, writer }, ...returned }));
    } catch (error) {
      if (!isConflict(error)) throw error;
      // Attributes of an error come as they were sent, with their types.
      const { Item: found } = error as { readonly Item?: Readonly<Record<string, { readonly S?: string }>> };
      if (found?.writer?.S !== writer) throw new ConflictError('another run wrote first', { cause: error });
    }
  }
}

type Attributes = Readonly<Record<string, unknown>>;

const hasContent = ({ document }: Item) => document !== null;
const textOf = ({ pk, sk }: ItemKey) => JSON.stringify([pk, sk]);
const keyOf = ({ pk, sk }: Attributes): ItemKey => ({ pk: String(pk), sk: String(sk) });

function itemOf({ pk, sk, version, document, list, at }: Attributes): Item {
  return {
    pk: String(pk),
    sk: String(sk),
    version: Number(version),
    document: unpack(document as string | Uint8Array),
    ...(list === undefined ? {} : { listed: { list: String(list), at: String(at) } }),
  };
}

const conditionOf = (list: string, { since = '0', prefix }: Range) => ({
  KeyConditionExpression: `#list = :list AND ${prefix === undefined ? '#at >= :from' : 'begins_with(#at, :from)'}`,
  ExpressionAttributeNames: { '#list': 'list', '#at': 'at' },
  ExpressionAttributeValues: { ':list': list, ':from': prefix ?? since },
});

const asRead = (read: number) =>
  read === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'version = :read', ExpressionAttributeValues: { ':read': read } };

/** The conditional put that a write is. */
const putOf = ({ pk, sk, read, document, listed }: Write, TableName: string) => ({
  TableName,
  Item: { pk, sk, version: read + 1, document: pack(document), ...listed } as Record<string, unknown>,
  ...asRead(read),
});

const checkOf = ({ pk, sk, read }: ReadItem, TableName: string) => ({ TableName, Key: { pk, sk }, ...asRead(read) });

async function orConflict(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (isConflict(error)) throw new ConflictError('another run wrote first', { cause: error });
    throw error;
  }
}

const CONFLICTS = ['ConditionalCheckFailed', 'TransactionConflict'];

function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ConditionalCheckFailedException' || error.name === 'TransactionConflictException') return true;
  if (error.name !== 'TransactionCanceledException') return false;
  const { CancellationReasons = [] } = error as { CancellationReasons?: readonly { readonly Code?: string }[] };
  return CancellationReasons.some(({ Code = '' }) => CONFLICTS.includes(Code));
}

/** The ledger in its DynamoDB table. `log` keeps each entry of a chain outside it. */
export const dynamoLedger = (aws: Aws, table: string, log?: AnchorLog): Ledger =>
  ledgerIn(dynamoStore(aws, table), Date.now, log);
