import { CreateFunctionUrlConfigCommand, LambdaClient, UpdateFunctionUrlConfigCommand } from '@aws-sdk/client-lambda';
import type { Scene, SceneAccount } from '../scene.ts';
import { accessTo, createFunction, functionEvent } from './function.ts';

async function createWithUrl(account: SceneAccount): Promise<string> {
  const FunctionName = await createFunction(account, 'webhook');
  const command = new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'AWS_IAM' });
  await account.aws(LambdaClient).send(command);
  return FunctionName;
}

export default {
  title: 'The URL of a function is made to require no authentication',
  expects: { 'lambda-function-url-auth-required': 'remediated' },
  async prepare(account) {
    const name = await createWithUrl(account);
    const other = await createWithUrl(account);
    return {
      state: () => accessTo(account, name),
      neighbours: async () => ({ [`function ${other}`]: await accessTo(account, other) }),
      async happen() {
        const command = new UpdateFunctionUrlConfigCommand({ FunctionName: name, AuthType: 'NONE' });
        await account.aws(LambdaClient).send(command);
        return { event: functionEvent('CreateFunctionUrlConfig', account, name) };
      },
    };
  },
} satisfies Scene;
