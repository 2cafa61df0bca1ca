import { CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { documentOf, userPolicies } from './policies.ts';

export default {
  title: 'A user is made an administrator by a policy of its own',
  expects: { 'iam-administrator-access-restricted': 'remediated' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const [UserName, other] = [account.name('jo'), account.name('kim')];
    for (const name of [UserName, other]) {
      await iam.send(new CreateUserCommand({ UserName: name }));
      await iam.send(
        new PutUserPolicyCommand({ UserName: name, PolicyName: 'reading', PolicyDocument: documentOf('s3:Get*') }),
      );
    }
    return {
      state: () => userPolicies(account, UserName),
      neighbours: async () => ({ [`policies of ${other}`]: await userPolicies(account, other) }),
      async happen() {
        await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument: documentOf('*') }));
        return { event: freshEvent('iam/PutUserPolicy', account, { 'requestParameters.userName': UserName }) };
      },
    };
  },
} satisfies Scene;
