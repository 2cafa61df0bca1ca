import { CreateLoginProfileCommand, CreateUserCommand, GetLoginProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import { DAY_MS } from '../../shared/time.ts';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

export default {
  title: 'A user has a password for the console that nobody has used for 46 days',
  expects: { 'iam-unused-password-removed': 'detected' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const [UserName, other] = [account.name('jo'), account.name('kim')];
    for (const name of [UserName, other]) await iam.send(new CreateUserCommand({ UserName: name }));
    await iam.send(new CreateLoginProfileCommand({ UserName: other, Password: 'correct horse battery' }));
    const passwordOf = async (name: string) =>
      (await iam.send(new GetLoginProfileCommand({ UserName: name }))).LoginProfile;
    return {
      state: () => passwordOf(UserName),
      neighbours: async () => ({ [`password of ${other}`]: await passwordOf(other) }),
      async happen() {
        await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'correct horse battery' }));
        const event = freshEvent('iam/CreateLoginProfile', account, { 'requestParameters.userName': UserName });
        return { event, at: new Date(Date.now() + 46 * DAY_MS) };
      },
    };
  },
} satisfies Scene;
