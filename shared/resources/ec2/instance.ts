import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  type Instance,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { PAGE } from '../../aws/ec2/describe.ts';
import { ec2Ownership, tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, event, onEverything, partitionOf, type ResourceRef } from '../../resource.ts';
import ec2 from './service.ts';

/** An event of the service has no parameters and no answer: what it tells stands beside them. */
const fulfilled = ({ raw }: CallRecord) => strings(raw, 'serviceEventDetails.instanceIdSet');

const EVERY = ['instance', 'publicAddresses', 'agent'] as const;

const describeInstances = onEverything('ec2:DescribeInstances');

/** The state and the metadata options that can be set; nothing else, for user data and tags may hold secrets. */
const instanceOf = ({ State, MetadataOptions = {} }: Instance) => {
  const { HttpTokens, HttpEndpoint, HttpPutResponseHopLimit, HttpProtocolIpv6, InstanceMetadataTags } = MetadataOptions;
  return {
    state: State?.Name ?? null,
    metadataOptions: { HttpTokens, HttpEndpoint, HttpPutResponseHopLimit, HttpProtocolIpv6, InstanceMetadataTags },
  };
};

async function describeInstance(aws: Aws, { resourceId }: ResourceRef): Promise<Instance> {
  const { Reservations } = await aws(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [resourceId] }));
  const instances = Reservations?.flatMap(({ Instances = [] }) => Instances);
  return sole('EC2', instances, 'InstanceId', resourceId);
}

const readInstance = async (aws: Aws, ref: ResourceRef) => instanceOf(await describeInstance(aws, ref));

/** The public IPv4 addresses of all network interfaces, Elastic IP addresses included. */
function publicAddressesOf({ PublicIpAddress, NetworkInterfaces = [] }: Instance): readonly string[] {
  const associated = NetworkInterfaces.flatMap(({ Association, PrivateIpAddresses = [] }) => [
    Association?.PublicIp,
    ...PrivateIpAddresses.map((address) => address.Association?.PublicIp),
  ]);
  return [...new Set([PublicIpAddress, ...associated])].filter((address) => address !== undefined).sort();
}

/** Asked of an instance with a hop limit of 1 alone; null for any other. The instance is read once, for both facets. */
async function readCallsWithoutToken(aws: Aws, ref: ResourceRef): Promise<number | null> {
  const { metadataOptions } = await readInstance(aws, ref);
  if ((metadataOptions.HttpPutResponseHopLimit ?? 1) > 1) return null;
  // Loaded here, since few events get as far as this question.
  const { callsWithoutToken } = await import('../../aws/ec2/metadata-no-token.ts');
  return callsWithoutToken(aws, ref.resourceId);
}

/** What Systems Manager says of its agent, and since when it could have: an instance that is not running has none. */
async function readAgent(aws: Aws, ref: ResourceRef) {
  const { State, LaunchTime, IamInstanceProfile } = await describeInstance(aws, ref);
  // Loaded here, since few events get as far as this question.
  const { pingStatusOf } = await import('../../aws/ec2/managed-instance.ts');
  return {
    startedAt: carried('DescribeInstances', 'launchTime', LaunchTime).toISOString(),
    hasProfile: IamInstanceProfile !== undefined,
    pingStatus: State?.Name === 'running' ? await pingStatusOf(aws, ref.resourceId) : null,
  };
}

/** The instance that a network interface is attached to, where the call names that alone. By a filter: one that is gone by now is no error, and attached to nothing. */
async function ofInterface(aws: Aws, { request }: CallRecord) {
  const Values = [...strings(request, 'networkInterfaceId')];
  if (Values.length === 0) return [];
  const asked = new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'network-interface-id', Values }] });
  const { NetworkInterfaces } = await aws(EC2Client).send(asked);
  return carried('DescribeNetworkInterfaces', 'networkInterfaceSet', NetworkInterfaces).flatMap(
    ({ Attachment }) => Attachment?.InstanceId ?? [],
  );
}

/** Who takes a profile away or replaces it names the association alone; the answer names the instance. */
const profiled = ({ request, response }: CallRecord) => {
  const named = strings(request, 'instanceId');
  return named.length > 0 ? named : strings(response, 'iamInstanceProfileAssociation.instanceId');
};

/** An EC2 instance: its state, its metadata options, whether anything on it still uses IMDSv1, its public addresses, and its agent of Systems Manager. */
export const instance = defineResource({
  service: ec2,
  type: 'AWS::EC2::Instance',
  triggers: [
    call('ec2.amazonaws.com', 'RunInstances', {
      ids: ({ response }) => strings(response, 'instancesSet.items.instanceId'),
      facets: EVERY,
    }),
    call('ec2.amazonaws.com', ['StartInstances', 'TerminateInstances'], {
      ids: ({ request }) => strings(request, 'instancesSet.items.instanceId'),
      facets: EVERY,
    }),
    call('ec2.amazonaws.com', 'ModifyInstanceMetadataOptions', {
      ids: ({ request }) => strings(request, 'instanceId'),
      facets: ['instance'],
    }),
    // Spot Instances are launched by no call.
    call('ec2.amazonaws.com', 'BidFulfilledEvent', { ids: fulfilled, facets: EVERY }),
    tagCalls('i-', EVERY),
    // What none of these calls makes or changes.
    event('aws.ec2', 'EC2 Instance State-change Notification', {
      ids: ({ detail }) => strings(detail, 'instance-id'),
      facets: EVERY,
    }),
    call('ec2.amazonaws.com', 'AttachNetworkInterface', {
      ids: ({ request }) => strings(request, 'instanceId'),
      facets: ['publicAddresses'],
    }),
    call('ec2.amazonaws.com', ['AssociateAddress', 'ModifyNetworkInterfaceAttribute'], {
      ids: ({ request }) => strings(request, 'instanceId'),
      find: ofInterface,
      grants: onEverything('ec2:DescribeNetworkInterfaces'),
      facets: ['publicAddresses'],
    }),
    call(
      'ec2.amazonaws.com',
      ['AssociateIamInstanceProfile', 'ReplaceIamInstanceProfileAssociation', 'DisassociateIamInstanceProfile'],
      { ids: profiled, facets: ['agent'] },
    ),
  ],
  gone: ['InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed'],
  facets: {
    instance: { grants: describeInstances, read: readInstance },
    callsWithoutToken: {
      grants: { ...describeInstances, ...onEverything('cloudwatch:GetMetricStatistics') },
      read: readCallsWithoutToken,
    },
    publicAddresses: {
      grants: describeInstances,
      read: async (aws, ref) => publicAddressesOf(await describeInstance(aws, ref)),
    },
    agent: {
      grants: { ...describeInstances, ...onEverything('ssm:DescribeInstanceInformation') },
      read: readAgent,
    },
  },
  grants: describeInstances,
  volatile: ['pingStatus'],
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
              : [
                  {
                    resourceId: found.InstanceId,
                    facets: { instance: instanceOf(found), publicAddresses: publicAddressesOf(found) },
                  },
                ],
          ),
    ),
});
