import { ModifyClusterCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import type { Scene } from '../scene.ts';
import { clusterEvent, createCluster, describeCluster } from './cluster.ts';

export default {
  title: 'A Redshift cluster is made public',
  expects: { 'redshift-cluster-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const ClusterIdentifier = await createCluster(account, 'warehouse');
    const other = await createCluster(account, 'reports');
    return {
      state: () => describeCluster(account, ClusterIdentifier),
      async neighbours() {
        const { PubliclyAccessible: _, ...rest } = await describeCluster(account, ClusterIdentifier);
        return {
          [`the rest of cluster ${ClusterIdentifier}`]: rest,
          [`cluster ${other}`]: await describeCluster(account, other),
        };
      },
      async happen() {
        await account
          .aws(RedshiftClient)
          .send(new ModifyClusterCommand({ ClusterIdentifier, PubliclyAccessible: true }));
        return { event: clusterEvent('ModifyCluster', account, ClusterIdentifier) };
      },
    };
  },
} satisfies Scene;
