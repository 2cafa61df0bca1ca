import { GetRoleCommand, IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { parsePolicy } from '../../aws/iam/policy-document.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type Aws, defineResource, onEverything, onResources, partitionOf, type ResourceRef } from '../../resource.ts';
import iam from './service.ts';

/** The policy that says who may use the role; IAM shows it percent-encoded. */
async function readTrustPolicy(aws: Aws, { resourceId }: ResourceRef) {
  const { Role } = await aws(IAMClient).send(new GetRoleCommand({ RoleName: resourceId }));
  const text = carried('GetRole', 'AssumeRolePolicyDocument', Role?.AssumeRolePolicyDocument);
  return parsePolicy(decodeURIComponent(text));
}

/** An IAM role by its name: who may use it. The name is unique in the account whatever the role's path is, so that the ARN that stands for it here leaves the path out. */
export const role = defineResource({
  service: iam,
  type: 'AWS::IAM::Role',
  global: true,
  triggers: [],
  gone: ['NoSuchEntityException', 'NoSuchEntity'],
  facets: {
    trustPolicy: {
      grants: onResources('arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*', 'iam:GetRole'),
      read: readTrustPolicy,
    },
  },
  grants: onEverything('iam:ListRoles'),
  arn: ({ resourceId, region, accountId }) => `arn:${partitionOf(region)}:iam::${accountId}:role/${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `iam/home#/roles/details/${encodeURIComponent(resourceId)}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListRoles({ client: aws(IAMClient), startingToken: from }, { MaxItems: 1000 }),
      ({ Marker }) => Marker,
      ({ Roles = [] }) => Roles.flatMap(({ RoleName }) => (RoleName === undefined ? [] : [{ resourceId: RoleName }])),
    ),
});
