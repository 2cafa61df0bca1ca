import {
  GetParameterCommand,
  ListTagsForResourceCommand,
  paginateDescribeParameters,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { carried } from '../../aws/answer.ts';
import { parseArn } from '../../aws/arn.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { secretIn } from '../../aws/secrets.ts';
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

const onParameters = (action: string) =>
  onResources('arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:parameter/*', action);

/** A parameter that another account shares is called by its ARN, our own mostly by its name. */
function named(text: string): NamedId {
  const arn = parseArn(text);
  if (arn === null) return text;
  const path = arn.resource.replace(/^parameter/, '');
  // A name without a path has no slash of its own.
  const resourceId = path.lastIndexOf('/') === 0 ? path.slice(1) : path;
  return { resourceId, accountId: arn.accountId };
}

/** Tags are of many things: documents, instances, windows. */
const idsTagged = ({ request }: CallRecord) =>
  strings(request, 'resourceType').includes('Parameter') ? strings(request, 'resourceId').map(named) : [];

/** Of a SecureString nothing but its type is read. */
const SECURE = { Type: 'SecureString', secret: null } as const;

/** The type, and what tells that the value is a secret; the value is not kept, and that of a SecureString not decrypted. */
async function readContent(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new GetParameterCommand({ Name: resourceId, WithDecryption: false });
  const { Parameter } = await aws(SSMClient).send(asked);
  const Type = carried('GetParameter', 'Type', Parameter?.Type);
  if (Type === SECURE.Type) return SECURE;
  return { Type, secret: secretIn(resourceId, carried('GetParameter', 'Value', Parameter?.Value)) };
}

async function readOwnership(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: resourceId });
  const tags = tagsByKey(carried('ListTagsForResource', 'TagList', (await aws(SSMClient).send(asked)).TagList));
  return { tags, service: serviceOfTags(tags) };
}

/** A parameter of Parameter Store by its name: its type, and whether it holds a secret. */
export const parameter = defineResource({
  service: ssm,
  type: 'AWS::SSM::Parameter',
  triggers: [
    call('ssm.amazonaws.com', ['PutParameter', 'DeleteParameter'], {
      ids: ({ request }) => strings(request, 'name').map(named),
      facets: ['content'],
    }),
    call('ssm.amazonaws.com', 'DeleteParameters', {
      ids: ({ request }) => strings(request, 'names').map(named),
      facets: ['content'],
    }),
    call('ssm.amazonaws.com', ['AddTagsToResource', 'RemoveTagsFromResource'], {
      ids: idsTagged,
      find: async () => [],
      facets: ['content'],
    }),
  ],
  gone: ['ParameterNotFound', 'InvalidResourceId'],
  facets: { content: { grants: onParameters('ssm:GetParameter'), read: readContent } },
  grants: onEverything('ssm:DescribeParameters'),
  ownership: { grants: onParameters('ssm:ListTagsForResource'), read: readOwnership },
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ssm:${region}:${accountId}:parameter/${resourceId.replace(/^\//, '')}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `systems-manager/parameters/${encodeURIComponent(resourceId)}/description`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeParameters({ client: aws(SSMClient), startingToken: from }, { MaxResults: 50 }),
      ({ NextToken }) => NextToken,
      ({ Parameters }) =>
        carried('DescribeParameters', 'Parameters', Parameters).flatMap(({ Name: resourceId, Type }) => {
          if (resourceId === undefined) return [];
          return Type === SECURE.Type ? [{ resourceId, facets: { content: SECURE } }] : [{ resourceId }];
        }),
    ),
});
