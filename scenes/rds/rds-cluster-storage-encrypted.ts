import type { Scene } from '../scene.ts';
import { clusterEvent, createCluster, describeCluster } from './cluster.ts';

export default {
  title: 'A cluster is created without encryption',
  expects: { 'rds-cluster-storage-encrypted': 'detected' },
  async prepare(account) {
    const other = await createCluster(account, 'stock');
    const DBClusterIdentifier = account.name('sales');
    return {
      state: () => describeCluster(account, DBClusterIdentifier),
      neighbours: async () => ({ [`cluster ${other}`]: await describeCluster(account, other) }),
      async happen() {
        await createCluster({ ...account, name: () => DBClusterIdentifier }, '', { StorageEncrypted: false });
        return { event: clusterEvent('CreateDBCluster', account, DBClusterIdentifier) };
      },
    };
  },
} satisfies Scene;
