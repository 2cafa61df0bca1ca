import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ListTagsOfResourceCommand,
} from '@aws-sdk/client-dynamodb';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { afterGrace, createPlan, parameters, TAG } from './plan.ts';

const OWNER = { Key: 'team', Value: 'shop' };

const createTable = ({ aws }: SceneAccount, TableName: string, Tags: CreateTableCommandInput['Tags']) =>
  aws(DynamoDBClient).send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      Tags,
    }),
  );

export default {
  title: 'A DynamoDB table is created without the tag of the backup plan',
  expects: { 'backup-dynamodb-table-protected': 'remediated' },
  parameters,
  leaves: 'the tag, which no table had before',
  async prepare(account) {
    const [name, other] = [account.name('carts'), account.name('prices')];
    await createPlan(account);
    await createTable(account, other, [OWNER, TAG]);
    const tagsOf = async (table: string) => {
      const ResourceArn = `arn:aws:dynamodb:${account.region}:${account.accountId}:table/${table}`;
      const { Tags = [] } = await account.aws(DynamoDBClient).send(new ListTagsOfResourceCommand({ ResourceArn }));
      return Tags.toSorted((a, b) => (a.Key ?? '').localeCompare(b.Key ?? ''));
    };
    return {
      state: () => tagsOf(name),
      neighbours: async () => ({ [`tags of ${other}`]: await tagsOf(other) }),
      async happen() {
        await createTable(account, name, [OWNER]);
        const event = freshEvent('dynamodb/CreateTable', account, { 'requestParameters.tableName': name });
        return { event, at: afterGrace() };
      },
    };
  },
} satisfies Scene;
