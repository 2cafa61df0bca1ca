import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  GetAccountSummaryCommand,
  IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

export default {
  title: 'The root user makes an access key for itself',
  expects: { 'iam-root-access-key-prohibited': 'detected' },
  // The root user has one key for each account, and other scenes make it.
  alone: true,
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const UserName = account.name('deploy');
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new CreateAccessKeyCommand({ UserName }));
    // Of the root user: on the local account whoever names no user acts for it.
    await iam.send(new DeleteAccessKeyCommand({ AccessKeyId: 'AKIAEXAMPLEEXAMPLE05' }));
    return {
      state: async () => (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap?.AccountAccessKeysPresent,
      neighbours: async () => ({
        [`keys of ${UserName}`]: (await iam.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata,
      }),
      async happen() {
        await iam.send(new CreateAccessKeyCommand({}));
        return { event: freshEvent('iam/CreateAccessKey.root', account) };
      },
    };
  },
} satisfies Scene;
