import { CreateRoleCommand, GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { SceneAccount } from '../scene.ts';

const trusting = (AWS: string | readonly string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
  });

async function createRole({ aws, name, accountId }: SceneAccount): Promise<string> {
  const RoleName = name('reports');
  const AssumeRolePolicyDocument = trusting(`arn:aws:iam::${accountId}:root`);
  await aws(IAMClient).send(new CreateRoleCommand({ RoleName, Path: '/apps/', AssumeRolePolicyDocument }));
  return RoleName;
}

/** A role that trusts its own account, beside another, and then somebody else. */
export async function trustDrift(account: SceneAccount, trusted: string | readonly string[]) {
  const role = await createRole(account);
  const other = await createRole(account);
  const describe = async (RoleName: string) =>
    (await account.aws(IAMClient).send(new GetRoleCommand({ RoleName }))).Role;
  return {
    state: () => describe(role),
    neighbours: async () => ({ [`role ${other}`]: await describe(other) }),
    async happen() {
      const command = new UpdateAssumeRolePolicyCommand({ RoleName: role, PolicyDocument: trusting(trusted) });
      await account.aws(IAMClient).send(command);
      return { event: freshEvent('iam/UpdateAssumeRolePolicy', account, { 'requestParameters.roleName': role }) };
    },
  };
}
