import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  paginateListQueues,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { carried, IncompleteAnswerError } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { queueUrlOf } from '../../aws/queue-url.ts';
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
import sqs from './service.ts';

const onQueues = (action: string) => onResources('arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:*', action);

const GONE = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

/** A queue's account and name, out of any of its URLs. */
const placeIn = (url: string) => /\/(\d{12})\/([\w-]+(?:\.fifo)?)\/?$/.exec(url);

/** The URL that SQS itself gives; callers may use older ones, and those of endpoints in a VPC. */
const isOwnUrl = (url: string) =>
  /^https:\/\/sqs\.[a-z0-9-]+\.[^/]+\/\d{12}\/[^/]+$/.test(url) && !url.includes('.vpce.');

const named = (url: string): NamedId => {
  const accountId = placeIn(url)?.[1];
  return accountId === undefined ? url : { resourceId: url, accountId };
};

const urls = ({ request, response }: CallRecord) => [
  ...new Set([...strings(response, 'queueUrl'), ...strings(request, 'queueUrl')]),
];

const ids = (record: CallRecord) => urls(record).filter(isOwnUrl).map(named);

/** SQS says which URL a queue goes by; one that is gone has none any more. */
async function find(aws: Aws, record: CallRecord): Promise<readonly NamedId[]> {
  const found: NamedId[] = [];
  for (const url of urls(record)) {
    const [, accountId, name] = placeIn(url) ?? [];
    const arn = `arn:${partitionOf(record.region)}:sqs:${record.region}:${accountId}:${name}`;
    found.push(named((await orNull(queueUrlOf(arn, aws), ...GONE)) ?? url));
  }
  return found;
}

/** The text as it stands, not parsed; null where there is none. */
async function readPolicy(aws: Aws, { resourceId }: ResourceRef) {
  const asked = new GetQueueAttributesCommand({ QueueUrl: resourceId, AttributeNames: ['QueueArn', 'Policy'] });
  const { Attributes } = await aws(SQSClient).send(asked);
  carried('GetQueueAttributes', 'QueueArn', Attributes?.QueueArn);
  return Attributes?.Policy || null;
}

/** SQS says nothing where there are no tags: another answer has to show that it was one. */
async function readOwnership(aws: Aws, ref: ResourceRef) {
  const { Tags } = await aws(SQSClient).send(new ListQueueTagsCommand({ QueueUrl: ref.resourceId }));
  if (Tags === undefined) await readPolicy(aws, ref);
  const tags = Tags ?? {};
  return { tags, service: serviceOfTags(tags) };
}

/** SQS says nothing where there are no queues, as an answer that is none does: a second one has to say the same. */
async function noQueues(aws: Aws): Promise<readonly string[]> {
  const { QueueUrls } = await aws(SQSClient).send(new ListQueuesCommand({ MaxResults: 1 }));
  if (QueueUrls === undefined) return [];
  throw new IncompleteAnswerError('ListQueues answered without QueueUrls, and there are queues');
}

const nameOf = ({ resourceId }: Pick<ResourceRef, 'resourceId'>) => placeIn(resourceId)?.[2] ?? resourceId;

/** A queue by its URL: the text of its access policy. */
export const queue = defineResource({
  service: sqs,
  type: 'AWS::SQS::Queue',
  // Not of tags: each heartbeat tags a queue, in every region. A sweep sees them.
  triggers: [
    call(
      'sqs.amazonaws.com',
      ['CreateQueue', 'SetQueueAttributes', 'AddPermission', 'RemovePermission', 'DeleteQueue'],
      { ids, find, grants: onQueues('sqs:GetQueueUrl'), facets: ['policy'] },
    ),
  ],
  gone: GONE,
  facets: { policy: { grants: onQueues('sqs:GetQueueAttributes'), read: readPolicy } },
  grants: onEverything('sqs:ListQueues'),
  ownership: {
    grants: { ...onQueues('sqs:ListQueueTags'), ...onQueues('sqs:GetQueueAttributes') },
    read: readOwnership,
  },
  arn: (ref) => `arn:${partitionOf(ref.region)}:sqs:${ref.region}:${ref.accountId}:${nameOf(ref)}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `sqs/v3/home#/queues/${encodeURIComponent(resourceId)}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateListQueues({ client: aws(SQSClient), startingToken: from }, { MaxResults: 1000 }),
      ({ NextToken }) => NextToken,
      async ({ QueueUrls }) => (QueueUrls ?? (await noQueues(aws))).map((resourceId) => ({ resourceId })),
    ),
});
