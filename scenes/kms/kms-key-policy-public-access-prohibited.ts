import {
  CreateKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const rootOf = (accountId: string) => ({
  Sid: 'Account',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${accountId}:root` },
  Action: 'kms:*',
  Resource: '*',
});

async function createKey({ aws, accountId }: SceneAccount): Promise<string> {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [rootOf(accountId)] });
  const { KeyMetadata } = await aws(KMSClient).send(new CreateKeyCommand({ Policy }));
  const KeyId = KeyMetadata?.KeyId ?? '';
  await aws(KMSClient).send(new EnableKeyRotationCommand({ KeyId }));
  return KeyId;
}

export default {
  title: 'The policy of a KMS key lets everybody decrypt',
  expects: { 'kms-key-policy-public-access-prohibited': 'remediated' },
  leaves: 'the statement stays, and holds for the account',
  async prepare(account) {
    const key = await createKey(account);
    const other = await createKey(account);
    const policyOf = async (KeyId: string) => {
      const asked = new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' });
      return (await account.aws(KMSClient).send(asked)).Policy;
    };
    return {
      state: () => policyOf(key),
      neighbours: async () => ({ [`policy of key ${other}`]: await policyOf(other) }),
      async happen() {
        const open = { Sid: 'Open', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:Decrypt', Resource: '*' };
        const document = { Version: '2012-10-17', Statement: [rootOf(account.accountId), open] };
        const Policy = JSON.stringify(document, null, 2);
        await account.aws(KMSClient).send(new PutKeyPolicyCommand({ KeyId: key, PolicyName: 'default', Policy }));
        return { event: freshEvent('kms/PutKeyPolicy', account, { 'requestParameters.keyId': key }) };
      },
    };
  },
} satisfies Scene;
