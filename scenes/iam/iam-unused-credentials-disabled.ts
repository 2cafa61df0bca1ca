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
  const UserName = name(base);
  await aws(IAMClient).send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await aws(IAMClient).send(new CreateAccessKeyCommand({ UserName }));
  return { UserName, AccessKeyId: AccessKey?.AccessKeyId ?? '' };
}

export default {
  title: 'An access key that nobody has used for 46 days is active again',
  expects: { 'iam-unused-credentials-disabled': 'remediated' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const key = await createUser(account, 'report');
    await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    const other = await createUser(account, 'backup');
    const keysOf = async (UserName: string) =>
      (await iam.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata;
    return {
      state: () => keysOf(key.UserName),
      neighbours: async () => ({ [`keys of ${other.UserName}`]: await keysOf(other.UserName) }),
      async happen() {
        await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
        const names = {
          'requestParameters.userName': key.UserName,
          'requestParameters.accessKeyId': key.AccessKeyId,
        };
        return { event: freshEvent('iam/UpdateAccessKey', account, names), at: new Date(Date.now() + 46 * DAY_MS) };
      },
    };
  },
} satisfies Scene;
