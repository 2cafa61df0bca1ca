import { DisableLoggingCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import type { Scene } from '../scene.ts';
import { clusterEvent, createCluster, describeCluster } from './cluster.ts';

export default {
  title: 'Audit logging of a Redshift cluster is turned off',
  expects: { 'redshift-cluster-audit-logging-enabled': 'remediated' },
  // What was there before goes before what the policy names.
  parameters: ({ accountId }) => ({ targetBuckets: { 'eu-west-1': `logs-${accountId}` } }),
  async prepare(account) {
    const ClusterIdentifier = await createCluster(account, 'warehouse');
    const other = await createCluster(account, 'reports');
    return {
      earlier: [clusterEvent('EnableLogging', account, ClusterIdentifier)],
      state: () => describeCluster(account, ClusterIdentifier),
      async neighbours() {
        const { logging: _, ...rest } = await describeCluster(account, ClusterIdentifier);
        return {
          [`the rest of cluster ${ClusterIdentifier}`]: rest,
          [`cluster ${other}`]: await describeCluster(account, other),
        };
      },
      async happen() {
        await account.aws(RedshiftClient).send(new DisableLoggingCommand({ ClusterIdentifier }));
        return { event: clusterEvent('DisableLogging', account, ClusterIdentifier) };
      },
    };
  },
} satisfies Scene;
