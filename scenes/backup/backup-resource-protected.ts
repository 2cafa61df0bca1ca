import { CreateDBInstanceCommand, ListTagsForResourceCommand, RDSClient, type Tag } from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { afterGrace, createPlan, parameters, TAG } from './plan.ts';

const OWNER = { Key: 'team', Value: 'shop' };

const createInstance = ({ aws }: SceneAccount, DBInstanceIdentifier: string, Tags: Tag[]) =>
  aws(RDSClient).send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MasterUsername: 'shop',
      ManageMasterUserPassword: true,
      Tags,
    }),
  );

export default {
  title: 'A DB instance is created without the tag of the backup plan',
  expects: { 'backup-resource-protected': 'remediated' },
  parameters,
  leaves: 'the tag, which no DB instance had before',
  async prepare(account) {
    const [id, other] = [account.name('ledger'), account.name('invoices')];
    await createPlan(account);
    await createInstance(account, other, [OWNER, TAG]);
    const tagsOf = async (name: string) => {
      const ResourceName = `arn:aws:rds:${account.region}:${account.accountId}:db:${name}`;
      const { TagList = [] } = await account.aws(RDSClient).send(new ListTagsForResourceCommand({ ResourceName }));
      return TagList.toSorted((a, b) => (a.Key ?? '').localeCompare(b.Key ?? ''));
    };
    return {
      state: () => tagsOf(id),
      neighbours: async () => ({ [`tags of ${other}`]: await tagsOf(other) }),
      async happen() {
        await createInstance(account, id, [OWNER]);
        const path = 'responseElements.dBInstanceIdentifier';
        return { event: freshEvent('rds/CreateDBInstance', account, { [path]: id }), at: afterGrace() };
      },
    };
  },
} satisfies Scene;
