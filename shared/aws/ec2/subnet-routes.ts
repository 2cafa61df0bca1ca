import { EC2Client, paginateDescribeRouteTables, type Route, type RouteTable } from '@aws-sdk/client-ec2';
import type { Aws } from '../../resource.ts';
import { carried } from '../answer.ts';
import { leadsToInternet } from './internet-routes.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

/** True for a route of everything to an internet gateway. An egress-only gateway (`eigw-`) lets nobody in. */
const isToInternet = (route: Route): boolean =>
  leadsToInternet(route) && EVERYWHERE.includes(route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? '');

const isAssociated = (table: RouteTable, matches: (subnetId: string | undefined, isMain: boolean) => boolean) =>
  table.Associations?.some(({ SubnetId, Main = false }) => matches(SubnetId, Main)) === true;

/** Whether the route table that holds for a subnet leads to the Internet: its own, else the main one of the VPC. Null where neither is among the tables, as in a VPC that another account shares. */
export function isPublicSubnet(tables: readonly RouteTable[], subnetId: string): boolean | null {
  const own = tables.find((table) => isAssociated(table, (id) => id === subnetId));
  const effective = own ?? tables.find((table) => isAssociated(table, (_, isMain) => isMain));
  return effective === undefined ? null : (effective.Routes ?? []).some(isToInternet);
}

/** The route tables of a VPC. */
export async function routeTablesOf(aws: Aws, vpcId: string): Promise<readonly RouteTable[]> {
  const tables: RouteTable[] = [];
  const asked = { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] };
  for await (const page of paginateDescribeRouteTables({ client: aws(EC2Client) }, asked))
    tables.push(...carried('DescribeRouteTables', 'RouteTables', page.RouteTables));
  return tables;
}

/** The VPCs of these route tables; none of those that are gone. */
export async function vpcsOfRouteTables(aws: Aws, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const asked = { Filters: [{ Name: 'route-table-id', Values: [...ids] }] };
  for await (const page of paginateDescribeRouteTables({ client: aws(EC2Client) }, asked))
    for (const { VpcId } of carried('DescribeRouteTables', 'RouteTables', page.RouteTables))
      if (VpcId) found.add(VpcId);
  return found;
}
