import { GetRoleCommand, IAMClient, paginateListRoles, type Role } from '@aws-sdk/client-iam';
import { carried } from '../../aws/answer.ts';
import { answerParts } from '../../aws/answer-parts.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { rolePolicies } from '../../aws/iam/identity-policies.ts';
import { pagesOf } from '../../aws/pages.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  type ConfigName,
  call,
  defineResource,
  onEverything,
  onResources,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import iam from './service.ts';

const onRoles = (...actions: readonly string[]) =>
  onResources('arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*', ...actions);

async function describeRole(aws: Aws, { resourceId }: Pick<ResourceRef, 'resourceId'>): Promise<Role> {
  const { Role } = await aws(IAMClient).send(new GetRoleCommand({ RoleName: resourceId }));
  return carried('GetRole', 'Role', Role);
}

const PARTS = answerParts(onRoles('iam:GetRole'), describeRole, {
  /** The text as it stands of the policy that says who may use the role; IAM shows it percent-encoded. */
  trustPolicy: ({ AssumeRolePolicyDocument }) =>
    decodeURIComponent(carried('IAM', 'AssumeRolePolicyDocument', AssumeRolePolicyDocument)),
  /** Nobody but AWS makes roles below `/aws-reserved/` and `/aws-service-role/`. */
  path: ({ Path }) => carried('IAM', 'Path', Path),
});

const FACETS = [...PARTS.names, 'attachedPolicies', 'inlinePolicies'] as const;

/** The tags come with the role: the same call as for its policy, which is then made once. */
const readOwnership = async (aws: Aws, ref: ResourceRef) => ({
  tags: tagsByKey((await describeRole(aws, ref)).Tags ?? []),
  service: null,
});

/** AWS Config says a role's unique id (`AROA…`), and mostly its name beside it. */
async function identify(aws: Aws, { resourceId, resourceName }: ConfigName): Promise<string | null> {
  if (resourceName !== null) return resourceName;
  for await (const { Roles } of paginateListRoles({ client: aws(IAMClient) }, { MaxItems: 1000 })) {
    const found = carried('ListRoles', 'Roles', Roles).find(({ RoleId }) => RoleId === resourceId);
    if (found?.RoleName !== undefined) return found.RoleName;
  }
  return null;
}

const configIdOf = async (aws: Aws, ref: ResourceRef): Promise<string> =>
  carried('GetRole', 'RoleId', (await describeRole(aws, ref)).RoleId);

const named = ({ request }: CallRecord) => strings(request, 'roleName');

/** An IAM role by its name: who may use it, and what it may do. The name is unique in the account whatever the role's path is, so that the ARN that stands for it here leaves the path out. */
export const role = defineResource({
  service: iam,
  type: 'AWS::IAM::Role',
  global: true,
  triggers: [
    call('iam.amazonaws.com', 'UpdateAssumeRolePolicy', { ids: named, facets: ['trustPolicy'] }),
    call('iam.amazonaws.com', ['AttachRolePolicy', 'DetachRolePolicy'], { ids: named, facets: ['attachedPolicies'] }),
    call('iam.amazonaws.com', ['PutRolePolicy', 'DeleteRolePolicy'], { ids: named, facets: ['inlinePolicies'] }),
    call('iam.amazonaws.com', ['CreateRole', 'DeleteRole', 'TagRole', 'UntagRole'], { ids: named, facets: FACETS }),
  ],
  gone: ['NoSuchEntityException', 'NoSuchEntity'],
  facets: {
    ...PARTS.facets,
    attachedPolicies: {
      grants: onRoles('iam:ListAttachedRolePolicies'),
      read: (aws: Aws, { resourceId }: ResourceRef) => rolePolicies.attached(aws, resourceId),
    },
    inlinePolicies: {
      grants: onRoles('iam:ListRolePolicies', 'iam:GetRolePolicy'),
      read: (aws: Aws, { resourceId }: ResourceRef) => rolePolicies.inline(aws, resourceId),
    },
  },
  grants: { ...onEverything('iam:ListRoles'), ...onRoles('iam:GetRole') },
  ownership: { grants: onRoles('iam:GetRole'), read: readOwnership },
  arn: ({ resourceId, region, accountId }) => `arn:${partitionOf(region)}:iam::${accountId}:role/${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `iam/home#/roles/details/${encodeURIComponent(resourceId)}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListRoles({ client: aws(IAMClient), startingToken: from }, { MaxItems: 1000 }),
      ({ Marker }) => Marker,
      ({ Roles }) =>
        carried('ListRoles', 'Roles', Roles).flatMap((found) =>
          found.RoleName === undefined ? [] : [{ resourceId: found.RoleName, facets: PARTS.of(found) }],
        ),
    ),
  identify,
  configIdOf,
});
