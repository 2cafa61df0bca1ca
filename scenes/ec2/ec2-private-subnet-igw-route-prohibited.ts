import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { createSubnet } from './subnet.ts';

/** Creates a route table for one subnet. */
async function createTable(account: SceneAccount, VpcId: string, CidrBlock: string, tier: string) {
  const ec2 = account.aws(EC2Client);
  const SubnetId = await createSubnet(account, VpcId, CidrBlock, { tags: [{ Key: 'tier', Value: tier }] });
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable?.RouteTableId ?? '';
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  return RouteTableId;
}

export default {
  title: 'The route table of a private subnet gets a default route to the internet gateway',
  expects: { 'ec2-private-subnet-igw-route-prohibited': 'remediated' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.76.0.0/16' }));
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const GatewayId = InternetGateway?.InternetGatewayId ?? '';
    await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }));
    const RouteTableId = await createTable(account, VpcId, '10.76.1.0/24', 'private');
    const other = await createTable(account, VpcId, '10.76.2.0/24', 'public');
    const alike = await createTable(account, VpcId, '10.76.3.0/24', 'private');
    const toInternet = (id: string) =>
      ec2.send(new CreateRouteCommand({ RouteTableId: id, DestinationCidrBlock: '0.0.0.0/0', GatewayId }));
    await toInternet(other);
    const describe = async (id: string) =>
      (await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }))).RouteTables;
    return {
      state: () => describe(RouteTableId),
      neighbours: async () => ({
        [`route table ${other}`]: await describe(other),
        [`route table ${alike}`]: await describe(alike),
      }),
      async happen() {
        await toInternet(RouteTableId);
        return { event: freshEvent('ec2/CreateRoute', account, { 'requestParameters.routeTableId': RouteTableId }) };
      },
    };
  },
} satisfies Scene;
