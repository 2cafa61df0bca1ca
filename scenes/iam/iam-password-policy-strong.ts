import {
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  IAMClient,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

const STRONG = {
  MinimumPasswordLength: 16,
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  MaxPasswordAge: 60,
  PasswordReusePrevention: 24,
  HardExpiry: false,
};

export default {
  title: 'The password policy of the account no longer asks for symbols and lets old passwords be used again',
  expects: { 'iam-password-policy-strong': 'remediated' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    await iam.send(new UpdateAccountPasswordPolicyCommand(STRONG));
    return {
      state: async () => (await iam.send(new GetAccountPasswordPolicyCommand({}))).PasswordPolicy,
      neighbours: async () => ({
        'users of the account': (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap?.Users,
      }),
      async happen() {
        const weak = { ...STRONG, RequireSymbols: false, PasswordReusePrevention: 2 };
        await iam.send(new UpdateAccountPasswordPolicyCommand(weak));
        return { event: freshEvent('iam/UpdateAccountPasswordPolicy', account) };
      },
    };
  },
} satisfies Scene;
