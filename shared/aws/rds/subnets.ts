import { type DBInstance, paginateDescribeDBInstances, RDSClient } from '@aws-sdk/client-rds';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, onEverything } from '../../resource.ts';
import { carried } from '../answer.ts';

export const routeGrants = onEverything('ec2:DescribeRouteTables');

// Loaded where they are needed, since few events of a database ask for EC2's client.
const routes = () => import('../ec2/subnet-routes.ts');

/** Which subnets of an instance's group lead to the Internet, and of which nobody can tell; null where it is in no VPC. */
export async function readSubnets(aws: Aws, { DBSubnetGroup }: DBInstance) {
  if (DBSubnetGroup?.VpcId === undefined) return null;
  const { isPublicSubnet, routeTablesOf } = await routes();
  const tables = await routeTablesOf(aws, DBSubnetGroup.VpcId);
  const subnets = (DBSubnetGroup.Subnets ?? []).flatMap(({ SubnetIdentifier }) => SubnetIdentifier ?? []).toSorted();
  return {
    group: DBSubnetGroup.DBSubnetGroupName ?? '',
    public: subnets.filter((id) => isPublicSubnet(tables, id) === true),
    unknown: subnets.filter((id) => isPublicSubnet(tables, id) === null),
  };
}

/** The instances of whose subnets a condition holds. */
async function instancesWhere(aws: Aws, holds: (group: NonNullable<DBInstance['DBSubnetGroup']>) => boolean) {
  const ids: string[] = [];
  for await (const page of paginateDescribeDBInstances({ client: aws(RDSClient) }, {}))
    for (const { DBInstanceIdentifier, DBSubnetGroup } of carried(
      'DescribeDBInstances',
      'DBInstances',
      page.DBInstances,
    ))
      if (DBInstanceIdentifier && DBSubnetGroup !== undefined && holds(DBSubnetGroup)) ids.push(DBInstanceIdentifier);
  return ids;
}

/** The instances in the VPC of the route table that a call names; all of the region where it names none: an association that is gone says no more. */
export async function instancesByRouteTable(aws: Aws, { request }: CallRecord): Promise<readonly string[]> {
  const tables = strings(request, 'routeTableId');
  if (tables.length === 0) return instancesWhere(aws, () => true);
  const { vpcsOfRouteTables } = await routes();
  const vpcs = await vpcsOfRouteTables(aws, tables);
  return vpcs.size === 0 ? [] : instancesWhere(aws, ({ VpcId = '' }) => vpcs.has(VpcId));
}

/** The instances with the subnet group that a call names. */
export async function instancesBySubnetGroup(aws: Aws, { request }: CallRecord): Promise<readonly string[]> {
  const names = strings(request, 'dBSubnetGroupName').map((name) => name.toLowerCase());
  return instancesWhere(aws, ({ DBSubnetGroupName = '' }) => names.includes(DBSubnetGroupName.toLowerCase()));
}
