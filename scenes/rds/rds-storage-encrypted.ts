import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createInstance, describeInstance } from './instance.ts';

export default {
  title: 'A database instance is created without encryption',
  expects: { 'rds-storage-encrypted': 'detected' },
  async prepare(account) {
    const other = await createInstance(account, 'carts');
    const DBInstanceIdentifier = account.name('orders');
    return {
      state: () => describeInstance(account, DBInstanceIdentifier),
      neighbours: async () => ({ [`instance ${other}`]: await describeInstance(account, other) }),
      async happen() {
        await createInstance({ ...account, name: () => DBInstanceIdentifier }, '', { StorageEncrypted: false });
        const names = { 'responseElements.dBInstanceIdentifier': DBInstanceIdentifier };
        return { event: freshEvent('rds/CreateDBInstance', account, names) };
      },
    };
  },
} satisfies Scene;
