import {
  type AccessKeyMetadata,
  GetAccessKeyLastUsedCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  IAMClient,
  paginateListAccessKeys,
  paginateListGroupsForUser,
  paginateListMFADevices,
  paginateListUsers,
  paginateListUserTags,
  type User,
} from '@aws-sdk/client-iam';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { groupPolicies, userPolicies } from '../../aws/iam/identity-policies.ts';
import { pagesOf } from '../../aws/pages.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, field, strings } from '../../event.ts';
import {
  type Aws,
  type ConfigName,
  call,
  defineResource,
  onEverything,
  onResources,
  orNull,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import iam from './service.ts';

const onUsers = (...actions: readonly string[]) =>
  onResources('arn:${AWS::Partition}:iam::${AWS::AccountId}:user/*', ...actions);

const NO_SUCH_ENTITY = ['NoSuchEntityException', 'NoSuchEntity'];
const GROUPS = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:group/*';

/** An access key without its secret, which IAM shows nobody. */
const keyOf = ({ AccessKeyId, Status, CreateDate }: AccessKeyMetadata) => ({
  AccessKeyId: carried('ListAccessKeys', 'AccessKeyId', AccessKeyId),
  Status: carried('ListAccessKeys', 'Status', Status),
  CreateDate: carried('ListAccessKeys', 'CreateDate', CreateDate).toISOString(),
});

async function readAccessKeys(aws: Aws, { resourceId }: ResourceRef) {
  const keys: ReturnType<typeof keyOf>[] = [];
  for await (const page of paginateListAccessKeys({ client: aws(IAMClient) }, { UserName: resourceId }))
    keys.push(...carried('ListAccessKeys', 'AccessKeyMetadata', page.AccessKeyMetadata).map(keyOf));
  return keys.toSorted((a, b) => a.AccessKeyId.localeCompare(b.AccessKeyId));
}

/** The groups, with what they give their members. */
async function readGroups(aws: Aws, { resourceId }: ResourceRef) {
  const names: string[] = [];
  for await (const { Groups } of paginateListGroupsForUser({ client: aws(IAMClient) }, { UserName: resourceId }))
    names.push(...carried('ListGroupsForUser', 'Groups', Groups).flatMap(({ GroupName }) => GroupName ?? []));
  return Promise.all(
    names.toSorted().map(async (GroupName) => ({
      GroupName,
      attachedPolicies: await groupPolicies.attached(aws, GroupName),
      inlinePolicies: await groupPolicies.inline(aws, GroupName),
    })),
  );
}

/** The password for the console; null where the user has none. */
async function readLoginProfile(aws: Aws, { resourceId }: ResourceRef) {
  const asked = aws(IAMClient).send(new GetLoginProfileCommand({ UserName: resourceId }));
  const answer = await orNull(asked, ...NO_SUCH_ENTITY);
  if (answer === null) return null;
  const { CreateDate } = carried('GetLoginProfile', 'LoginProfile', answer.LoginProfile);
  return { CreateDate: carried('GetLoginProfile', 'CreateDate', CreateDate).toISOString() };
}

/** The serial numbers of the devices. */
async function readMfaDevices(aws: Aws, { resourceId }: ResourceRef) {
  const serials: string[] = [];
  for await (const { MFADevices } of paginateListMFADevices({ client: aws(IAMClient) }, { UserName: resourceId }))
    serials.push(
      ...carried('ListMFADevices', 'MFADevices', MFADevices).flatMap(({ SerialNumber }) => SerialNumber ?? []),
    );
  return serials.toSorted();
}

/** The access keys, with the day when each was last used; null where it never was. */
async function readAccessKeyUse(aws: Aws, ref: ResourceRef) {
  const keys = await readAccessKeys(aws, ref);
  return Promise.all(
    keys.map(async (key) => {
      const asked = new GetAccessKeyLastUsedCommand({ AccessKeyId: key.AccessKeyId });
      const { AccessKeyLastUsed } = await aws(IAMClient).send(asked);
      const { LastUsedDate } = carried('GetAccessKeyLastUsed', 'AccessKeyLastUsed', AccessKeyLastUsed);
      return { ...key, LastUsedDate: LastUsedDate?.toISOString() ?? null };
    }),
  );
}

/** When a password of the user was last used, be it the present one or an earlier one; null where none ever was. */
const passwordLastUsedOf = ({ PasswordLastUsed }: User): string | null => PasswordLastUsed?.toISOString() ?? null;

async function readPasswordLastUsed(aws: Aws, { resourceId }: ResourceRef): Promise<string | null> {
  const { User } = await aws(IAMClient).send(new GetUserCommand({ UserName: resourceId }));
  return passwordLastUsedOf(carried('GetUser', 'User', User));
}

async function readOwnership(aws: Aws, { resourceId }: ResourceRef) {
  const tags: Record<string, string> = {};
  for await (const page of paginateListUserTags({ client: aws(IAMClient) }, { UserName: resourceId }))
    Object.assign(tags, tagsByKey(carried('ListUserTags', 'Tags', page.Tags)));
  return { tags, service: null };
}

/** The user that a call about credentials is about: who acts on itself leaves its own name out of the request, and the root user, which CloudTrail may call by name, then means its own. */
function holder({ request, response, userIdentity }: CallRecord): readonly string[] {
  const asked = strings(request, 'userName');
  const type = field(userIdentity, 'type');
  if (asked.length > 0 || type === 'Root') return asked.filter((name) => name !== 'AWS ROOT USER');
  const answered = ['accessKey', 'loginProfile'].flatMap((name) => strings(response, `${name}.userName`));
  return answered.length > 0 || type !== 'IAMUser' ? answered : strings(userIdentity, 'userName');
}

/** Who signed in at the console. CloudTrail hides the name that a failed sign-in gave, since it may be a password. */
function signedIn({ response, userIdentity }: CallRecord): readonly string[] {
  const isUser = field(userIdentity, 'type') === 'IAMUser' && field(response, 'ConsoleLogin') === 'Success';
  return isUser ? strings(userIdentity, 'userName') : [];
}

/** The root user and roles act likewise, and are no users of IAM. */
const noUser = async () => [];

/** AWS Config says a user's unique id (`AIDA…`), and mostly its name beside it. */
async function identify(aws: Aws, { resourceId, resourceName }: ConfigName): Promise<string | null> {
  if (resourceName !== null) return resourceName;
  for await (const { Users } of paginateListUsers({ client: aws(IAMClient) }, { MaxItems: 1000 })) {
    const found = carried('ListUsers', 'Users', Users).find(({ UserId }) => UserId === resourceId);
    if (found?.UserName !== undefined) return found.UserName;
  }
  return null;
}

async function configIdOf(aws: Aws, { resourceId }: ResourceRef): Promise<string> {
  const { User } = await aws(IAMClient).send(new GetUserCommand({ UserName: resourceId }));
  return carried('GetUser', 'UserId', User?.UserId);
}

const named = ({ request }: CallRecord) => strings(request, 'userName');

const FACETS = [
  'accessKeys',
  'accessKeyUse',
  'attachedPolicies',
  'inlinePolicies',
  'groups',
  'loginProfile',
  'passwordLastUsed',
  'mfaDevices',
] as const;

/** An IAM user by its name: its credentials, its policies and its groups. The name is unique in the account whatever the user's path is, so that the ARN that stands for it here leaves the path out. */
export const user = defineResource({
  service: iam,
  type: 'AWS::IAM::User',
  global: true,
  triggers: [
    call('iam.amazonaws.com', ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'], {
      ids: holder,
      find: noUser,
      facets: ['accessKeys', 'accessKeyUse'],
    }),
    call('iam.amazonaws.com', ['CreateLoginProfile', 'UpdateLoginProfile', 'DeleteLoginProfile'], {
      ids: holder,
      find: noUser,
      facets: ['loginProfile'],
    }),
    call('iam.amazonaws.com', ['EnableMFADevice', 'DeactivateMFADevice'], {
      ids: holder,
      find: noUser,
      facets: ['mfaDevices'],
    }),
    call('signin.amazonaws.com', 'ConsoleLogin', {
      ids: signedIn,
      find: noUser,
      facets: ['loginProfile', 'passwordLastUsed', 'mfaDevices'],
    }),
    call('iam.amazonaws.com', ['AttachUserPolicy', 'DetachUserPolicy'], { ids: named, facets: ['attachedPolicies'] }),
    call('iam.amazonaws.com', ['AddUserToGroup', 'RemoveUserFromGroup'], { ids: named, facets: ['groups'] }),
    call('iam.amazonaws.com', ['PutUserPolicy', 'DeleteUserPolicy'], { ids: named, facets: ['inlinePolicies'] }),
    call('iam.amazonaws.com', ['CreateUser', 'DeleteUser', 'TagUser', 'UntagUser'], { ids: named, facets: FACETS }),
    // A user that is renamed is looked at under both names: the old one ends with it.
    call('iam.amazonaws.com', 'UpdateUser', {
      ids: ({ request }) => [...strings(request, 'userName'), ...strings(request, 'newUserName')],
      facets: FACETS,
    }),
  ],
  gone: NO_SUCH_ENTITY,
  facets: {
    accessKeys: { grants: onUsers('iam:ListAccessKeys'), read: readAccessKeys },
    accessKeyUse: { grants: onUsers('iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed'), read: readAccessKeyUse },
    passwordLastUsed: { grants: onUsers('iam:GetUser'), read: readPasswordLastUsed },
    attachedPolicies: {
      grants: onUsers('iam:ListAttachedUserPolicies'),
      read: (aws: Aws, { resourceId }: ResourceRef) => userPolicies.attached(aws, resourceId),
    },
    inlinePolicies: {
      grants: onUsers('iam:ListUserPolicies', 'iam:GetUserPolicy'),
      read: (aws: Aws, { resourceId }: ResourceRef) => userPolicies.inline(aws, resourceId),
    },
    groups: {
      grants: {
        ...onUsers('iam:ListGroupsForUser'),
        ...onResources(GROUPS, 'iam:ListAttachedGroupPolicies', 'iam:ListGroupPolicies', 'iam:GetGroupPolicy'),
      },
      read: readGroups,
    },
    loginProfile: { grants: onUsers('iam:GetLoginProfile'), read: readLoginProfile },
    mfaDevices: { grants: onUsers('iam:ListMFADevices'), read: readMfaDevices },
  },
  volatile: ['LastUsedDate', 'passwordLastUsed'],
  grants: { ...onEverything('iam:ListUsers'), ...onUsers('iam:GetUser') },
  ownership: { grants: onUsers('iam:ListUserTags'), read: readOwnership },
  arn: ({ resourceId, region, accountId }) => `arn:${partitionOf(region)}:iam::${accountId}:user/${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `iam/home#/users/details/${encodeURIComponent(resourceId)}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListUsers({ client: aws(IAMClient), startingToken: from }, { MaxItems: 1000 }),
      ({ Marker }) => Marker,
      ({ Users }) =>
        carried('ListUsers', 'Users', Users).flatMap((found) =>
          found.UserName === undefined
            ? []
            : [{ resourceId: found.UserName, facets: { passwordLastUsed: passwordLastUsedOf(found) } }],
        ),
    ),
  identify,
  configIdOf,
});
