import {
  CreateDBClusterCommand,
  type CreateDBClusterCommandInput,
  DescribeDBClustersCommand,
  ModifyDBClusterCommand,
  type ModifyDBClusterCommandInput,
  RDSClient,
} from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Drift, SceneAccount } from '../scene.ts';
import { createInstance } from './instance.ts';

/** Creates a cluster as every control that acts wants it, but for `options`, and gives its identifier. */
export async function createCluster(
  { aws, name }: SceneAccount,
  base: string,
  options: Partial<CreateDBClusterCommandInput> = {},
): Promise<string> {
  const DBClusterIdentifier = name(base);
  const command = new CreateDBClusterCommand({
    DBClusterIdentifier,
    Engine: 'aurora-postgresql',
    MasterUsername: 'owner',
    MasterUserPassword: 'not-a-secret',
    BackupRetentionPeriod: 7,
    DeletionProtection: true,
    StorageEncrypted: true,
    ...options,
  });
  await aws(RDSClient).send(command);
  return DBClusterIdentifier;
}

/** All that RDS says of a cluster, but for the present moment, which the local account puts in. */
export async function describeCluster({ aws }: SceneAccount, DBClusterIdentifier: string) {
  const { DBClusters = [] } = await aws(RDSClient).send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
  const { LatestRestorableTime: _, EarliestRestorableTime: __, ...cluster } = DBClusters[0] ?? {};
  return cluster;
}

/** Adds an instance to a cluster, in an availability zone of its own. */
export const addMember = (account: SceneAccount, DBClusterIdentifier: string, AvailabilityZone: string) =>
  createInstance(account, 'sales-member', {
    DBClusterIdentifier,
    Engine: 'aurora-postgresql',
    AvailabilityZone,
    MultiAZ: undefined,
    AllocatedStorage: undefined,
    BackupRetentionPeriod: undefined,
    DeletionProtection: undefined,
    MasterUsername: undefined,
    MasterUserPassword: undefined,
    StorageEncrypted: undefined,
  });

/** An event that names a cluster. */
export const clusterEvent = (sample: string, account: SceneAccount, cluster: string) =>
  freshEvent(`rds/${sample}`, account, { 'requestParameters.dBClusterIdentifier': cluster });

/** A drift of one setting of a cluster, beside its other settings and another cluster. */
export async function settingChanges<N extends keyof ModifyDBClusterCommandInput & string>(
  account: SceneAccount,
  setting: N,
  value: ModifyDBClusterCommandInput[N],
): Promise<Drift> {
  const DBClusterIdentifier = await createCluster(account, 'sales');
  const other = await createCluster(account, 'stock');
  return {
    state: () => describeCluster(account, DBClusterIdentifier),
    async neighbours() {
      const all: Record<string, unknown> = await describeCluster(account, DBClusterIdentifier);
      return {
        [`other settings of ${DBClusterIdentifier}`]: { ...all, [setting]: undefined },
        [`cluster ${other}`]: await describeCluster(account, other),
      };
    },
    async happen() {
      const change = { DBClusterIdentifier, ApplyImmediately: true, [setting]: value };
      await account.aws(RDSClient).send(new ModifyDBClusterCommand(change));
      return { event: clusterEvent('ModifyDBCluster', account, DBClusterIdentifier) };
    },
  };
}
