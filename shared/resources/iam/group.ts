import { GetGroupCommand, IAMClient, paginateListGroups } from '@aws-sdk/client-iam';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { groupPolicies } from '../../aws/iam/identity-policies.ts';
import { pagesOf } from '../../aws/pages.ts';
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

const onGroups = (...actions: readonly string[]) =>
  onResources('arn:${AWS::Partition}:iam::${AWS::AccountId}:group/*', ...actions);

const named = ({ request }: CallRecord) => strings(request, 'groupName');

const FACETS = ['attachedPolicies', 'inlinePolicies'] as const;

/** AWS Config says a group's unique id (`AGPA…`), and mostly its name beside it. */
async function identify(aws: Aws, { resourceId, resourceName }: ConfigName): Promise<string | null> {
  if (resourceName !== null) return resourceName;
  for await (const { Groups } of paginateListGroups({ client: aws(IAMClient) }, { MaxItems: 1000 })) {
    const found = carried('ListGroups', 'Groups', Groups).find(({ GroupId }) => GroupId === resourceId);
    if (found?.GroupName !== undefined) return found.GroupName;
  }
  return null;
}

async function configIdOf(aws: Aws, { resourceId }: ResourceRef): Promise<string> {
  const { Group } = await aws(IAMClient).send(new GetGroupCommand({ GroupName: resourceId, MaxItems: 1 }));
  return carried('GetGroup', 'GroupId', Group?.GroupId);
}

/** An IAM group by its name: what its members may do. The ARN that stands for it here leaves the path out, as a user's does. */
export const group = defineResource({
  service: iam,
  type: 'AWS::IAM::Group',
  global: true,
  triggers: [
    call('iam.amazonaws.com', ['AttachGroupPolicy', 'DetachGroupPolicy'], { ids: named, facets: ['attachedPolicies'] }),
    call('iam.amazonaws.com', ['PutGroupPolicy', 'DeleteGroupPolicy'], { ids: named, facets: ['inlinePolicies'] }),
    call('iam.amazonaws.com', ['CreateGroup', 'DeleteGroup'], { ids: named, facets: FACETS }),
    // A group that is renamed is looked at under both names: the old one ends with it.
    call('iam.amazonaws.com', 'UpdateGroup', {
      ids: ({ request }) => [...strings(request, 'groupName'), ...strings(request, 'newGroupName')],
      facets: FACETS,
    }),
  ],
  gone: ['NoSuchEntityException', 'NoSuchEntity'],
  facets: {
    attachedPolicies: {
      grants: onGroups('iam:ListAttachedGroupPolicies'),
      read: (aws: Aws, { resourceId }: ResourceRef) => groupPolicies.attached(aws, resourceId),
    },
    inlinePolicies: {
      grants: onGroups('iam:ListGroupPolicies', 'iam:GetGroupPolicy'),
      read: (aws: Aws, { resourceId }: ResourceRef) => groupPolicies.inline(aws, resourceId),
    },
  },
  grants: { ...onEverything('iam:ListGroups'), ...onGroups('iam:GetGroup') },
  arn: ({ resourceId, region, accountId }) => `arn:${partitionOf(region)}:iam::${accountId}:group/${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `iam/home#/groups/details/${encodeURIComponent(resourceId)}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListGroups({ client: aws(IAMClient), startingToken: from }, { MaxItems: 1000 }),
      ({ Marker }) => Marker,
      ({ Groups }) =>
        carried('ListGroups', 'Groups', Groups).flatMap(({ GroupName }) =>
          GroupName === undefined ? [] : [{ resourceId: GroupName }],
        ),
    ),
  identify,
  configIdOf,
});
