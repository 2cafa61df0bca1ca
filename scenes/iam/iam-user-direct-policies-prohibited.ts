import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { userPolicies } from './policies.ts';

const PolicyName = 'logs-of-today';
const PolicyDocument =
  '{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "*" }] }';

export default {
  title: 'A user gets an inline policy and an attached one, beside its group',
  expects: { 'iam-user-direct-policies-prohibited': 'remediated' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const [UserName, other, GroupName] = [account.name('jo'), account.name('kim'), account.name('developers')];
    await iam.send(new CreateGroupCommand({ GroupName }));
    for (const name of [UserName, other]) {
      await iam.send(new CreateUserCommand({ UserName: name }));
      await iam.send(new AddUserToGroupCommand({ UserName: name, GroupName }));
    }
    const shared = new CreatePolicyCommand({ PolicyName: account.name('logs'), PolicyDocument });
    const { Policy } = await iam.send(shared);
    const policiesOf = async (name: string) => {
      const { AttachedPolicies } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName: name }));
      return { inline: await userPolicies(account, name), attached: AttachedPolicies };
    };
    return {
      state: () => policiesOf(UserName),
      neighbours: async () => ({
        [`policies of ${other}`]: await policiesOf(other),
        'groups of the user': (await iam.send(new ListGroupsForUserCommand({ UserName }))).Groups?.map(
          ({ GroupName }) => GroupName,
        ),
      }),
      async happen() {
        await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: Policy?.Arn }));
        await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
        return { event: freshEvent('iam/PutUserPolicy', account, { 'requestParameters.userName': UserName }) };
      },
    };
  },
} satisfies Scene;
