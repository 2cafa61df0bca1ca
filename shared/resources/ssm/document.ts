import {
  DescribeDocumentPermissionCommand,
  ListTagsForResourceCommand,
  paginateListDocuments,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { carried } from '../../aws/answer.ts';
import { parseArn } from '../../aws/arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { serviceOfTags } from '../../aws/service-managed.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  type NamedId,
  onEverything,
  onResources,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import ssm from './service.ts';

const onDocuments = (action: string) => onResources('arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:document/*', action);

/** Documents that others share are called by their ARN, our own mostly by their name. */
const named = (text: string): NamedId => {
  const arn = parseArn(text);
  if (arn === null) return text;
  const resourceId = arn.resource.replace(/^document\//, '');
  return arn.accountId === '' ? resourceId : { resourceId, accountId: arn.accountId };
};

/** Tags are of many things: parameters, instances, windows. */
const idsTagged = ({ request }: CallRecord) =>
  strings(request, 'resourceType').includes('Document') ? strings(request, 'resourceId').map(named) : [];

/** With whom the document is shared; SSM answers with an empty list where it is with nobody. */
async function readSharing(aws: Aws, { resourceId }: ResourceRef) {
  const accounts: string[] = [];
  let NextToken: string | undefined;
  do {
    const asked = new DescribeDocumentPermissionCommand({ Name: resourceId, PermissionType: 'Share', NextToken });
    const answer = await aws(SSMClient).send(asked);
    accounts.push(...carried('DescribeDocumentPermission', 'AccountIds', answer.AccountIds));
    NextToken = answer.NextToken;
  } while (NextToken);
  return { public: accounts.some((account) => account.toLowerCase() === 'all') };
}

async function readOwnership(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new ListTagsForResourceCommand({ ResourceType: 'Document', ResourceId: resourceId });
  const { TagList } = await aws(SSMClient).send(asked);
  const found = carried('ListTagsForResource', 'TagList', TagList);
  const tags = tagsByKey(found);
  return { tags, service: serviceOfTags(tags) };
}

/** A document of the account by its name: whether everybody may use it. */
export const document = defineResource({
  service: ssm,
  type: 'AWS::SSM::Document',
  triggers: [
    call('ssm.amazonaws.com', ['CreateDocument', 'ModifyDocumentPermission', 'DeleteDocument'], {
      ids: ({ request }) => strings(request, 'name').map(named),
      facets: ['sharing'],
    }),
    call('ssm.amazonaws.com', ['AddTagsToResource', 'RemoveTagsFromResource'], {
      ids: idsTagged,
      find: async () => [],
      facets: ['sharing'],
    }),
  ],
  gone: ['InvalidDocument', 'InvalidResourceId'],
  facets: { sharing: { grants: onDocuments('ssm:DescribeDocumentPermission'), read: readSharing } },
  grants: onEverything('ssm:ListDocuments'),
  ownership: { grants: onDocuments('ssm:ListTagsForResource'), read: readOwnership },
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ssm:${region}:${accountId}:document/${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `systems-manager/documents/${encodeURIComponent(resourceId)}/details`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListDocuments(
        { client: aws(SSMClient), startingToken: from },
        { Filters: [{ Key: 'Owner', Values: ['Self'] }], MaxResults: 50 },
      ),
      ({ NextToken }) => NextToken,
      ({ DocumentIdentifiers }) =>
        carried('ListDocuments', 'DocumentIdentifiers', DocumentIdentifiers).flatMap(({ Name }) =>
          Name === undefined ? [] : [{ resourceId: Name }],
        ),
    ),
});
