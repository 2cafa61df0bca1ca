import { DescribeInstancesCommand, EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { PAGE, sole } from '../../aws/ec2/describe.ts';
import { ec2Ownership, tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, event, onEverything, partitionOf, type ResourceRef } from '../../resource.ts';
import ec2 from './service.ts';

/** An event of the service has no parameters and no answer: what it tells stands beside them. */
const fulfilled = ({ raw }: CallRecord) => strings(raw, 'serviceEventDetails.instanceIdSet');

const describeInstances = onEverything('ec2:DescribeInstances');

/** The state and the metadata options that can be set; nothing else, for user data and tags may hold secrets. */
const instanceOf = ({ State, MetadataOptions = {} }: Instance) => {
  const { HttpTokens, HttpEndpoint, HttpPutResponseHopLimit, HttpProtocolIpv6, InstanceMetadataTags } = MetadataOptions;
  return {
    state: State?.Name ?? null,
    metadataOptions: { HttpTokens, HttpEndpoint, HttpPutResponseHopLimit, HttpProtocolIpv6, InstanceMetadataTags },
  };
};

async function readInstance(aws: Aws, { resourceId }: ResourceRef) {
  const { Reservations } = await aws(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [resourceId] }));
  const instances = Reservations?.flatMap(({ Instances = [] }) => Instances);
  return instanceOf(sole(instances, 'InstanceId', resourceId));
}

/** Asked of an instance with a hop limit of 1 alone; null for any other. The instance is read once, for both facets. */
async function readCallsWithoutToken(aws: Aws, ref: ResourceRef): Promise<number | null> {
  const { metadataOptions } = await readInstance(aws, ref);
  if ((metadataOptions.HttpPutResponseHopLimit ?? 1) > 1) return null;
  // Loaded here, since few events get as far as this question.
  const { callsWithoutToken } = await import('../../aws/ec2/metadata-no-token.ts');
  return callsWithoutToken(aws, ref.resourceId);
}

/** An EC2 instance: its state, its metadata options, and whether anything on it still uses IMDSv1. */
export const instance = defineResource({
  service: ec2,
  type: 'AWS::EC2::Instance',
  triggers: [
    call('ec2.amazonaws.com', 'RunInstances', {
      ids: ({ response }) => strings(response, 'instancesSet.items.instanceId'),
      facets: ['instance'],
    }),
    call('ec2.amazonaws.com', ['StartInstances', 'TerminateInstances'], {
      ids: ({ request }) => strings(request, 'instancesSet.items.instanceId'),
      facets: ['instance'],
    }),
    call('ec2.amazonaws.com', 'ModifyInstanceMetadataOptions', {
      ids: ({ request }) => strings(request, 'instanceId'),
      facets: ['instance'],
    }),
    // Spot Instances are launched by no call.
    call('ec2.amazonaws.com', 'BidFulfilledEvent', { ids: fulfilled, facets: ['instance'] }),
    tagCalls('i-', ['instance']),
    // What none of these calls makes or changes.
    event('aws.ec2', 'EC2 Instance State-change Notification', {
      ids: ({ detail }) => strings(detail, 'instance-id'),
      facets: ['instance'],
    }),
  ],
  gone: ['InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed'],
  facets: {
    instance: { grants: describeInstances, read: readInstance },
    callsWithoutToken: {
      grants: { ...describeInstances, ...onEverything('cloudwatch:GetMetricStatistics') },
      read: readCallsWithoutToken,
    },
  },
  grants: describeInstances,
  ownership: ec2Ownership,
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ec2:${region}:${accountId}:instance/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `ec2/home#InstanceDetails:instanceId=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeInstances({ client: aws(EC2Client), startingToken: from }, { MaxResults: PAGE }),
      ({ NextToken }) => NextToken,
      ({ Reservations }) =>
        carried('DescribeInstances', 'reservationSet', Reservations)
          .flatMap(({ Instances = [] }) => Instances)
          .flatMap((found) =>
            found.InstanceId === undefined
              ? []
              : [{ resourceId: found.InstanceId, facets: { instance: instanceOf(found) } }],
          ),
    ),
});
