import {
  type EnvironmentResponse,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  LambdaClient,
  ListTagsCommand,
  paginateListAliases,
  paginateListFunctions,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';
import pLimit from 'p-limit';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { secretIn } from '../../aws/secrets.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  type NamedId,
  onEverything,
  onResources,
  orNull,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import lambda from './service.ts';

const onFunctions = (...actions: readonly string[]) =>
  onResources('arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:*', ...actions);

/** Lambda answers 15 requests a second for a policy. Source: "Lambda quotas". */
const MAX_CONCURRENT_READS = 4;

/** Its answer where there is no policy or no URL, and where there is no function. */
const NOT_FOUND = 'ResourceNotFoundException';

/** A function by its name, its ARN or a part of that, with a version or alias or without. */
const FUNCTION = /^(?:arn:[^:]+:lambda:[^:]+:)?(?:(\d{12}):)?(?:function:)?([\w-]+)(?::[\w$-]+)?$/;

function named(text: string): readonly NamedId[] {
  const [, accountId, resourceId] = FUNCTION.exec(text) ?? [];
  if (resourceId === undefined) return [];
  return [accountId === undefined ? resourceId : { resourceId, accountId }];
}

const ids = ({ request }: CallRecord) => strings(request, 'functionName').flatMap(named);

/** Event source mappings and signing configurations have tags too. */
const idsTagged = ({ request }: CallRecord) =>
  strings(request, 'resource').flatMap((arn) => (arn.includes(':function:') ? named(arn) : []));

async function aliasesOf(aws: Aws, FunctionName: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of paginateListAliases({ client: aws(LambdaClient) }, { FunctionName }))
    names.push(...carried('ListAliases', 'Aliases', page.Aliases).flatMap(({ Name }) => Name ?? []));
  return names;
}

/** The numbers of the published versions. Throws ResourceNotFoundException where there is no function. */
async function versionsOf(aws: Aws, FunctionName: string): Promise<readonly string[]> {
  const numbers: string[] = [];
  for await (const page of paginateListVersionsByFunction({ client: aws(LambdaClient) }, { FunctionName }))
    numbers.push(
      ...carried('ListVersionsByFunction', 'Versions', page.Versions).flatMap(({ Version }) => Version ?? []),
    );
  return numbers.filter((number) => number !== '$LATEST');
}

/** What is read for the function itself, and for each version and alias that has a policy or URL of its own. */
const qualified = (FunctionName: string, qualifier: string | null) => ({
  FunctionName,
  ...(qualifier === null ? {} : { Qualifier: qualifier }),
});

/** One answer for each qualifier, without those for which there is nothing. */
async function forEach<T>(
  qualifiers: readonly (string | null)[],
  read: (qualifier: string | null) => Promise<T>,
): Promise<readonly T[]> {
  const limit = pLimit(MAX_CONCURRENT_READS);
  const answers = qualifiers.map((qualifier) => limit(() => orNull(read(qualifier), NOT_FOUND)));
  return (await Promise.all(answers)).filter((answer) => answer !== null);
}

/** The texts of the policies as they stand. */
async function readPolicies(aws: Aws, { resourceId }: ResourceRef) {
  const [versions, aliases] = await Promise.all([versionsOf(aws, resourceId), aliasesOf(aws, resourceId)]);
  return forEach([null, ...versions, ...aliases], async (qualifier) => {
    const { Policy } = await aws(LambdaClient).send(new GetPolicyCommand(qualified(resourceId, qualifier)));
    return { qualifier, text: carried('GetPolicy', 'Policy', Policy) };
  });
}

/** The function URLs: the function has at most one, and each alias. */
async function readUrls(aws: Aws, { resourceId }: ResourceRef) {
  const aliases = await aliasesOf(aws, resourceId);
  return forEach([null, ...aliases], async (qualifier) => {
    const asked = new GetFunctionUrlConfigCommand(qualified(resourceId, qualifier));
    const { AuthType } = await aws(LambdaClient).send(asked);
    return { qualifier, AuthType: carried('GetFunctionUrlConfig', 'AuthType', AuthType) };
  });
}

