import {
  AthenaClient,
  GetWorkGroupCommand,
  paginateListTagsForResource,
  paginateListWorkGroups,
  type WorkGroupConfiguration,
} from '@aws-sdk/client-athena';
import { carried } from '../../aws/answer.ts';
import { parseArn } from '../../aws/arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  Gone,
  onEverything,
  onResources,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import athena from './service.ts';

const onWorkgroups = (action: string) =>
  onResources('arn:${AWS::Partition}:athena:*:${AWS::AccountId}:workgroup/*', action);

/** What the results of queries are encrypted with; Athena encrypts those that it manages itself in any case. */
const encryptionOf = ({ ResultConfiguration, ManagedQueryResultsConfiguration }: WorkGroupConfiguration) => {
  if (ManagedQueryResultsConfiguration?.Enabled === true) return 'managed';
  return ResultConfiguration?.EncryptionConfiguration?.EncryptionOption ?? null;
};

async function readConfiguration(aws: Aws, { resourceId }: ResourceRef) {
  const asked = aws(AthenaClient).send(new GetWorkGroupCommand({ WorkGroup: resourceId }));
  const { WorkGroup } = await asked.catch((error: unknown) => {
    // Athena has one error for whatever it does not like.
    if (error instanceof Error && error.name === 'InvalidRequestException' && /not found/i.test(error.message))
      throw new Gone(error.message);
    throw error;
  });
  const configuration = carried('GetWorkGroup', 'Configuration', WorkGroup?.Configuration);
  return {
    PublishCloudWatchMetricsEnabled: configuration.PublishCloudWatchMetricsEnabled ?? false,
    EnforceWorkGroupConfiguration: configuration.EnforceWorkGroupConfiguration ?? false,
    OutputLocation: configuration.ResultConfiguration?.OutputLocation ?? null,
    encryption: encryptionOf(configuration),
    isSpark: /spark/i.test(configuration.EngineVersion?.SelectedEngineVersion ?? ''),
  };
}

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const tags: Record<string, string> = {};
  const pages = paginateListTagsForResource({ client: aws(AthenaClient) }, { ResourceARN: arnOf(ref) });
  for await (const page of pages) Object.assign(tags, tagsByKey(carried('ListTagsForResource', 'Tags', page.Tags)));
  return { tags, service: serviceOfTags(tags) };
}

const arnOf = ({ resourceId, region, accountId }: ResourceRef) =>
  `arn:${partitionOf(region)}:athena:${region}:${accountId}:workgroup/${resourceId}`;

/** A workgroup of Athena by its name: what it asks of the queries that run in it. */
export const workgroup = defineResource({
  service: athena,
  type: 'AWS::Athena::WorkGroup',
  triggers: [
    call('athena.amazonaws.com', 'CreateWorkGroup', {
      ids: ({ request }) => strings(request, 'name'),
      facets: ['configuration'],
    }),
    call('athena.amazonaws.com', ['UpdateWorkGroup', 'DeleteWorkGroup'], {
      ids: ({ request }) => strings(request, 'workGroup'),
      facets: ['configuration'],
    }),
    // They take data catalogs too.
    call('athena.amazonaws.com', ['TagResource', 'UntagResource'], {
      ids: ({ request }) =>
        strings(request, 'resourceARN').flatMap(
          (arn) => /^workgroup\/(.+)$/.exec(parseArn(arn)?.resource ?? '')?.[1] ?? [],
        ),
      find: async () => [],
      facets: ['configuration'],
    }),
  ],
  gone: [],
  facets: { configuration: { grants: onWorkgroups('athena:GetWorkGroup'), read: readConfiguration } },
  grants: onEverything('athena:ListWorkGroups'),
  ownership: { grants: onWorkgroups('athena:ListTagsForResource'), read: readOwnership },
  arn: arnOf,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `athena/home#/workgroups/details/${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListWorkGroups({ client: aws(AthenaClient), startingToken: from }, { MaxResults: 50 }),
      ({ NextToken }) => NextToken,
      ({ WorkGroups }) =>
        carried('ListWorkGroups', 'WorkGroups', WorkGroups).flatMap(({ Name }) =>
          Name === undefined ? [] : [{ resourceId: Name }],
        ),
    ),
});
