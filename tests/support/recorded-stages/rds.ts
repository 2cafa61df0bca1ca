import {
  CreateDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotAttributesCommand,
  ModifyDBInstanceCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { createCluster, describeCluster } from '../../../scenes/rds/cluster.ts';
import { createInstance } from '../../../scenes/rds/instance.ts';
import { sceneAccount } from '../test-scene.ts';
import type { Stage } from './stage.ts';

/** The event's instance and a neighbour, both open to the world by the time the event is handled. */
export const databaseOpen: Stage = async (account, { record }) => {
  const names: readonly string[] = [record.requestParameters.dBInstanceIdentifier, 'neighbour'];
  const rds = account.aws()(RDSClient);
  for (const name of names) {
    const DBInstanceIdentifier = await createInstance(sceneAccount(account), name);
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, PubliclyAccessible: true }));
  }
  const isPublic = async (DBInstanceIdentifier: string) => {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    return DBInstances.map(({ PubliclyAccessible }) => PubliclyAccessible);
  };
  return { renamed: {}, state: () => Promise.all(names.map(isPublic)), right: [[false], [true]] };
};

/** The event's snapshot, which everybody may restore, and whoever the event names. */
export const databaseSnapshotShared: Stage = async (account, { record }) => {
  const rds = account.aws()(RDSClient);
  const { dBSnapshotIdentifier: id, valuesToAdd } = record.requestParameters;
  const others = valuesToAdd.filter((value: string) => value !== 'all');
  const DBInstanceIdentifier = await createInstance(sceneAccount(account), 'shared');
  await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier: id }));
  const share = { AttributeName: 'restore', ValuesToAdd: ['all', ...others] };
  await rds.send(new ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier: id, ...share }));
  const state = async () => {
    const asked = new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: id });
    const { DBSnapshotAttributesResult: result } = await rds.send(asked);
    return result?.DBSnapshotAttributes?.flatMap(({ AttributeValues = [] }) => AttributeValues);
  };
  return { renamed: {}, state, right: others };
};

/** The event's cluster, with backups of a day, as the event says, and no protection from deletion. */
export const clusterUnprotected: Stage = async (account, { record }) => {
  const { dBClusterIdentifier: name, backupRetentionPeriod: BackupRetentionPeriod } = record.requestParameters;
  const scene = sceneAccount(account);
  await createCluster(scene, name, { BackupRetentionPeriod, DeletionProtection: false });
  const state = async () => {
    const { BackupRetentionPeriod: days, DeletionProtection } = await describeCluster(scene, name);
    return { days, DeletionProtection };
  };
  return { renamed: {}, state, right: { days: 7, DeletionProtection: true } };
};
