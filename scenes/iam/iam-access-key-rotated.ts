import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { DAY_MS } from '../../shared/time.ts';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

async function createUser({ aws, name }: SceneAccount, base: string) {
  const iam = aws(IAMClient);
  const UserName = name(base);
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { UserName, AccessKeyId: AccessKey?.AccessKeyId ?? '' };
}

const setStatus = ({ aws }: SceneAccount, key: Awaited<ReturnType<typeof createUser>>, Status: 'Active' | 'Inactive') =>
  aws(IAMClient).send(new UpdateAccessKeyCommand({ ...key, Status }));

export default {
  title: 'An access key that is 91 days old, and was inactive, is activated again',
  expects: { 'iam-access-key-rotated': 'remediated', 'iam-unused-credentials-disabled': 'remediated' },
  async prepare(account) {
    const key = await createUser(account, 'deploy');
    await setStatus(account, key, 'Inactive');
    const other = await createUser(account, 'backup');
    const keysOf = async (UserName: string) =>
      (await account.aws(IAMClient).send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata;
    return {
      state: () => keysOf(key.UserName),
      neighbours: async () => ({ [`keys of ${other.UserName}`]: await keysOf(other.UserName) }),
      async happen() {
        await setStatus(account, key, 'Active');
        const names = {
          'requestParameters.userName': key.UserName,
          'requestParameters.accessKeyId': key.AccessKeyId,
        };
        return { event: freshEvent('iam/UpdateAccessKey', account, names), at: new Date(Date.now() + 91 * DAY_MS) };
      },
    };
  },
} satisfies Scene;
