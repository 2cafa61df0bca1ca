import {
  CreateDBClusterSnapshotCommand,
  DescribeDBClusterSnapshotAttributesCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { createCluster } from './cluster.ts';

const share = ({ aws }: SceneAccount, id: string, account: string) =>
  aws(RDSClient).send(
    new ModifyDBClusterSnapshotAttributeCommand({
      DBClusterSnapshotIdentifier: id,
      AttributeName: 'restore',
      ValuesToAdd: [account],
    }),
  );

/** Creates a snapshot that one other account may restore. */
async function createSharedSnapshot(account: SceneAccount, database: string): Promise<string> {
  const id = account.name(`${database}-before-upgrade`);
  await account
    .aws(RDSClient)
    .send(new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: database, DBClusterSnapshotIdentifier: id }));
  await share(account, id, '444455556666');
  return id;
}

export default {
  title: 'A snapshot of a cluster that one account may restore is made public',
  expects: { 'rds-cluster-snapshot-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const database = await createCluster(account, 'sales');
    const snapshot = await createSharedSnapshot(account, database);
    const other = await createSharedSnapshot(account, database);
    const sharedWith = async (id: string) => {
      const asked = new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier: id });
      const { DBClusterSnapshotAttributesResult: result } = await account.aws(RDSClient).send(asked);
      return result?.DBClusterSnapshotAttributes?.flatMap(({ AttributeValues = [] }) => AttributeValues) ?? [];
    };
    return {
      state: () => sharedWith(snapshot),
      neighbours: async () => ({
        [`accounts that may restore ${snapshot}`]: (await sharedWith(snapshot)).filter((one) => one !== 'all'),
        [`accounts that may restore ${other}`]: await sharedWith(other),
      }),
      async happen() {
        await share(account, snapshot, 'all');
        const names = { 'requestParameters.dBClusterSnapshotIdentifier': snapshot };
        return { event: freshEvent('rds/ModifyDBClusterSnapshotAttribute', account, names) };
      },
    };
  },
} satisfies Scene;
