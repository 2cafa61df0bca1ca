import {
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { expect, test } from '@jest/globals';
import { dbClusterSnapshot } from '../../../shared/resources/rds/cluster-snapshot.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const ID = 'sales-before-upgrade';

testResource(dbClusterSnapshot, {
  events: {
    'rds/CreateDBClusterSnapshot': [ID],
    'rds/CopyDBClusterSnapshot': [ID],
    'rds/ModifyDBClusterSnapshotAttribute': [ID],
    'rds/DeleteDBClusterSnapshot': [ID],
    'rds/AddTagsToResource.snapshot': [],
    'rds/AddTagsToResource.cluster': [],
    'rds/RemoveTagsFromResource': [],
  },
});

test('a snapshot whose exempting tag goes is looked at', async () => {
  const account = await testAccount();
  const untagged = sampleEvent('rds/RemoveTagsFromResource', { ':db:orders': `:cluster-snapshot:${ID}` });
  expect(await idsFrom(dbClusterSnapshot, untagged, account)).toEqual([ID]);
});

test.each(['aurora-postgresql', 'neptune'])(
  'a snapshot of %s is read and listed with no more than the declared actions',
  async (Engine) => {
    const account = await testAccount();
    const rds = account.aws()(RDSClient);
    const DBClusterIdentifier = 'sales';
    await rds.send(
      new CreateDBClusterCommand({
        DBClusterIdentifier,
        Engine,
        MasterUsername: 'admin1',
        MasterUserPassword: 'not-a-secret',
      }),
    );
    await rds.send(new CreateDBClusterSnapshotCommand({ DBClusterIdentifier, DBClusterSnapshotIdentifier: ID }));
    await expectDeclaredReads(dbClusterSnapshot, ID, account);
    await expectListedAsRead(dbClusterSnapshot, account);
    const { accountId, region } = account;
    const ref = { resourceType: dbClusterSnapshot.type, resourceId: ID, accountId, region };
    const share = (...ValuesToAdd: string[]) =>
      rds.send(
        new ModifyDBClusterSnapshotAttributeCommand({
          DBClusterSnapshotIdentifier: ID,
          AttributeName: 'restore',
          ValuesToAdd,
        }),
      );
    await share('444455556666');
    expect(await dbClusterSnapshot.facets.sharing.read(account.aws(), ref)).toEqual({ public: false });
    await share('all');
    expect(await dbClusterSnapshot.facets.sharing.read(account.aws(), ref)).toEqual({ public: true });
    const gone = { ...ref, resourceId: 'gone' };
    await expect(dbClusterSnapshot.facets.sharing.read(account.aws(), gone)).rejects.toMatchObject({
      name: expect.stringMatching(dbClusterSnapshot.gone.join('|')),
    });
  },
);
