import {
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  paginateListTopics,
  SNSClient,
} from '@aws-sdk/client-sns';
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
  type ResourceRef,
} from '../../resource.ts';
import sns from './service.ts';

const onTopics = (action: string) => onResources('arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*', action);

/** A topic of another account is named as that account's. */
const named = (topicArn: string): NamedId => {
  const { accountId, region } = parseArn(topicArn) ?? {};
  return { resourceId: topicArn, ...(accountId && { accountId }), ...(region && { region }) };
};

const asked = ({ request }: CallRecord) => strings(request, 'topicArn').map(named);

/** The text as it stands, not parsed: what is put back must be what was there. */
async function readPolicy(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new GetTopicAttributesCommand({ TopicArn: resourceId });
  const { Attributes } = await aws(SNSClient).send(asked);
  return carried('GetTopicAttributes', 'Policy', Attributes?.Policy);
}

async function readOwnership(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new ListTagsForResourceCommand({ ResourceArn: resourceId });
  const { Tags } = await aws(SNSClient).send(asked);
  const found = carried('ListTagsForResource', 'Tags', Tags);
  const tags = tagsByKey(found);
  return { tags, service: serviceOfTags(tags) };
}

/** A topic by its ARN: the text of its access policy. */
export const topic = defineResource({
  service: sns,
  type: 'AWS::SNS::Topic',
  triggers: [
    call('sns.amazonaws.com', 'CreateTopic', {
      ids: ({ response }) => strings(response, 'topicArn').map(named),
      facets: ['policy'],
    }),
    call('sns.amazonaws.com', ['SetTopicAttributes', 'AddPermission', 'RemovePermission', 'DeleteTopic'], {
      ids: asked,
      facets: ['policy'],
    }),
    call('sns.amazonaws.com', ['TagResource', 'UntagResource'], {
      ids: ({ request }) => strings(request, 'resourceArn').map(named),
      facets: ['policy'],
    }),
  ],
  gone: ['NotFoundException', 'ResourceNotFoundException'],
  facets: { policy: { grants: onTopics('sns:GetTopicAttributes'), read: readPolicy } },
  grants: onEverything('sns:ListTopics'),
  ownership: { grants: onTopics('sns:ListTagsForResource'), read: readOwnership },
  arn: ({ resourceId }) => resourceId,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `sns/v3/home#/topic/${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListTopics({ client: aws(SNSClient), startingToken: from }, {}),
      ({ NextToken }) => NextToken,
      ({ Topics }) =>
        carried('ListTopics', 'Topics', Topics).flatMap(({ TopicArn }) =>
          TopicArn === undefined ? [] : [{ resourceId: TopicArn }],
        ),
    ),
});
