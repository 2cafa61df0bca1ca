import {
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  IAMClient,
  paginateListVirtualMFADevices,
} from '@aws-sdk/client-iam';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import type { PasswordPolicy } from '../../aws/iam/password-policy.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type CallRecord, field, strings } from '../../event.ts';
import { type Aws, call, defineResource, onEverything, orNull, type ResourceRef } from '../../resource.ts';
import iam from './service.ts';

const NO_SUCH_ENTITY = ['NoSuchEntityException', 'NoSuchEntity'];

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

/** What credentials the root user has; `hasPassword` is null where IAM does not say. */
async function readRootUser(aws: Aws) {
  const { SummaryMap } = await aws(IAMClient).send(new GetAccountSummaryCommand({}));
  const { AccountAccessKeysPresent, AccountMFAEnabled, AccountPasswordPresent } = carried(
    'GetAccountSummary',
    'SummaryMap',
    SummaryMap,
  );
  return {
    hasAccessKeys: carried('GetAccountSummary', 'AccountAccessKeysPresent', AccountAccessKeysPresent) > 0,
    hasMfa: carried('GetAccountSummary', 'AccountMFAEnabled', AccountMFAEnabled) > 0,
    hasPassword: AccountPasswordPresent === undefined ? null : AccountPasswordPresent > 0,
  };
}

/** The name that IAM gives the root user's first virtual device. */
const ROOT_DEVICE = ':mfa/root-account-mfa-device';

/** The serial numbers of the root user's virtual MFA devices: software, on a phone for example. */
async function readRootVirtualDevices(aws: Aws, { accountId }: ResourceRef): Promise<readonly string[]> {
  const serials: string[] = [];
  const asked = { AssignmentStatus: 'Assigned' } as const;
  for await (const page of paginateListVirtualMFADevices({ client: aws(IAMClient) }, asked))
    for (const { SerialNumber = '', User } of carried(
      'ListVirtualMFADevices',
      'VirtualMFADevices',
      page.VirtualMFADevices,
    ))
      if (SerialNumber.endsWith(ROOT_DEVICE) || User?.Arn?.endsWith(`::${accountId}:root`)) serials.push(SerialNumber);
  return serials.toSorted();
}

/** CloudTrail's name of the root user where a request names one. */
const ROOT_USER = 'AWS ROOT USER';

/** The account, where a call is about the root user's own credentials: it names no user then, or calls it so. */
function accountOfRoot({ accountId, request, userIdentity }: CallRecord): readonly string[] {
  const [userName] = strings(request, 'userName');
  const isByRoot = field(userIdentity, 'type') === 'Root';
  const isRoots = userName === undefined ? isByRoot : userName === ROOT_USER;
  const isRootDevice = strings(request, 'serialNumber').some((serial) => serial.endsWith(ROOT_DEVICE));
  return isRoots || isRootDevice ? [accountId] : [];
}

/** IAM users have such credentials too. */
const ofRoot = { ids: accountOfRoot, find: async () => [] };

/** What IAM holds for the account as a whole: the password policy of its users, and the credentials of the root user. */
export const iamAccount = defineResource({
  service: iam,
  type: 'AWS::::Account',
  global: true,
  triggers: [
    call('iam.amazonaws.com', ['UpdateAccountPasswordPolicy', 'DeleteAccountPasswordPolicy'], {
      ids: ({ accountId }) => [accountId],
      facets: ['passwordPolicy'],
    }),
    call(
      'iam.amazonaws.com',
      ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey', 'CreateLoginProfile', 'DeleteLoginProfile'],
      { ...ofRoot, facets: ['rootUser'] },
    ),
    call(
      'iam.amazonaws.com',
      ['EnableMFADevice', 'DeactivateMFADevice', 'CreateVirtualMFADevice', 'DeleteVirtualMFADevice'],
      { ...ofRoot, facets: ['rootUser', 'rootVirtualDevices'] },
    ),
  ],
  gone: [],
  facets: {
    passwordPolicy: { grants: onEverything('iam:GetAccountPasswordPolicy'), read: readPasswordPolicy },
    rootUser: { grants: onEverything('iam:GetAccountSummary'), read: readRootUser },
    rootVirtualDevices: { grants: onEverything('iam:ListVirtualMFADevices'), read: readRootVirtualDevices },
  },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'iam/home#/account_settings'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
