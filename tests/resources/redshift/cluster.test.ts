import { ModifyClusterParameterGroupCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import { expect, test } from '@jest/globals';
import { freshEvent } from '../../../scenes/fresh-event.ts';
import { createCluster } from '../../../scenes/redshift/cluster.ts';
import { redshiftCluster } from '../../../shared/resources/redshift/cluster.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

testResource(redshiftCluster, {
  events: {
    'redshift/CreateCluster': ['warehouse'],
    'redshift/ModifyCluster': ['warehouse'],
    'redshift/ModifyCluster.rename': ['warehouse', 'warehouse-2026'],
    'redshift/RestoreFromClusterSnapshot': ['warehouse-restored'],
    'redshift/ResumeCluster': ['warehouse'],
    'redshift/DeleteCluster': ['warehouse'],
    'redshift/EnableLogging': ['warehouse'],
    'redshift/DisableLogging': ['warehouse'],
    'redshift/CreateTags': ['warehouse'],
    'redshift/DeleteTags': ['warehouse'],
    'redshift/DeleteTags.snapshot': [],
  },
  lookups: ['ModifyClusterParameterGroup', 'ResetClusterParameterGroup'],
});

test('a cluster of the local account is read and listed with the actions that are declared', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  await createCluster(sceneAccount(account), 'warehouse');
  const ref = { resourceType: redshiftCluster.type, resourceId: 'warehouse', accountId, region };
  const { facets } = redshiftCluster;
  expect(await facets.logging.read(account.aws(), ref)).toMatchObject({
    ClusterStatus: 'available',
    LoggingEnabled: true,
    S3KeyPrefix: 'redshift/',
  });
  const activity = () => facets.userActivity.read(account.aws(), ref);
  expect(await activity()).toEqual({ groups: ['warehouse-audit'], isLogged: true });
  await expectDeclaredReads(redshiftCluster, 'warehouse', account);
  await expectListedAsRead(redshiftCluster, account);
  for (const { read } of Object.values(facets))
    await expect(read(account.aws(), { ...ref, resourceId: 'gone' })).rejects.toMatchObject({
      name: expect.stringMatching(redshiftCluster.gone.join('|')),
    });

  const Parameters = [{ ParameterName: 'enable_user_activity_logging', ParameterValue: 'false' }];
  const off = { ParameterGroupName: 'warehouse-audit', Parameters };
  await account.aws()(RedshiftClient).send(new ModifyClusterParameterGroupCommand(off));
  expect(await activity()).toMatchObject({ isLogged: false });
});

test('a parameter group leads to the clusters that have it', async () => {
  const account = await testAccount();
  await createCluster(sceneAccount(account), 'warehouse');
  await createCluster(sceneAccount(account), 'reports');
  for (const name of ['ModifyClusterParameterGroup', 'ResetClusterParameterGroup'])
    expect(await idsFrom(redshiftCluster, freshEvent(`redshift/${name}`, account), account)).toEqual(['warehouse']);
});
