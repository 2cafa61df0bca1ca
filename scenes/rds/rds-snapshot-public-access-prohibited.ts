import {
  CreateDBSnapshotCommand,
  DescribeDBSnapshotAttributesCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { createInstance } from './instance.ts';

const share = ({ aws }: SceneAccount, id: string, account: string) =>
  aws(RDSClient).send(
    new ModifyDBSnapshotAttributeCommand({
      DBSnapshotIdentifier: id,
      AttributeName: 'restore',
      ValuesToAdd: [account],
    }),
  );

/** Creates a snapshot that one other account may restore. */
async function createSharedSnapshot(account: SceneAccount, database: string): Promise<string> {
  const id = account.name(`${database}-before-upgrade`);
  await account
    .aws(RDSClient)
    .send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: database, DBSnapshotIdentifier: id }));
  await share(account, id, '444455556666');
  return id;
}

export default {
  title: 'A snapshot of an instance that one account may restore is made public',
  expects: { 'rds-snapshot-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const database = await createInstance(account, 'orders');
    const snapshot = await createSharedSnapshot(account, database);
    const other = await createSharedSnapshot(account, database);
    const sharedWith = async (id: string) => {
      const asked = new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: id });
      const { DBSnapshotAttributesResult: result } = await account.aws(RDSClient).send(asked);
      return result?.DBSnapshotAttributes?.flatMap(({ AttributeValues = [] }) => AttributeValues) ?? [];
    };
    return {
      state: () => sharedWith(snapshot),
      neighbours: async () => ({
        [`accounts that may restore ${snapshot}`]: (await sharedWith(snapshot)).filter((one) => one !== 'all'),
        [`accounts that may restore ${other}`]: await sharedWith(other),
      }),
      async happen() {
        await share(account, snapshot, 'all');
        const names = { 'requestParameters.dBSnapshotIdentifier': snapshot };
        return { event: freshEvent('rds/ModifyDBSnapshotAttribute', account, names) };
      },
    };
  },
} satisfies Scene;
