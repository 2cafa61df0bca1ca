import { ModifyDBClusterCommand, RDSClient } from '@aws-sdk/client-rds';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createCluster } from '../../../scenes/rds/cluster.ts';
import { dbCluster } from '../../../shared/resources/rds/cluster.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

testResource(dbCluster, {
  events: {
    'rds/CreateDBCluster': ['sales'],
    'rds/ModifyDBCluster': ['sales'],
    'rds/ModifyDBCluster.rename': ['sales', 'sales-2026'],
    'rds/RestoreDBClusterFromSnapshot': ['sales-restored'],
    'rds/RestoreDBClusterFromS3': ['legacy-sales'],
    'rds/RestoreDBClusterToPointInTime': ['sales-yesterday'],
    'rds/PromoteReadReplicaDBCluster': ['sales-replica'],
    'rds/StartDBCluster': ['sales'],
    'rds/DeleteDBCluster': ['sales'],
    'rds/AddTagsToResource.cluster': ['sales'],
    'rds/AddTagsToResource': [],
    'rds/RemoveTagsFromResource': [],
    'rds/RDSDBClusterEvent': ['sales'],
  },
});

describe('clusters of the local account', () => {
  let account: TestAccount;
  beforeAll(async () => {
    account = await testAccount();
    await createCluster(sceneAccount(account), 'sales', { Tags: [{ Key: 'team', Value: 'shop' }] });
    await createCluster(sceneAccount(account), 'stock', { DeletionProtection: false, StorageEncrypted: false });
  });
  const refTo = (resourceId: string) => {
    const { accountId, region } = account;
    return { resourceType: dbCluster.type, resourceId, accountId, region };
  };
  const identified = (resourceId: string, resourceName: string | null = null, arn: string | null = null) =>
    dbCluster.identify?.(account.aws(), { ...refTo(resourceId), resourceName, arn });

  test('are read with the actions that are declared, and listed as they are read', async () => {
    const common = { Status: 'available', Engine: 'aurora-postgresql' };
    const { facets } = dbCluster;
    expect(await facets.deletionProtection.read(account.aws(), refTo('sales'))).toEqual({
      ...common,
      DeletionProtection: true,
    });
    expect(await facets.storage.read(account.aws(), refTo('stock'))).toEqual({ ...common, StorageEncrypted: false });
    await account
      .aws()(RDSClient)
      .send(new ModifyDBClusterCommand({ DBClusterIdentifier: 'stock', BackupRetentionPeriod: 3 }));
    expect(await facets.backup.read(account.aws(), refTo('stock'))).toEqual({
      ...common,
      BackupRetentionPeriod: 3,
      pending: null,
    });
    await expectDeclaredReads(dbCluster, 'sales', account);
    await expectListedAsRead(dbCluster, account);
  });

  test('belong to those whom their tags name', async () => {
    expect(await dbCluster.ownership?.read(account.aws(), refTo('sales'))).toEqual({
      tags: { team: 'shop' },
      service: null,
    });
  });

  test('one that is gone says so', async () => {
    await expect(dbCluster.facets.storage.read(account.aws(), refTo('gone'))).rejects.toMatchObject({
      name: expect.stringMatching(new RegExp(dbCluster.gone.join('|'))),
    });
  });

  test('are found by what AWS Config calls them, with the identifier beside it', async () => {
    const configId = (await dbCluster.configIdOf?.(account.aws(), refTo('sales'))) ?? '';
    expect(configId).toMatch(/^cluster-/);
    expect(await identified(configId, 'sales')).toBe('sales');
    expect(await identified(configId, null, dbCluster.arn(refTo('sales')))).toBe('sales');
    expect(await identified('sales')).toBe('sales');
  });
});
