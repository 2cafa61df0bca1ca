import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { publicInstances } from '../public-instances.ts';
import type { Stage } from './stage.ts';

/** The event's instance and a neighbour, both open to the world by the time the event is looked at. */
export const databaseOpen: Stage = async (account, { record }) => {
  const names: readonly string[] = [record.requestParameters.dBInstanceIdentifier, 'neighbour'];
  await publicInstances(account, names);
  const rds = account.aws()(RDSClient);
  const isPublic = async (DBInstanceIdentifier: string) => {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    return DBInstances.map(({ PubliclyAccessible }) => PubliclyAccessible);
  };
  return { renamed: {}, state: () => Promise.all(names.map(isPublic)), right: [[false], [true]] };
};
