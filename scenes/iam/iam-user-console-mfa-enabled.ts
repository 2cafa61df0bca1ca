import {
  CreateLoginProfileCommand,
  CreateUserCommand,
  EnableMFADeviceCommand,
  GetLoginProfileCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { userPolicies } from './policies.ts';

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
    return {
      state: () => userPolicies(account, UserName),
      neighbours: async () => ({
        [`policies of ${other}`]: await userPolicies(account, other),
        [`password of ${other}`]: (await iam.send(new GetLoginProfileCommand({ UserName: other }))).LoginProfile,
      }),
      async happen() {
        await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'correct horse battery' }));
        return { event: freshEvent('iam/CreateLoginProfile', account, { 'requestParameters.userName': UserName }) };
      },
    };
  },
} satisfies Scene;
