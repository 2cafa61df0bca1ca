import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { freshEvent } from '../../../scenes/fresh-event.ts';
import privateSubnet from '../../../scenes/rds/rds-instance-private-subnet-required.ts';
import tls from '../../../scenes/rds/rds-instance-tls-required.ts';
import { changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { route } from '../../../shared/engine/intake/route.ts';
import { dbInstance } from '../../../shared/resources/rds/instance.ts';
import { sampleEvent } from '../../support/samples.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';
import { witness } from '../../support/witness.ts';

testResource(dbInstance, {
  events: {
    'rds/CreateBackupSelection': ['orders'],
    'rds/BackupJobStateChange': ['orders'],
    'rds/BackupJobStateChange.running': [],
    'rds/CreateDBInstance': ['orders'],
    'rds/CreateDBInstance.aurora': ['carts-1'],
    'rds/CreateDBInstanceReadReplica': ['orders-replica'],
    'rds/RestoreDBInstanceFromDBSnapshot': ['orders-restored'],
    'rds/RestoreDBInstanceFromS3': ['legacy'],
    'rds/RestoreDBInstanceToPointInTime': ['orders-yesterday'],
    'rds/StartDBInstance': ['orders'],
    'rds/DeleteDBInstance': ['orders'],
    'rds/ModifyDBInstance': ['orders'],
    'rds/AddTagsToResource': ['orders'],
    'rds/AddTagsToResource.snapshot': [],
    'rds/RemoveTagsFromResource': ['orders'],
    'rds/ModifyDBInstance.omitted': ['orders'],
    'rds/ModifyDBInstance.rename': ['orders', 'orders-old'],
    'rds/RDSDBInstanceEvent': ['orders'],
    'rds/RDSDBInstanceEvent.prefixed': ['orders'],
  },
  lookups: [
    'DeleteBackupSelection',
    'DeleteBackupPlan',
    'ModifyDBParameterGroup',
    'ResetDBParameterGroup',
    'CreateDBSubnetGroup',
    'ModifyDBSubnetGroup',
    'CreateRoute',
    'ReplaceRoute',
    'DeleteRoute',
    'AssociateRouteTable',
    'ReplaceRouteTableAssociation',
    'DisassociateRouteTable',
  ],
});

describe('instances of the local account', () => {
  let account: TestAccount;
  let configId = '';
  beforeAll(async () => {
    account = await testAccount();
    for (const [name, PubliclyAccessible] of [
      ['orders', true],
      ['carts', false],
    ] as const) {
      const { DBInstance } = await account
        .aws()(RDSClient)
        .send(
          new CreateDBInstanceCommand({
            DBInstanceIdentifier: name,
            DBInstanceClass: 'db.t4g.medium',
            Engine: 'postgres',
            MasterUsername: 'app',
            MasterUserPassword: 'not-for-the-ledger',
            AllocatedStorage: 20,
            PubliclyAccessible,
            Tags: [{ Key: 'team', Value: name }],
          }),
        );
      if (name === 'orders') configId = DBInstance?.DbiResourceId ?? '';
    }
  });
  const refTo = (resourceId: string) => {
    const { accountId, region } = account;
    return { resourceType: dbInstance.type, resourceId, accountId, region };
  };
  const identified = (names: { resourceId: string; resourceName?: string | null; arn?: string | null }) =>
    dbInstance.identify?.(account.aws(), { resourceName: null, arn: null, ...refTo(names.resourceId), ...names });

  test('are read with the actions that are declared, listed as they are read, and without their secrets', async () => {
    expect(await dbInstance.facets.instance.read(account.aws(), refTo('orders'))).toEqual({
      DBInstanceStatus: 'available',
      Engine: 'postgres',
      DBClusterIdentifier: null,
      PubliclyAccessible: true,
    });
    const common = { DBInstanceStatus: 'available', Engine: 'postgres', DBClusterIdentifier: null };
    const { facets } = dbInstance;
    const backup = { ...common, replicaOf: null, BackupRetentionPeriod: 1, pending: null };
    expect(await facets.backup.read(account.aws(), refTo('orders'))).toEqual(backup);
    expect(await facets.storage.read(account.aws(), refTo('orders'))).toEqual({ ...common, StorageEncrypted: false });
    // In no VPC, it has no routes.
    await expectDeclaredReads(dbInstance, 'orders', account, ['ec2:DescribeRouteTables']);
    await expectListedAsRead(dbInstance, account);
  });

  test('belong to those whom their tags name', async () => {
    const ownership = await dbInstance.ownership?.read(account.aws(), refTo('orders'));
    expect(ownership).toEqual({ tags: { team: 'orders' }, service: null });
  });

  test('one that is gone says so', async () => {
    await expect(dbInstance.facets.instance.read(account.aws(), refTo('gone'))).rejects.toMatchObject({
      name: expect.stringMatching(new RegExp(dbInstance.gone.join('|'))),
    });
  });

  test('are found by what AWS Config calls them, with the identifier beside it or without', async () => {
    expect(configId).toMatch(/^db-/);
    expect(await identified({ resourceId: configId, resourceName: 'orders' })).toBe('orders');
    expect(await identified({ resourceId: configId, arn: dbInstance.arn(refTo('orders')) })).toBe('orders');
    expect(await identified({ resourceId: configId })).toBe('orders');
    expect(await identified({ resourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXY0' })).toBeNull();
    expect(await dbInstance.configIdOf?.(account.aws(), refTo('orders'))).toBe(configId);
  });

  test('an item of AWS Config, by its own id, leads to the identifier', async () => {
    const item = { resourceType: dbInstance.type, resourceId: configId, awsAccountId: account.accountId };
    const [change] = changesIn({ messageType: 'ConfigurationItemChangeNotification', configurationItem: item });
    if (change === undefined) throw new Error('no change');
    const context = { controls: [witness(dbInstance)], aws: account.aws, fallback: account };
    const { subjects } = await route(change, context);
    expect(subjects.map(({ ref }) => ref)).toEqual([refTo('orders')]);
  });

  test('an identifier in capitals, and an ARN in its place, name the same instance', async () => {
    const context = { controls: [witness(dbInstance)], aws: account.aws, fallback: account };
    for (const name of ['ORDERS', 'arn:aws:rds:eu-west-1:111122223333:db:orders']) {
      const [change] = changesIn(
        sampleEvent('rds/ModifyDBInstance.omitted', {
          '"dBInstanceIdentifier": "orders"': `"DBInstanceIdentifier": "${name}"`,
        }),
      );
      if (change === undefined) throw new Error('no change');
      const { subjects } = await route(change, context);
      expect(subjects.map(({ ref }) => ref.resourceId)).toEqual(['orders']);
    }
  });
});

describe('what instances stand on leads to them', () => {
  test('their parameter group, whatever is done to it', async () => {
    const account = await testAccount();
    const { happen } = await tls.prepare(sceneAccount(account));
    const { event } = await happen();
    expect(await idsFrom(dbInstance, event, account)).toEqual(['orders']);
    const names = { 'requestParameters.dBParameterGroupName': 'orders-tls' };
    expect(await idsFrom(dbInstance, freshEvent('rds/ResetDBParameterGroup', account, names), account)).toEqual([
      'orders',
    ]);
    const unused = { 'requestParameters.dBParameterGroupName': 'nobodys' };
    expect(await idsFrom(dbInstance, freshEvent('rds/ModifyDBParameterGroup', account, unused), account)).toEqual([]);
  });

  test('their subnet group and their route tables', async () => {
    const account = await testAccount();
    const { happen } = await privateSubnet.prepare(sceneAccount(account));
    const { event } = await happen();
    expect(await idsFrom(dbInstance, event, account)).toEqual(['orders']);
    const { request } = callIn(event);
    const byTable = { 'requestParameters.routeTableId': String(request?.routeTableId) };
    for (const name of ['ReplaceRoute', 'DeleteRoute', 'AssociateRouteTable', 'ReplaceRouteTableAssociation'])
      expect(await idsFrom(dbInstance, freshEvent(`rds/${name}`, account, byTable), account)).toEqual(['orders']);
    // It says which association is gone, and no more.
    const gone = freshEvent('rds/DisassociateRouteTable', account);
    expect([...(await idsFrom(dbInstance, gone, account))].sort()).toEqual(['carts', 'orders']);
    const byGroup = { 'requestParameters.dBSubnetGroupName': 'orders-private' };
    for (const name of ['CreateDBSubnetGroup', 'ModifyDBSubnetGroup'])
      expect(await idsFrom(dbInstance, freshEvent(`rds/${name}`, account, byGroup), account)).toEqual(['orders']);
  });
});

function callIn(event: object) {
  const [change] = changesIn(event);
  if (change?.kind !== 'call') throw new Error('no call');
  return change.record;
}
