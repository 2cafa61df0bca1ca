import { DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { createTable, describeTable } from '../../../scenes/dynamodb/table.ts';
import { sceneAccount } from '../test-scene.ts';
import type { Stage } from './stage.ts';

/** The event's table as it was created: not protected from deletion, and without point-in-time recovery. */
export const tableUnprotected: Stage = async (account, { record }) => {
  const scene = sceneAccount(account);
  const TableName = await createTable(scene, record.requestParameters.tableName);
  const client = account.aws()(DynamoDBClient);
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: false };
  await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
  await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
  const state = async () => {
    const { pointInTimeRecovery, DeletionProtectionEnabled } = await describeTable(scene, TableName);
    return { pointInTimeRecovery, DeletionProtectionEnabled };
  };
  return { renamed: {}, state, right: { pointInTimeRecovery: 'ENABLED', DeletionProtectionEnabled: true } };
};
