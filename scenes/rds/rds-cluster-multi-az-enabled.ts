import type { Scene } from '../scene.ts';
import { addMember, clusterEvent, createCluster, describeCluster } from './cluster.ts';

export default {
  title: 'A cluster is created whose instances are in one availability zone',
  expects: { 'rds-cluster-multi-az-enabled': 'detected' },
  async prepare(account) {
    const other = await createCluster(account, 'stock');
    for (const zone of ['a', 'b']) await addMember(account, other, `${account.region}${zone}`);
    const DBClusterIdentifier = account.name('sales');
    return {
      state: () => describeCluster(account, DBClusterIdentifier),
      neighbours: async () => ({ [`cluster ${other}`]: await describeCluster(account, other) }),
      async happen() {
        await createCluster({ ...account, name: () => DBClusterIdentifier }, '');
        await addMember(account, DBClusterIdentifier, `${account.region}a`);
        return { event: clusterEvent('CreateDBCluster', account, DBClusterIdentifier) };
      },
    };
  },
} satisfies Scene;
