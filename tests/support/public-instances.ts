import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import type { TestAccount } from './sandbox.ts';

/** Makes database instances that are publicly accessible. */
export async function publicInstances({ aws }: TestAccount, names: readonly string[]): Promise<void> {
  for (const DBInstanceIdentifier of names)
    await aws()(RDSClient).send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier,
        DBInstanceClass: 'db.t4g.medium',
        Engine: 'postgres',
        MasterUsername: 'app',
        MasterUserPassword: 'not-for-the-ledger',
        AllocatedStorage: 20,
        PubliclyAccessible: true,
      }),
    );
}
