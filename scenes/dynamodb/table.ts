import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import type { SceneAccount } from '../scene.ts';

/** Creates a table as every control wants it, and gives its name. */
export async function createTable({ aws, name }: SceneAccount, base: string): Promise<string> {
  const TableName = name(base);
  const client = aws(DynamoDBClient);
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
    }),
  );
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
  return TableName;
}

/** All of a table that a control could touch. */
export async function describeTable({ aws }: SceneAccount, TableName: string) {
  const client = aws(DynamoDBClient);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
  const { PointInTimeRecoveryDescription } = ContinuousBackupsDescription ?? {};
  return { ...Table, pointInTimeRecovery: PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus };
}
