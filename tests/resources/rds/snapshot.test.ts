import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { expect, test } from '@jest/globals';
import { dbSnapshot } from '../../../shared/resources/rds/snapshot.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const ID = 'orders-before-upgrade';

testResource(dbSnapshot, {
  events: {
    'rds/CreateDBSnapshot': [ID],
    'rds/CopyDBSnapshot': [ID],
    'rds/ModifyDBSnapshotAttribute': [ID],
    'rds/DeleteDBSnapshot': [ID],
    'rds/AddTagsToResource.snapshot': ['rds:orders'],
    'rds/AddTagsToResource.cluster': [],
    'rds/RemoveTagsFromResource': [],
  },
});

test('a snapshot is read and listed with no more than the declared actions', async () => {
  const account = await testAccount();
  const rds = account.aws()(RDSClient);
  const DBInstanceIdentifier = 'orders';
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      Engine: 'postgres',
      DBInstanceClass: 'db.t4g.micro',
      MasterUsername: 'admin1',
      MasterUserPassword: 'not-a-secret',
      AllocatedStorage: 20,
    }),
  );
  const Tags = [{ Key: 'team', Value: 'orders' }];
  await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier: ID, Tags }));
  await expectDeclaredReads(dbSnapshot, ID, account);
  await expectListedAsRead(dbSnapshot, account);
  const ref = { resourceType: dbSnapshot.type, resourceId: ID, accountId: account.accountId, region: account.region };
  const share = (...ValuesToAdd: string[]) =>
    rds.send(new ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier: ID, AttributeName: 'restore', ValuesToAdd }));
  await share('444455556666');
  expect(await dbSnapshot.facets.sharing.read(account.aws(), ref)).toEqual({ public: false });
  await share('all');
  expect(await dbSnapshot.facets.sharing.read(account.aws(), ref)).toEqual({ public: true });
  expect(await dbSnapshot.ownership?.read(account.aws(), ref)).toEqual({ tags: { team: 'orders' }, service: null });
  const gone = { ...ref, resourceId: 'gone' };
  await expect(dbSnapshot.facets.sharing.read(account.aws(), gone)).rejects.toMatchObject({
    name: expect.stringMatching(dbSnapshot.gone.join('|')),
  });
});

test('an identifier in capitals, or an ARN, names the same snapshot', async () => {
  const account = await testAccount();
  const named = (id: string) =>
    idsFrom(dbSnapshot, sampleEvent('rds/ModifyDBSnapshotAttribute', { [ID]: id }), account);
  expect(await named('Orders-Before-Upgrade')).toEqual([ID]);
  expect(await named(`arn:aws:rds:eu-west-1:111122223333:snapshot:${ID}`)).toEqual([ID]);
  expect(await named('rds:orders-2026-11-03-22-10')).toEqual(['rds:orders-2026-11-03-22-10']);
});
