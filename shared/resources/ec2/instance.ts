import { DescribeInstancesCommand, EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { consoleUrl } from '../../console.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, defineResource, partitionOf, type ResourceRef } from '../../resource.ts';
import { sole } from '../describe.ts';
import { ec2Ownership } from '../ec2-tags.ts';

const launched = {
  ids: ({ response }: CallRecord) => strings(response, 'instancesSet.items.instanceId'),
  facets: ['instance'],
} as const;
const named = {
  ids: ({ request }: CallRecord) => strings(request, 'instancesSet.items.instanceId'),
  facets: ['instance'],
} as const;
const metadataOptionsChanged = {
  ids: ({ request }: CallRecord) => strings(request, 'instanceId'),
  facets: ['instance'],
} as const;

/** The state and the metadata options that can be set; nothing else, for user data and tags may hold secrets. */
const instanceOf = ({ State, MetadataOptions = {} }: Instance) => {
  const { HttpTokens, HttpEndpoint, HttpPutResponseHopLimit, HttpProtocolIpv6, InstanceMetadataTags } = MetadataOptions;
  return {
    state: State?.Name ?? null,
    metadataOptions: { HttpTokens, HttpEndpoint, HttpPutResponseHopLimit, HttpProtocolIpv6, InstanceMetadataTags },
  };
};

async function readInstance(aws: Aws, { resourceId }: ResourceRef) {
  const { Reservations = [] } = await aws(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [resourceId] }));
  return instanceOf(
    sole(
      Reservations.flatMap(({ Instances = [] }) => Instances),
      resourceId,
    ),
  );
}

/** An EC2 instance: its state and its metadata options. */
export const instance = defineResource({
  service: 'ec2',
  type: 'AWS::EC2::Instance',
  eventSource: 'ec2.amazonaws.com',
  gone: ['InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed'],
  events: {
    RunInstances: launched,
    StartInstances: named,
    TerminateInstances: named,
    ModifyInstanceMetadataOptions: metadataOptionsChanged,
  },
  actions: ['ec2:DescribeInstances'],
  facets: { instance: { actions: ['ec2:DescribeInstances'], read: readInstance } },
  ownership: ec2Ownership,
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ec2:${region}:${accountId}:instance/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, 'ec2', `InstanceDetails:instanceId=${resourceId}`),
  async *list(aws) {
    for await (const page of paginateDescribeInstances({ client: aws(EC2Client) }, { MaxResults: 1000 }))
      for (const found of (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances))
        if (found.InstanceId !== undefined)
          yield { resourceId: found.InstanceId, facets: { instance: instanceOf(found) } };
  },
});
