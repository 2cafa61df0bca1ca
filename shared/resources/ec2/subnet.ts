import { DescribeSubnetsCommand, EC2Client, paginateDescribeSubnets, type Subnet } from '@aws-sdk/client-ec2';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { isOwn, ownOf, PAGE, portions } from '../../aws/ec2/describe.ts';
import { ec2Ownership, tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, onEverything, partitionOf, type ResourceRef } from '../../resource.ts';
import ec2 from './service.ts';

const describeSubnets = onEverything('ec2:DescribeSubnets');

const subnetOf = (found: Subnet) => ({
  mapPublicIpOnLaunch: carried('DescribeSubnets', 'mapPublicIpOnLaunch', found.MapPublicIpOnLaunch),
  // Older answers leave both out where a subnet has no IPv6.
  assignIpv6AddressOnCreation: found.AssignIpv6AddressOnCreation ?? false,
  ipv6Native: found.Ipv6Native ?? false,
});

/** Throws Foreign for a subnet that another account shares: AWS shows it, and lets only its owner change it. */
async function readSubnet(aws: Aws, { resourceId, accountId }: ResourceRef) {
  const { Subnets } = await aws(EC2Client).send(new DescribeSubnetsCommand({ SubnetIds: [resourceId] }));
  return subnetOf(ownOf(sole('EC2', Subnets, 'SubnetId', resourceId), `subnet ${resourceId}`, accountId));
}

/** A default VPC brings its subnets without an event of their own. */
async function ofNewVpc(aws: Aws, { response }: CallRecord) {
  const ids: string[] = [];
  for (const Values of portions(strings(response, 'vpc.vpcId'))) {
    const asked = { Filters: [{ Name: 'vpc-id', Values }] };
    for await (const { Subnets } of paginateDescribeSubnets({ client: aws(EC2Client) }, asked))
      ids.push(...carried('DescribeSubnets', 'subnetSet', Subnets).flatMap(({ SubnetId }) => SubnetId ?? []));
  }
  return ids;
}

/** A subnet of the account's own: which addresses it assigns to what is launched in it. */
export const subnet = defineResource({
  service: ec2,
  type: 'AWS::EC2::Subnet',
  triggers: [
    call('ec2.amazonaws.com', ['CreateSubnet', 'CreateDefaultSubnet'], {
      ids: ({ response }) => strings(response, 'subnet.subnetId'),
      facets: ['subnet'],
    }),
    call('ec2.amazonaws.com', ['ModifySubnetAttribute', 'DeleteSubnet'], {
      ids: ({ request }) => strings(request, 'subnetId'),
      facets: ['subnet'],
    }),
    call('ec2.amazonaws.com', 'CreateDefaultVpc', { find: ofNewVpc, grants: describeSubnets, facets: ['subnet'] }),
    tagCalls('subnet-', ['subnet']),
  ],
  gone: ['InvalidSubnetID.NotFound', 'InvalidSubnetID.Malformed', 'InvalidSubnetId.Malformed'],
  facets: { subnet: { grants: describeSubnets, read: readSubnet } },
  grants: describeSubnets,
  ownership: ec2Ownership,
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ec2:${region}:${accountId}:subnet/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `vpcconsole/home#SubnetDetails:subnetId=${resourceId}`),
  list: (aws, { accountId }, from) =>
    pagesOf(
      paginateDescribeSubnets({ client: aws(EC2Client), startingToken: from }, { MaxResults: PAGE }),
      ({ NextToken }) => NextToken,
      ({ Subnets }) =>
        carried('DescribeSubnets', 'subnetSet', Subnets).flatMap((found) =>
          found.SubnetId === undefined || !isOwn(found, accountId)
            ? []
            : [{ resourceId: found.SubnetId, facets: { subnet: subnetOf(found) } }],
        ),
    ),
});
