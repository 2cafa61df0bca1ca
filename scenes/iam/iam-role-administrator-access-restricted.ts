import {
  CreateRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { documentOf } from './policies.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

export default {
  title: 'A role gets a policy that allows everything',
  expects: { 'iam-role-administrator-access-restricted': 'detected' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const [RoleName, other] = [account.name('deployer'), account.name('reporter')];
    for (const name of [RoleName, other]) {
      await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: TRUST }));
      await iam.send(
        new PutRolePolicyCommand({ RoleName: name, PolicyName: 'reading', PolicyDocument: documentOf('s3:Get*') }),
      );
    }
    const policiesOf = async (name: string) => {
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: name }));
      const read = PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName })));
      return (await Promise.all(read)).map(({ PolicyName, PolicyDocument }) => ({ PolicyName, PolicyDocument }));
    };
    return {
      state: () => policiesOf(RoleName),
      neighbours: async () => ({ [`policies of ${other}`]: await policiesOf(other) }),
      async happen() {
        await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'all', PolicyDocument: documentOf('*') }));
        return { event: freshEvent('iam/PutRolePolicy', account, { 'requestParameters.roleName': RoleName }) };
      },
    };
  },
} satisfies Scene;
