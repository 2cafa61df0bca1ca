import {
  CreateSecretCommand,
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

async function createSecret({ aws, name }: SceneAccount): Promise<string> {
  const created = new CreateSecretCommand({ Name: name('prod/db'), SecretString: 'correct horse battery' });
  return (await aws(SecretsManagerClient).send(created)).ARN ?? '';
}

export default {
  title: 'A secret is made that does not rotate',
  expects: { 'secretsmanager-secret-rotation-enabled': 'detected' },
  async prepare(account) {
    const client = account.aws(SecretsManagerClient);
    const other = await createSecret(account);
    await client.send(new RotateSecretCommand({ SecretId: other, RotationRules: { AutomaticallyAfterDays: 30 } }));
    let SecretId = '';
    const rotationOf = async (arn: string) =>
      arn === '' ? null : (await client.send(new DescribeSecretCommand({ SecretId: arn }))).RotationEnabled;
    return {
      state: () => rotationOf(SecretId),
      neighbours: async () => ({ [`rotation of ${other}`]: await rotationOf(other) }),
      async happen() {
        SecretId = await createSecret(account);
        return { event: freshEvent('secretsmanager/CreateSecret', account, { 'responseElements.arn': SecretId }) };
      },
    };
  },
} satisfies Scene;
