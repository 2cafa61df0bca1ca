import { ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createInstance, describeInstance } from './instance.ts';

export default {
  title: 'A database instance is made public',
  expects: { 'rds-instance-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const DBInstanceIdentifier = await createInstance(account, 'orders');
    const other = await createInstance(account, 'carts');
    return {
      state: () => describeInstance(account, DBInstanceIdentifier),
      async neighbours() {
        const { PubliclyAccessible: _, ...rest } = await describeInstance(account, DBInstanceIdentifier);
        return {
          [`other settings of ${DBInstanceIdentifier}`]: rest,
          [`instance ${other}`]: await describeInstance(account, other),
        };
      },
      async happen() {
        await account
          .aws(RDSClient)
          .send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, PubliclyAccessible: true }));
        const names = { 'requestParameters.dBInstanceIdentifier': DBInstanceIdentifier };
        return { event: freshEvent('rds/ModifyDBInstance', account, names) };
      },
    };
  },
} satisfies Scene;
