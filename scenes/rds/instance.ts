import {
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceCommandInput,
  RDSClient,
} from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Drift, SceneAccount } from '../scene.ts';

/** Creates a database instance as every control wants it, but for `options`, and gives its identifier. */
export async function createInstance(
  { aws, name }: SceneAccount,
  base: string,
  options: Partial<CreateDBInstanceCommandInput> = {},
): Promise<string> {
  const DBInstanceIdentifier = name(base);
  const command = new CreateDBInstanceCommand({
    DBInstanceIdentifier,
    DBInstanceClass: 'db.t4g.medium',
    Engine: 'postgres',
    MasterUsername: 'app',
    MasterUserPassword: 'not-for-the-ledger',
    AllocatedStorage: 20,
    PubliclyAccessible: false,
    AutoMinorVersionUpgrade: true,
    BackupRetentionPeriod: 7,
    DeletionProtection: true,
    MultiAZ: true,
    StorageEncrypted: true,
    ...options,
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

/** A drift of one setting of an instance, beside its other settings and another instance. */
export async function settingChanges<N extends keyof ModifyDBInstanceCommandInput & string>(
  account: SceneAccount,
  setting: N,
  value: ModifyDBInstanceCommandInput[N],
): Promise<Drift> {
  const DBInstanceIdentifier = await createInstance(account, 'orders');
  const other = await createInstance(account, 'carts');
  return {
    state: () => describeInstance(account, DBInstanceIdentifier),
    async neighbours() {
      const all: Record<string, unknown> = await describeInstance(account, DBInstanceIdentifier);
      return {
        [`other settings of ${DBInstanceIdentifier}`]: { ...all, [setting]: undefined },
        [`instance ${other}`]: await describeInstance(account, other),
      };
    },
    async happen() {
      await account
        .aws(RDSClient)
        .send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, ApplyImmediately: true, [setting]: value }));
      const names = { 'requestParameters.dBInstanceIdentifier': DBInstanceIdentifier };
      return { event: freshEvent('rds/ModifyDBInstance', account, names) };
    },
  };
}
