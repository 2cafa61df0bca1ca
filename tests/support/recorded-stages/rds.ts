import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { createInstance } from '../../../scenes/rds/instance.ts';
import { sceneAccount } from '../test-scene.ts';
import type { Stage } from './stage.ts';

/** The event's instance and a neighbour, both open to the world by the time the event is looked at. */
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
