import {
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

async function createKey({ aws, name }: SceneAccount, base: string): Promise<string> {
  const { KeyMetadata } = await aws(KMSClient).send(new CreateKeyCommand({ Description: name(base) }));
  if (KeyMetadata?.KeyId === undefined) throw new Error('CreateKey answered without a key');
  await aws(KMSClient).send(new EnableKeyRotationCommand({ KeyId: KeyMetadata.KeyId }));
  return KeyMetadata.KeyId;
}

const keyEvent = (sample: string, path: string, account: SceneAccount, key: string) =>
  freshEvent(`kms/${sample}`, account, { [path]: key });

async function stateOf({ aws }: SceneAccount, KeyId: string) {
  const { KeyMetadata } = await aws(KMSClient).send(new DescribeKeyCommand({ KeyId }));
  return KeyMetadata?.KeyState;
}

export default {
  title: 'A KMS key is scheduled for deletion',
  expects: { 'kms-key-deletion-prohibited': 'remediated' },
  async prepare(account) {
    const key = await createKey(account, 'exports');
    const other = await createKey(account, 'exports');
    return {
      earlier: [keyEvent('CreateKey', 'responseElements.keyMetadata.keyId', account, key)],
      async happen() {
        const PendingWindowInDays = 7;
        await account.aws(KMSClient).send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays }));
        return { event: keyEvent('ScheduleKeyDeletion', 'requestParameters.keyId', account, key) };
      },
      state: () => stateOf(account, key),
      neighbours: async () => ({ [`key ${other}`]: await stateOf(account, other) }),
    };
  },
} satisfies Scene;
