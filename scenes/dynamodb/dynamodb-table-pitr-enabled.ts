import { DynamoDBClient, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createTable, describeTable } from './table.ts';

export default {
  title: 'Point-in-time recovery of a table is turned off',
  expects: { 'dynamodb-table-pitr-enabled': 'remediated' },
  async prepare(account) {
    const TableName = await createTable(account, 'orders');
    const other = await createTable(account, 'carts');
    return {
      state: () => describeTable(account, TableName),
      async neighbours() {
        const { pointInTimeRecovery: _, ...rest } = await describeTable(account, TableName);
        return { [`the rest of table ${TableName}`]: rest, [`table ${other}`]: await describeTable(account, other) };
      },
      async happen() {
        await account.aws(DynamoDBClient).send(
          new UpdateContinuousBackupsCommand({
            TableName,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
          }),
        );
        const names = { 'requestParameters.tableName': TableName };
        return { event: freshEvent('dynamodb/UpdateContinuousBackups', account, names) };
      },
    };
  },
} satisfies Scene;
