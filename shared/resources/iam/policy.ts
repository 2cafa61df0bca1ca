import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  type Policy,
  type PolicyVersion,
  paginateListPolicies,
  paginateListPolicyVersions,
} from '@aws-sdk/client-iam';
import { carried } from '../../aws/answer.ts';
import { parseArn } from '../../aws/arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { decodedPolicy } from '../../aws/iam/policy-document.ts';
import { pagesOf } from '../../aws/pages.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { strings } from '../../event.ts';
import {
  type Aws,
  type ConfigName,
  call,
  defineResource,
  onEverything,
  onResources,
  type ResourceRef,
} from '../../resource.ts';
import iam from './service.ts';

const onPolicies = (...actions: readonly string[]) =>
  onResources('arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/*', ...actions);

const versionOf = ({ VersionId, CreateDate, IsDefaultVersion }: PolicyVersion) => ({
  VersionId: carried('ListPolicyVersions', 'VersionId', VersionId),
  CreateDate: carried('ListPolicyVersions', 'CreateDate', CreateDate).toISOString(),
  IsDefaultVersion: IsDefaultVersion ?? false,
});

async function listVersions(aws: Aws, PolicyArn: string) {
  const found: ReturnType<typeof versionOf>[] = [];
  for await (const { Versions } of paginateListPolicyVersions({ client: aws(IAMClient) }, { PolicyArn }))
    found.push(...carried('ListPolicyVersions', 'Versions', Versions).map(versionOf));
  return found;
}

/** The text of a version as it stands. */
async function readText(aws: Aws, PolicyArn: string, VersionId: string): Promise<string> {
  const { PolicyVersion } = await aws(IAMClient).send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  return decodedPolicy(carried('GetPolicyVersion', 'Document', PolicyVersion?.Document));
}

async function describePolicy(aws: Aws, PolicyArn: string): Promise<Policy> {
  const { Policy } = await aws(IAMClient).send(new GetPolicyCommand({ PolicyArn }));
  return carried('GetPolicy', 'Policy', Policy);
}

/** The version that holds. */
async function readDefaultVersion(aws: Aws, { resourceId: PolicyArn }: ResourceRef) {
  const VersionId = carried('GetPolicy', 'DefaultVersionId', (await describePolicy(aws, PolicyArn)).DefaultVersionId);
  return { VersionId, Document: await readText(aws, PolicyArn, VersionId) };
}

/** The versions that could hold instead, the newest first; IAM keeps five. */
async function readOtherVersions(aws: Aws, { resourceId: PolicyArn }: ResourceRef) {
  const others = (await listVersions(aws, PolicyArn)).filter(({ IsDefaultVersion }) => !IsDefaultVersion);
  const found = [];
  for (const { VersionId, CreateDate } of others.toSorted((a, b) => b.CreateDate.localeCompare(a.CreateDate)))
    found.push({ VersionId, CreateDate, Document: await readText(aws, PolicyArn, VersionId) });
  return found;
}

/** The tags come with the policy: the same call as for the version that holds, which is then made once. */
const readOwnership = async (aws: Aws, { resourceId }: ResourceRef) => ({
  tags: tagsByKey((await describePolicy(aws, resourceId)).Tags ?? []),
  service: null,
});

/** AWS's own policies belong to the account `aws`. */
const isOwn = (arn: string, accountId: string) => parseArn(arn)?.accountId === accountId;

async function* localPolicies(aws: Aws) {
  const pages = paginateListPolicies({ client: aws(IAMClient) }, { Scope: 'Local', MaxItems: 1000 });
  for await (const { Policies } of pages) yield* carried('ListPolicies', 'Policies', Policies);
}

/** AWS Config says a policy's unique id (`ANPA…`), and mostly its ARN beside it. */
async function identify(aws: Aws, { resourceId, arn, accountId }: ConfigName): Promise<string | null> {
  if (arn !== null) return isOwn(arn, accountId) ? arn : null;
  for await (const { PolicyId, Arn } of localPolicies(aws)) if (PolicyId === resourceId) return Arn ?? null;
  return null;
}

const configIdOf = async (aws: Aws, { resourceId }: ResourceRef): Promise<string> =>
  carried('GetPolicy', 'PolicyId', (await describePolicy(aws, resourceId)).PolicyId);

/** A customer managed policy by its ARN: the version that holds, and the others. */
export const policy = defineResource({
  service: iam,
  type: 'AWS::IAM::Policy',
  global: true,
  triggers: [
    call('iam.amazonaws.com', 'CreatePolicy', {
      ids: ({ response }) => strings(response, 'policy.arn'),
      facets: ['defaultVersion', 'otherVersions'],
    }),
    call(
      'iam.amazonaws.com',
      ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion', 'DeletePolicy'],
      { ids: ({ request }) => strings(request, 'policyArn'), facets: ['defaultVersion', 'otherVersions'] },
    ),
    call('iam.amazonaws.com', ['TagPolicy', 'UntagPolicy'], {
      ids: ({ request }) => strings(request, 'policyArn'),
      facets: ['defaultVersion'],
    }),
  ],
  gone: ['NoSuchEntityException', 'NoSuchEntity'],
  facets: {
    defaultVersion: { grants: onPolicies('iam:GetPolicy', 'iam:GetPolicyVersion'), read: readDefaultVersion },
    otherVersions: { grants: onPolicies('iam:ListPolicyVersions', 'iam:GetPolicyVersion'), read: readOtherVersions },
  },
  grants: { ...onEverything('iam:ListPolicies'), ...onPolicies('iam:GetPolicy') },
  ownership: { grants: onPolicies('iam:GetPolicy'), read: readOwnership },
  arn: ({ resourceId }) => resourceId,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `iam/home#/policies/details/${encodeURIComponent(resourceId)}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListPolicies({ client: aws(IAMClient), startingToken: from }, { Scope: 'Local', MaxItems: 1000 }),
      ({ Marker }) => Marker,
      ({ Policies }) =>
        carried('ListPolicies', 'Policies', Policies).flatMap(({ Arn }) =>
          Arn === undefined ? [] : [{ resourceId: Arn }],
        ),
    ),
  identify,
  configIdOf,
});
