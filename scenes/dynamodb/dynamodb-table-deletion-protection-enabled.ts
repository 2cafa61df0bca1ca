import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createTable, describeTable } from './table.ts';

export default {
  title: 'A table loses its protection from deletion',
  expects: { 'dynamodb-table-deletion-protection-enabled': 'remediated' },
  async prepare(account) {
    const TableName = await createTable(account, 'orders');
    const other = await createTable(account, 'carts');
    return {
      state: () => describeTable(account, TableName),
      async neighbours() {
        const { DeletionProtectionEnabled: _, ...rest } = await describeTable(account, TableName);
        return { [`the rest of table ${TableName}`]: rest, [`table ${other}`]: await describeTable(account, other) };
      },
      async happen() {
        await account.aws(DynamoDBClient).send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
        const names = { 'requestParameters.tableName': TableName };
        return { event: freshEvent('dynamodb/UpdateTable', account, names) };
      },
    };
  },
} satisfies Scene;
