import { ModifyClusterCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import { createCluster, describeCluster } from '../../../scenes/redshift/cluster.ts';
import { sceneAccount } from '../test-scene.ts';
import type { Stage } from './stage.ts';

/** The event's cluster, which is public by the time the event is handled. */
export const warehousePublic: Stage = async (account, { record }) => {
  const scene = sceneAccount(account);
  const ClusterIdentifier = await createCluster(scene, record.requestParameters.clusterIdentifier);
  const open = new ModifyClusterCommand({ ClusterIdentifier, PubliclyAccessible: true });
  await account.aws()(RedshiftClient).send(open);
  const state = async () => (await describeCluster(scene, ClusterIdentifier)).PubliclyAccessible;
  return { renamed: {}, state, right: false };
};
