import { DynamoDBClient, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { createTable } from '../../../scenes/dynamodb/table.ts';
import { table } from '../../../shared/resources/dynamodb/table.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

testResource(table, {
  events: {
    'dynamodb/CreateBackupSelection': ['orders'],
    'dynamodb/BackupJobStateChange': ['orders'],
    'dynamodb/BackupJobStateChange.running': [],
    'dynamodb/CreateTable': ['orders'],
    'dynamodb/ImportTable': ['orders-imported'],
    'dynamodb/RestoreTableFromBackup': ['orders-restored'],
    'dynamodb/RestoreTableToPointInTime': ['orders-yesterday'],
    'dynamodb/DeleteTable': ['orders'],
    'dynamodb/UpdateTable': ['orders'],
    'dynamodb/UpdateTable.by-arn': ['orders'],
    'dynamodb/UpdateTable.unnamed': ['orders'],
    'dynamodb/UpdateContinuousBackups': ['orders'],
    'dynamodb/TagResource': ['orders'],
    'dynamodb/UntagResource': ['orders'],
  },
  lookups: ['DeleteBackupSelection', 'DeleteBackupPlan'],
});

test('a table of the local account is read with the actions that are declared, and belongs to whom its tags name', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  await createTable(sceneAccount(account), 'orders');
  const ref = { resourceType: table.type, resourceId: 'orders', accountId, region };
  const { facets, ownership } = table;
  expect(await facets.pointInTimeRecovery.read(account.aws(), ref)).toEqual({
    TableStatus: 'ACTIVE',
    PointInTimeRecoveryStatus: 'ENABLED',
  });
  await expectDeclaredReads(table, 'orders', account);
  await expectListedAsRead(table, account);
  const Tags = [{ Key: 'team', Value: 'shop' }];
  await account
    .aws()(DynamoDBClient)
    .send(new TagResourceCommand({ ResourceArn: table.arn(ref), Tags }));
  expect(await ownership?.read(account.aws(), ref)).toEqual({ tags: { team: 'shop' }, service: null });
  // What AWS Backup lists says nothing of what it never backed up.
  const { protection: _, ...own } = facets;
  for (const { read } of Object.values(own))
    await expect(read(account.aws(), { ...ref, resourceId: 'gone' })).rejects.toMatchObject({
      name: expect.stringMatching(table.gone.join('|')),
    });
});