/** The variables of the environment that hold secrets, and what tells so; the values are not kept. Throws Lambda's error where it cannot decrypt them. */
async function readEnvironmentSecrets(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new GetFunctionConfigurationCommand({ FunctionName: resourceId });
  const { FunctionArn, Environment } = await aws(LambdaClient).send(asked);
  carried('GetFunctionConfiguration', 'FunctionArn', FunctionArn);
  if (Environment?.Error !== undefined) {
    const { ErrorCode = 'Error', Message } = Environment.Error;
    throw Object.assign(new Error(`the environment cannot be decrypted: ${Message}`), { name: ErrorCode });
  }
  return secretsOf(Environment);
}

const secretsOf = ({ Variables = {} }: EnvironmentResponse = {}) =>
  Object.entries(Variables)
    .map(([name, value]) => ({ name, what: secretIn(name, value) }))
    .filter((variable): variable is { name: string; what: string } => variable.what !== null)
    .toSorted((a, b) => a.name.localeCompare(b.name));

const arnOf = ({ resourceId, region, accountId }: ResourceRef) =>
  `arn:${partitionOf(region)}:lambda:${region}:${accountId}:function:${resourceId}`;

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const { Tags } = await aws(LambdaClient).send(new ListTagsCommand({ Resource: arnOf(ref) }));
  const tags = carried('ListTags', 'Tags', Tags);
  return { tags, service: serviceOfTags(tags) };
}

/** As CloudTrail spells a call: mostly with the date of its version. */
const spelled = (name: string, ...suffixes: readonly string[]) => ['', ...suffixes].map((suffix) => name + suffix);

const FACETS = ['policies', 'urls', 'environmentSecrets'] as const;

/** A function by its name: its resource policies and its URLs, those of its versions and aliases included, and the secrets in its environment. */
export const lambdaFunction = defineResource({
  service: lambda,
  type: 'AWS::Lambda::Function',
  triggers: [
    call(
      'lambda.amazonaws.com',
      ['AddPermission', 'RemovePermission'].flatMap((name) => spelled(name, '20150331', '20150331v2')),
      { ids, facets: ['policies'] },
    ),
    call(
      'lambda.amazonaws.com',
      ['CreateFunctionUrlConfig', 'UpdateFunctionUrlConfig', 'DeleteFunctionUrlConfig'].flatMap((name) =>
        spelled(name, '20211031'),
      ),
      { ids, facets: ['urls'] },
    ),
    call(
      'lambda.amazonaws.com',
      [...spelled('CreateFunction', '20150331'), ...spelled('UpdateFunctionConfiguration', '20150331', '20150331v2')],
      { ids, facets: ['environmentSecrets'] },
    ),
    call('lambda.amazonaws.com', spelled('DeleteFunction', '20150331'), { ids, facets: FACETS }),
    call(
      'lambda.amazonaws.com',
      ['TagResource', 'UntagResource'].flatMap((name) => spelled(name, '20170331', '20170331v2')),
      { ids: idsTagged, find: async () => [], facets: FACETS },
    ),
  ],
  gone: [NOT_FOUND],
  facets: {
    policies: {
      grants: onFunctions('lambda:ListVersionsByFunction', 'lambda:ListAliases', 'lambda:GetPolicy'),
      read: readPolicies,
    },
    environmentSecrets: { grants: onFunctions('lambda:GetFunctionConfiguration'), read: readEnvironmentSecrets },
    urls: { grants: onFunctions('lambda:ListAliases', 'lambda:GetFunctionUrlConfig'), read: readUrls },
  },
  grants: onEverything('lambda:ListFunctions'),
  ownership: { grants: onFunctions('lambda:ListTags'), read: readOwnership },
  arn: arnOf,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `lambda/home#/functions/${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListFunctions({ client: aws(LambdaClient), startingToken: from }, { MaxItems: 50 }),
      ({ NextMarker }) => NextMarker,
      ({ Functions }) =>
        carried('ListFunctions', 'Functions', Functions).flatMap(({ FunctionName: resourceId, Environment }) => {
          if (resourceId === undefined) return [];
          // What cannot be decrypted is left to the read, which says why.
          return Environment?.Error === undefined
            ? [{ resourceId, facets: { environmentSecrets: secretsOf(Environment) } }]
            : [{ resourceId }];
        }),
    ),
});
