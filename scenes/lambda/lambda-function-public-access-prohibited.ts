import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Scene, SceneAccount } from '../scene.ts';
import { accessTo, createFunction, functionEvent } from './function.ts';

const allow = ({ aws }: SceneAccount, FunctionName: string, StatementId: string, permission: object) =>
  aws(LambdaClient).send(
    new AddPermissionCommand({
      FunctionName,
      StatementId,
      Action: 'lambda:InvokeFunction',
      Principal: '*',
      ...permission,
    }),
  );

export default {
  title: 'A function is opened to everybody; the uploads of the account may still invoke it',
  expects: { 'lambda-function-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const name = await createFunction(account, 'resize');
    const other = await createFunction(account, 'report');
    for (const each of [name, other])
      await allow(account, each, 'Uploads', { Principal: 's3.amazonaws.com', SourceAccount: account.accountId });
    return {
      state: () => accessTo(account, name),
      neighbours: async () => ({ [`function ${other}`]: await accessTo(account, other) }),
      async happen() {
        await allow(account, name, 'Open', {});
        return { event: functionEvent('AddPermission20150331v2', account, name) };
      },
    };
  },
} satisfies Scene;
