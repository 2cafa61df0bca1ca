import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  CreateUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

const PolicyName = 'logs-of-today';
const PolicyDocument =
  '{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "*" }] }';

export default {
  title: 'A user gets a policy of its own, beside its group',
  expects: { 'iam-user-direct-policies-prohibited': 'remediated' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const [UserName, GroupName] = [account.name('jo'), account.name('developers')];
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new CreateGroupCommand({ GroupName }));
    await iam.send(new AddUserToGroupCommand({ UserName, GroupName }));
    return {
      async state() {
        const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName }));
        const read = PolicyNames.map((PolicyName) => iam.send(new GetUserPolicyCommand({ UserName, PolicyName })));
        return (await Promise.all(read)).map(({ PolicyName, PolicyDocument }) => ({ PolicyName, PolicyDocument }));
      },
      neighbours: async () => ({
        'groups of the user': (await iam.send(new ListGroupsForUserCommand({ UserName }))).Groups?.map(
          ({ GroupName }) => GroupName,
        ),
      }),
      async happen() {
        await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
        return { event: freshEvent('iam/PutUserPolicy', account, { 'requestParameters.userName': UserName }) };
      },
    };
  },
} satisfies Scene;
