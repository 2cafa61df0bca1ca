import { DescribeSubnetsCommand, EC2Client, paginateDescribeSubnets } from '@aws-sdk/client-ec2';
import type { Aws } from '../../resource.ts';
import { carried } from '../answer.ts';
import { tagsByKey } from '../tags.ts';

/** All subnets of the VPC that a subnet is in. */
export async function subnetsBeside(aws: Aws, subnetId: string) {
  const { Subnets } = await aws(EC2Client).send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
  const vpcIds = carried('DescribeSubnets', 'subnetSet', Subnets).flatMap(({ VpcId }) => VpcId ?? []);
  if (vpcIds.length === 0) return [];
  const asked = { Filters: [{ Name: 'vpc-id', Values: vpcIds }] };
  const answers = await Array.fromAsync(paginateDescribeSubnets({ client: aws(EC2Client) }, asked), (page) =>
    carried('DescribeSubnets', 'subnetSet', page.Subnets),
  );
  return answers.flat().map(({ SubnetId = '', AvailabilityZone = '', MapPublicIpOnLaunch = false, Tags = [] }) => ({
    subnetId: SubnetId,
    availabilityZone: AvailabilityZone,
    isPublic: MapPublicIpOnLaunch,
    tags: tagsByKey(Tags),
  }));
}
