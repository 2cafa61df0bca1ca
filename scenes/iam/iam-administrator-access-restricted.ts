import {
  CreateUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

const documentOf = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

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
    const policiesOf = async (name: string) => {
      const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName: name }));
      const read = PolicyNames.map((PolicyName) => iam.send(new GetUserPolicyCommand({ UserName: name, PolicyName })));
      return (await Promise.all(read)).map(({ PolicyName, PolicyDocument }) => ({ PolicyName, PolicyDocument }));
    };
    return {
      state: () => policiesOf(UserName),
      neighbours: async () => ({ [`policies of ${other}`]: await policiesOf(other) }),
      async happen() {
        await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument: documentOf('*') }));
        return { event: freshEvent('iam/PutUserPolicy', account, { 'requestParameters.userName': UserName }) };
      },
    };
  },
} satisfies Scene;
