import {
  CreateDBClusterSnapshotCommand,
  DescribeDBClusterSnapshotAttributesCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createCluster } from './cluster.ts';
import { sharingDrift } from './shared-snapshot.ts';

export default {
  title: 'A snapshot of a cluster that one account may restore is made public',
  expects: { 'rds-cluster-snapshot-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const rds = account.aws(RDSClient);
    const DBClusterIdentifier = await createCluster(account, 'sales');
    return sharingDrift(account, DBClusterIdentifier, {
      create: (DBClusterSnapshotIdentifier) =>
        rds.send(new CreateDBClusterSnapshotCommand({ DBClusterIdentifier, DBClusterSnapshotIdentifier })),
      share: (DBClusterSnapshotIdentifier, ...ValuesToAdd) =>
        rds.send(
          new ModifyDBClusterSnapshotAttributeCommand({
            DBClusterSnapshotIdentifier,
            AttributeName: 'restore',
            ValuesToAdd,
          }),
        ),
      async sharedWith(DBClusterSnapshotIdentifier) {
        const asked = new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier });
        const { DBClusterSnapshotAttributesResult: found } = await rds.send(asked);
        return found?.DBClusterSnapshotAttributes?.flatMap(({ AttributeValues = [] }) => AttributeValues) ?? [];
      },
      event: (id) =>
        freshEvent('rds/ModifyDBClusterSnapshotAttribute', account, {
          'requestParameters.dBClusterSnapshotIdentifier': id,
        }),
    });
  },
} satisfies Scene;
