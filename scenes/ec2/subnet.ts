import { CreateSubnetCommand, DescribeSubnetsCommand, EC2Client, type Tag } from '@aws-sdk/client-ec2';
import type { SceneAccount } from '../scene.ts';

/** Creates a subnet and gives its id. */
export async function createSubnet(
  { aws }: Pick<SceneAccount, 'aws'>,
  VpcId: string,
  CidrBlock: string,
  { zone: AvailabilityZone, tags: Tags = [] }: { readonly zone?: string; readonly tags?: Tag[] } = {},
): Promise<string> {
  const TagSpecifications = Tags.length > 0 ? [{ ResourceType: 'subnet' as const, Tags }] : undefined;
  const command = new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone, TagSpecifications });
  return (await aws(EC2Client).send(command)).Subnet?.SubnetId ?? '';
}

export async function describeSubnet({ aws }: Pick<SceneAccount, 'aws'>, SubnetId: string) {
  const { Subnets = [] } = await aws(EC2Client).send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
  return Subnets[0];
}
