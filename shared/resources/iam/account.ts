import { GetAccountPasswordPolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type Aws, call, defineResource, onEverything, orNull } from '../../resource.ts';
import iam from './service.ts';

const NO_SUCH_ENTITY = ['NoSuchEntityException', 'NoSuchEntity'];

/** The password policy for IAM users: a limit that is not set is null. */
export interface PasswordPolicy {
  readonly MinimumPasswordLength: number;
  readonly RequireSymbols: boolean;
  readonly RequireNumbers: boolean;
  readonly RequireUppercaseCharacters: boolean;
  readonly RequireLowercaseCharacters: boolean;
  readonly AllowUsersToChangePassword: boolean;
  readonly MaxPasswordAge: number | null;
  readonly PasswordReusePrevention: number | null;
  readonly HardExpiry: boolean | null;
}

/** Null where the account has none, and IAM's default holds. */
async function readPasswordPolicy(aws: Aws): Promise<PasswordPolicy | null> {
  const asked = aws(IAMClient).send(new GetAccountPasswordPolicyCommand({}));
  const answer = await orNull(asked, ...NO_SUCH_ENTITY);
  if (answer === null) return null;
  const policy = carried('GetAccountPasswordPolicy', 'PasswordPolicy', answer.PasswordPolicy);
  return {
    MinimumPasswordLength: carried('GetAccountPasswordPolicy', 'MinimumPasswordLength', policy.MinimumPasswordLength),
    RequireSymbols: policy.RequireSymbols ?? false,
    RequireNumbers: policy.RequireNumbers ?? false,
    RequireUppercaseCharacters: policy.RequireUppercaseCharacters ?? false,
    RequireLowercaseCharacters: policy.RequireLowercaseCharacters ?? false,
    AllowUsersToChangePassword: policy.AllowUsersToChangePassword ?? false,
    MaxPasswordAge: policy.MaxPasswordAge || null,
    PasswordReusePrevention: policy.PasswordReusePrevention || null,
    HardExpiry: policy.HardExpiry ?? null,
  };
}

/** What IAM holds for the account as a whole: the password policy of its users. */
export const iamAccount = defineResource({
  service: iam,
  type: 'AWS::::Account',
  global: true,
  triggers: [
    call('iam.amazonaws.com', ['UpdateAccountPasswordPolicy', 'DeleteAccountPasswordPolicy'], {
      ids: ({ accountId }) => [accountId],
      facets: ['passwordPolicy'],
    }),
  ],
  gone: [],
  facets: {
    passwordPolicy: { grants: onEverything('iam:GetAccountPasswordPolicy'), read: readPasswordPolicy },
  },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'iam/home#/account_settings'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
