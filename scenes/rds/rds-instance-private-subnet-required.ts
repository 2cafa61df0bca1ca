import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { CreateDBSubnetGroupCommand, RDSClient } from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { createInstance, describeInstance } from './instance.ts';

/** Creates an instance in two subnets of a VPC of its own, which follow its main route table. */
async function createPrivateInstance(account: SceneAccount, base: string) {
  const ec2 = account.aws(EC2Client);
  const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }));
  const SubnetIds: string[] = [];
  for (const [index, zone] of ['a', 'b'].entries()) {
    const place = { VpcId, CidrBlock: `10.20.${index}.0/24`, AvailabilityZone: `${account.region}${zone}` };
    const { Subnet } = await ec2.send(new CreateSubnetCommand(place));
    SubnetIds.push(Subnet?.SubnetId ?? '');
  }
  const DBSubnetGroupName = account.name(`${base}-private`);
  const group = { DBSubnetGroupName, DBSubnetGroupDescription: base, SubnetIds };
  await account.aws(RDSClient).send(new CreateDBSubnetGroupCommand(group));
  const asked = new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] });
  const { RouteTables: [table] = [] } = await ec2.send(asked);
  const instance = await createInstance(account, base, { DBSubnetGroupName });
  return { VpcId, RouteTableId: table?.RouteTableId ?? '', instance };
}

export default {
  title: 'The subnets of a database instance get a route to the Internet',
  expects: { 'rds-instance-private-subnet-required': 'detected' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { VpcId, RouteTableId, instance } = await createPrivateInstance(account, 'orders');
    const other = await createPrivateInstance(account, 'carts');
    const routesOf = async (id: string) => {
      const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
      return RouteTables[0]?.Routes;
    };
    return {
      state: () => routesOf(RouteTableId),
      neighbours: async () => ({
        [`instance ${instance}`]: await describeInstance(account, instance),
        [`routes beside ${other.instance}`]: await routesOf(other.RouteTableId),
        [`instance ${other.instance}`]: await describeInstance(account, other.instance),
      }),
      async happen() {
        const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand());
        const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
        await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
        const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId };
        await ec2.send(new CreateRouteCommand(route));
        const names = { 'requestParameters.routeTableId': RouteTableId };
        return { event: freshEvent('rds/CreateRoute', account, names) };
      },
    };
  },
} satisfies Scene;
