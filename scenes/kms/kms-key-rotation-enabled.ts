import {
  CreateKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

async function createKey({ aws, name }: SceneAccount, RotationPeriodInDays: number): Promise<string> {
  const { KeyMetadata } = await aws(KMSClient).send(new CreateKeyCommand({ Description: name('exports') }));
  const KeyId = KeyMetadata?.KeyId ?? '';
  await aws(KMSClient).send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays }));
  return KeyId;
}

async function rotationOf({ aws }: SceneAccount, KeyId: string) {
  const { KeyRotationEnabled, RotationPeriodInDays } = await aws(KMSClient).send(
    new GetKeyRotationStatusCommand({ KeyId }),
  );
  return { KeyRotationEnabled, RotationPeriodInDays };
}

export default {
  title: 'The rotation of a KMS key is disabled',
  expects: { 'kms-key-rotation-enabled': 'remediated' },
  async prepare(account) {
    const key = await createKey(account, 180);
    const other = await createKey(account, 365);
    return {
      earlier: [freshEvent('kms/CreateKey', account, { 'responseElements.keyMetadata.keyId': key })],
      async happen() {
        await account.aws(KMSClient).send(new DisableKeyRotationCommand({ KeyId: key }));
        return { event: freshEvent('kms/DisableKeyRotation', account, { 'requestParameters.keyId': key }) };
      },
      state: () => rotationOf(account, key),
      neighbours: async () => ({ [`key ${other}`]: await rotationOf(account, other) }),
    };
  },
} satisfies Scene;
