import {
  CreateUserCommand,
  DeactivateMFADeviceCommand,
  EnableMFADeviceCommand,
  GetAccountSummaryCommand,
  IAMClient,
  ListMFADevicesCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

const ROOT_USER = 'AWS ROOT USER';
const CODES = { AuthenticationCode1: '123456', AuthenticationCode2: '234567' };

export default {
  title: 'The root user deactivates its only MFA device',
  expects: { 'iam-root-mfa-enabled': 'detected' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const UserName = account.name('jo');
    await iam.send(new CreateUserCommand({ UserName }));
    const keyOf = (name: string) => `arn:aws:iam::${account.accountId}:u2f/user/${name}/key`;
    await iam.send(new EnableMFADeviceCommand({ UserName, SerialNumber: keyOf(UserName), ...CODES }));
    const root = { UserName: ROOT_USER, SerialNumber: keyOf('root') };
    await iam.send(new EnableMFADeviceCommand({ ...root, ...CODES }));
    return {
      state: async () => (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap?.AccountMFAEnabled,
      neighbours: async () => ({
        [`devices of ${UserName}`]: (await iam.send(new ListMFADevicesCommand({ UserName }))).MFADevices,
      }),
      async happen() {
        await iam.send(new DeactivateMFADeviceCommand(root));
        return { event: freshEvent('iam/DeactivateMFADevice.root', account) };
      },
    };
  },
} satisfies Scene;
