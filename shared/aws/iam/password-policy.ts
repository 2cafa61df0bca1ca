import {
  DeleteAccountPasswordPolicyCommand,
  IAMClient,
  UpdateAccountPasswordPolicyCommand,
  type UpdateAccountPasswordPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { step, stepBuilder, undoneBy } from '../../step.ts';

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

const MEMBERS = [
  'MinimumPasswordLength',
  'RequireSymbols',
  'RequireNumbers',
  'RequireUppercaseCharacters',
  'RequireLowercaseCharacters',
  'AllowUsersToChangePassword',
  'MaxPasswordAge',
  'PasswordReusePrevention',
  'HardExpiry',
] as const;

/** The least that a policy has to ask for. */
export interface Least {
  readonly minimumLength: number;
  readonly maxAgeDays: number;
  readonly reusePrevention: number;
}

/** What IAM sets where a request leaves it out. */
export const UNSET: PasswordPolicy = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
  MaxPasswordAge: null,
  PasswordReusePrevention: null,
  HardExpiry: null,
};

/** The policy, each weak part brought to the least that is required; stronger parts stay. */
export function strengthened(
  policy: PasswordPolicy,
  { minimumLength, maxAgeDays, reusePrevention }: Least,
): PasswordPolicy {
  const age = policy.MaxPasswordAge;
  return {
    ...policy,
    MinimumPasswordLength: Math.max(policy.MinimumPasswordLength, minimumLength),
    RequireSymbols: true,
    RequireNumbers: true,
    RequireUppercaseCharacters: true,
    RequireLowercaseCharacters: true,
    MaxPasswordAge: maxAgeDays === 0 ? age : Math.min(age ?? maxAgeDays, maxAgeDays),
    PasswordReusePrevention: Math.max(policy.PasswordReusePrevention ?? 0, reusePrevention) || null,
  };
}

/** The members that ask for less. */
export const weakParts = (policy: PasswordPolicy, least: Least) => {
  const wanted = strengthened(policy, least);
  return MEMBERS.filter((name) => policy[name] !== wanted[name]);
};

/** IAM replaces the whole policy, and takes no null. */
const asInput = (policy: PasswordPolicy) =>
  Object.fromEntries(
    MEMBERS.filter((name) => policy[name] !== null).map((name) => [name, policy[name]]),
  ) as UpdateAccountPasswordPolicyCommandInput;

export const updatePasswordPolicy = stepBuilder(
  { 'iam:UpdateAccountPasswordPolicy': '*' },
  (before: PasswordPolicy | null, wanted: PasswordPolicy, elements: readonly string[]) =>
    step(IAMClient, UpdateAccountPasswordPolicyCommand, asInput(wanted), {
      elements,
      undo: () => [
        before === null
          ? step(IAMClient, DeleteAccountPasswordPolicyCommand, {}, { elements })
          : step(IAMClient, UpdateAccountPasswordPolicyCommand, asInput(before), { elements }),
      ],
    }),
);

/** What undoes the update. */
export const undoOfPasswordPolicy = [
  undoneBy<UpdateAccountPasswordPolicyCommandInput>(IAMClient, UpdateAccountPasswordPolicyCommand, () => ({}), MEMBERS),
  undoneBy(IAMClient, DeleteAccountPasswordPolicyCommand, () => ({}), [], {
    permissions: { 'iam:DeleteAccountPasswordPolicy': '*' },
  }),
];
