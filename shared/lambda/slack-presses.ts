import { createHash } from 'node:crypto';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Press } from '../notify/slack-press.ts';
import type { Aws } from '../resource.ts';

/** How the keys of these items begin; the role of the function that writes them may put no others into the table. */
export const PRESSES = 'SLACK_PRESS|';

/** A press, and when it came, milliseconds since 1970. */
export interface KeptPress extends Press {
  readonly at: number;
}

/** Names a request by its signature: the same request again has the same. */
export const pressIdOf = (signature: string): string => createHash('sha256').update(signature).digest('hex');

/** The presses that were checked, in the table of the ledger: whoever carries one out reads it there, since a message of a queue may be anybody's. */
export function pressesIn(aws: Aws, TableName: string) {
  const client = aws(DynamoDBClient);
  const keyOf = (id: string) => ({ pk: { S: `${PRESSES}${id}` }, sk: { S: 'PRESS' } });
  return {
    /** False where it was kept before. */
    async keep(id: string, press: KeptPress): Promise<boolean> {
      const Item = { ...keyOf(id), press: { S: JSON.stringify(press) } };
      try {
        const ConditionExpression = 'attribute_not_exists(pk)';
        await client.send(new PutItemCommand({ TableName, Item, ConditionExpression }));
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
        throw error;
      }
    },
    async find(id: string): Promise<KeptPress | null> {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(id), ConsistentRead: true }));
      return Item?.press?.S === undefined ? null : JSON.parse(Item.press.S);
    },
  };
}
