import {
  CreateGroupCommand,
  GetGroupPolicyCommand,
  IAMClient,
  ListGroupPoliciesCommand,
  PutGroupPolicyCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { documentOf } from './policies.ts';

export default {
  title: 'A group gets a policy that allows everything',
  expects: { 'iam-group-administrator-access-restricted': 'detected' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const [GroupName, other] = [account.name('developers'), account.name('analysts')];
    for (const name of [GroupName, other]) {
      await iam.send(new CreateGroupCommand({ GroupName: name }));
      await iam.send(
        new PutGroupPolicyCommand({ GroupName: name, PolicyName: 'reading', PolicyDocument: documentOf('s3:Get*') }),
      );
    }
    const policiesOf = async (name: string) => {
      const { PolicyNames = [] } = await iam.send(new ListGroupPoliciesCommand({ GroupName: name }));
      const read = PolicyNames.map((PolicyName) =>
        iam.send(new GetGroupPolicyCommand({ GroupName: name, PolicyName })),
      );
      return (await Promise.all(read)).map(({ PolicyName, PolicyDocument }) => ({ PolicyName, PolicyDocument }));
    };
    return {
      state: () => policiesOf(GroupName),
      neighbours: async () => ({ [`policies of ${other}`]: await policiesOf(other) }),
      async happen() {
        await iam.send(new PutGroupPolicyCommand({ GroupName, PolicyName: 'all', PolicyDocument: documentOf('*') }));
        return { event: freshEvent('iam/PutGroupPolicy', account, { 'requestParameters.groupName': GroupName }) };
      },
    };
  },
} satisfies Scene;
