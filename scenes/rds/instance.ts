import { CreateDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import type { SceneAccount } from '../scene.ts';

/** Creates a database instance that is not public, and gives its identifier. */
export async function createInstance({ aws, name }: SceneAccount, base: string): Promise<string> {
  const DBInstanceIdentifier = name(base);
  const command = new CreateDBInstanceCommand({
    DBInstanceIdentifier,
    DBInstanceClass: 'db.t4g.medium',
    Engine: 'postgres',
    MasterUsername: 'app',
    MasterUserPassword: 'not-for-the-ledger',
    AllocatedStorage: 20,
    PubliclyAccessible: false,
  });
  await aws(RDSClient).send(command);
  return DBInstanceIdentifier;
}

/** All that RDS says of an instance, but for the present moment, which the local account puts in. */
export async function describeInstance({ aws }: SceneAccount, DBInstanceIdentifier: string) {
  const { DBInstances = [] } = await aws(RDSClient).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  const { LatestRestorableTime: _, ...instance } = DBInstances[0] ?? {};
  return instance;
}
