import {
  CreateLoginProfileCommand,
  CreateUserCommand,
  EnableMFADeviceCommand,
  GetLoginProfileCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListUserPoliciesCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

const CODES = { AuthenticationCode1: '123456', AuthenticationCode2: '234567' };

export default {
  title: 'A user without an MFA device gets a password for the console',
  expects: { 'iam-user-console-mfa-enabled': 'remediated' },
  leaves: 'the password, with which the user can register a device and nothing else',
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const [UserName, other] = [account.name('jo'), account.name('kim')];
    for (const name of [UserName, other]) await iam.send(new CreateUserCommand({ UserName: name }));
    await iam.send(new CreateLoginProfileCommand({ UserName: other, Password: 'correct horse battery' }));
    const SerialNumber = `arn:aws:iam::${account.accountId}:u2f/user/${other}/key`;
    await iam.send(new EnableMFADeviceCommand({ UserName: other, SerialNumber, ...CODES }));
    const policiesOf = async (name: string) => {
      const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName: name }));
      const read = PolicyNames.map((PolicyName) => iam.send(new GetUserPolicyCommand({ UserName: name, PolicyName })));
      return (await Promise.all(read)).map(({ PolicyName, PolicyDocument }) => ({ PolicyName, PolicyDocument }));
    };
    return {
      state: () => policiesOf(UserName),
      neighbours: async () => ({
        [`policies of ${other}`]: await policiesOf(other),
        [`password of ${other}`]: (await iam.send(new GetLoginProfileCommand({ UserName: other }))).LoginProfile,
      }),
      async happen() {
        await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'correct horse battery' }));
        return { event: freshEvent('iam/CreateLoginProfile', account, { 'requestParameters.userName': UserName }) };
      },
    };
  },
} satisfies Scene;
