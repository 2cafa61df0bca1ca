import { createHash } from 'node:crypto';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Aws } from '../resource.ts';

/** How the keys of these items begin; the role of the function may touch no others of the table. */
export const THREADS = 'SLACK_THREAD|';

/** The messages of a channel that others answer in their thread, by what they are about. */
export interface Threads {
  /** The first of these that has a message; null where none has. */
  find(keys: readonly string[]): Promise<string | null>;
  keep(keys: readonly string[], ts: string): Promise<void>;
}

/** In the table of the ledger, beside what the ledger itself keeps there. */
export function threadsIn(aws: Aws, TableName: string, channel: string): Threads {
  const client = aws(DynamoDBClient);
  const keyOf = (key: string) => {
    // Ids may be longer than a key of DynamoDB, and another channel has other threads.
    const hash = createHash('sha256')
      .update(JSON.stringify([channel, key]))
      .digest('hex');
    return { pk: { S: `${THREADS}${hash}` }, sk: { S: 'THREAD' } };
  };
  return {
    async find(keys) {
      for (const key of keys) {
        const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(key), ConsistentRead: true }));
        if (Item?.ts?.S !== undefined) return Item.ts.S;
      }
      return null;
    },
    async keep(keys, ts) {
      for (const key of keys)
        await client.send(new PutItemCommand({ TableName, Item: { ...keyOf(key), ts: { S: ts } } }));
    },
  };
}
