import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { Scene } from '../scene.ts';
import { createFunction, functionEvent } from './function.ts';

export default {
  title: 'A function is given a password in its environment',
  expects: { 'lambda-environment-secrets-prohibited': 'detected' },
  async prepare(account) {
    const lambda = account.aws(LambdaClient);
    const name = await createFunction(account, 'report', { DB_HOST: 'db.example.com', DB_PASSWORD_PATH: '/prod/db' });
    const other = await createFunction(account, 'resize', { STAGE: 'prod' });
    const environmentOf = async (FunctionName: string) =>
      (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).Environment?.Variables;
    return {
      state: () => environmentOf(name),
      neighbours: async () => ({ [`environment of ${other}`]: await environmentOf(other) }),
      async happen() {
        const Variables = { DB_HOST: 'db.example.com', DB_PASSWORD: 'correct horse battery' };
        await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Environment: { Variables } }));
        return { event: functionEvent('UpdateFunctionConfiguration20150331', account, name) };
      },
    };
  },
} satisfies Scene;
