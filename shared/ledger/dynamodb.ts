import { gunzipSync, gzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  type QueryCommandInput,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Aws } from '../resource.ts';
import type { Ledger } from './ledger.ts';
import { ConflictError, type Item, type Store, type Write } from './store.ts';
import { ledgerIn } from './stored-ledger.ts';

/** Documents above this many characters are kept compressed: an item may have 400 KB, a large security group's two states more. */
const PLAIN_LIMIT = 100_000;

const pack = (value: unknown): string | Uint8Array => {
  const text = JSON.stringify(value);
  return text.length <= PLAIN_LIMIT ? text : gzipSync(text);
};
const unpack = (stored: string | Uint8Array): unknown =>
  JSON.parse(typeof stored === 'string' ? stored : gunzipSync(stored).toString());

/** The index over all resources: the items of one list, by `at`. */
const LISTS = 'lists';

/** The ledger's DynamoDB table (resources/ledger.yml): `pk` and `sk`, an optimistic `version`, and the `lists` index. */
export function dynamoStore(aws: Aws, table: string): Store {
  const client = DynamoDBDocumentClient.from(aws(DynamoDBClient), { marshallOptions: { removeUndefinedValues: true } });

  async function* pages(query: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<Item> {
    for await (const page of paginateQuery({ client }, { TableName: table, ...query }))
      for (const item of (page.Items ?? []).map(itemOf)) if (item.document !== null) yield item;
  }

  return {
    async get(pk, sk) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true }));
      return Item === undefined ? null : itemOf(Item);
    },
    query: (pk, prefix = '') =>
      Array.fromAsync(
        pages({
          KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': pk, ...(prefix === '' ? {} : { ':prefix': prefix }) },
          ConsistentRead: true,
        }),
      ),
    list: (list, since = '0') =>
      pages({
        IndexName: LISTS,
        KeyConditionExpression: '#list = :list AND #at >= :since',
        ExpressionAttributeNames: { '#list': 'list', '#at': 'at' },
        ExpressionAttributeValues: { ':list': list, ':since': since },
      }),
    async commit(writes) {
      try {
        const puts = writes.map((write) => putOf(write, table));
        const [only] = puts;
        // One item needs no transaction, which costs twice as much.
        if (only !== undefined && puts.length === 1) await client.send(new PutCommand(only));
        else await client.send(new TransactWriteCommand({ TransactItems: puts.map((Put) => ({ Put })) }));
      } catch (error) {
        if (isConflict(error)) throw new ConflictError('another run wrote first', { cause: error });
        throw error;
      }
    },
  };
}

function itemOf({ pk, sk, version, document, list, at }: Record<string, unknown>): Item {
  return {
    pk: String(pk),
    sk: String(sk),
    version: Number(version),
    document: unpack(document as string | Uint8Array),
    ...(list === undefined ? {} : { listed: { list: String(list), at: String(at) } }),
  };
}

/** The conditional put that a write is. */
function putOf({ pk, sk, read, document, listed }: Write, TableName: string) {
  const condition =
    read === 0
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : { ConditionExpression: 'version = :read', ExpressionAttributeValues: { ':read': read } };
  return { TableName, Item: { pk, sk, version: read + 1, document: pack(document), ...listed }, ...condition };
}

const CONFLICTS = ['ConditionalCheckFailed', 'TransactionConflict'];

function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ConditionalCheckFailedException' || error.name === 'TransactionConflictException') return true;
  if (error.name !== 'TransactionCanceledException') return false;
  const { CancellationReasons = [] } = error as { CancellationReasons?: readonly { readonly Code?: string }[] };
  return CancellationReasons.some(({ Code = '' }) => CONFLICTS.includes(Code));
}

/** The ledger in its DynamoDB table. */
export const dynamoLedger = (aws: Aws, table: string): Ledger => ledgerIn(dynamoStore(aws, table));
