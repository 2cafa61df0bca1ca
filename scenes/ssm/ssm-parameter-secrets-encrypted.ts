import { GetParameterCommand, type ParameterType, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

export default {
  title: 'A password is written into a parameter that is not encrypted',
  expects: { 'ssm-parameter-secrets-encrypted': 'detected' },
  async prepare(account) {
    const ssm = account.aws(SSMClient);
    const Name = `/${account.name('prod')}/db/password`;
    const put = (name: string, Type: ParameterType, Value: string, Overwrite = false) =>
      ssm.send(new PutParameterCommand({ Name: name, Type, Value, Overwrite }));
    const [encrypted, plain] = [`${Name}-encrypted`, Name.replace('password', 'host')];
    await put(Name, 'String', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-A1b2C3');
    await put(encrypted, 'SecureString', 'correct horse battery');
    await put(plain, 'String', 'db.example.com');
    const contentOf = async (name: string) => {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
      return { Type: Parameter?.Type, Value: Parameter?.Value };
    };
    return {
      state: () => contentOf(Name),
      neighbours: async () => ({ [encrypted]: await contentOf(encrypted), [plain]: await contentOf(plain) }),
      async happen() {
        await put(Name, 'String', 'correct horse battery', true);
        return { event: freshEvent('ssm/PutParameter', account, { 'requestParameters.name': Name }) };
      },
    };
  },
} satisfies Scene;
