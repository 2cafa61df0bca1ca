import {
  DescribeRouteTablesCommand,
  EC2Client,
  type Filter,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
  paginateGetManagedPrefixListEntries,
  type Route,
  type RouteTable,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { isOwn, ownOf, portions } from '../../aws/ec2/describe.ts';
import { leadsToInternet, type PrefixListEntries } from '../../aws/ec2/internet-routes.ts';
import { ec2Ownership, tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  call,
  defineResource,
  onEverything,
  onResources,
  orUnreadable,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import ec2 from './service.ts';

const describeTables = onEverything('ec2:DescribeRouteTables');
const describeSubnets = onEverything('ec2:DescribeSubnets');
const readEntries = onResources('arn:${AWS::Partition}:ec2:*:*:prefix-list/*', 'ec2:GetManagedPrefixListEntries');

/** Throws Foreign for a table of a VPC that another account shares. */
async function describeTable(aws: Aws, { resourceId, accountId }: ResourceRef): Promise<RouteTable> {
  const { RouteTables } = await aws(EC2Client).send(new DescribeRouteTablesCommand({ RouteTableIds: [resourceId] }));
  return ownOf(sole('EC2', RouteTables, 'RouteTableId', resourceId), `route table ${resourceId}`, accountId);
}

async function tablesWith(aws: Aws, ...Filters: Filter[]): Promise<readonly RouteTable[]> {
  const asked = { ...(Filters.length > 0 ? { Filters } : {}), MaxResults: 100 };
  const pages = paginateDescribeRouteTables({ client: aws(EC2Client) }, asked);
  const answers = await Array.fromAsync(pages, (page) =>
    carried('DescribeRouteTables', 'routeTableSet', page.RouteTables),
  );
  return answers.flat();
}

async function subnetsWith(aws: Aws, Name: string, ids: readonly string[]): Promise<readonly Subnet[]> {
  const found: Subnet[] = [];
  for (const Values of portions(ids)) {
    const asked = { Filters: [{ Name, Values }] };
    for await (const { Subnets } of paginateDescribeSubnets({ client: aws(EC2Client) }, asked))
      found.push(...carried('DescribeSubnets', 'subnetSet', Subnets));
  }
  return found;
}

async function entriesOf(aws: Aws, PrefixListId: string): Promise<readonly string[]> {
  const pages = paginateGetManagedPrefixListEntries({ client: aws(EC2Client) }, { PrefixListId });
  const answers = await Array.fromAsync(pages, (page) =>
    carried('GetManagedPrefixListEntries', 'entrySet', page.Entries),
  );
  return answers.flat().flatMap(({ Cidr }) => Cidr ?? []);
}

/** The routes that lead to an internet gateway, with what the prefix lists hold that they name. */
async function readInternetRoutes(aws: Aws, ref: ResourceRef) {
  const table = await describeTable(aws, ref);
  const all = carried('DescribeRouteTables', 'routeSet', table.Routes);
  const routes: readonly Route[] = all.filter(leadsToInternet);
  const lists = [...new Set(routes.flatMap(({ DestinationPrefixListId }) => DestinationPrefixListId ?? []))];
  const read = lists.map(async (id) => [id, await orUnreadable(`prefix list ${id}`, entriesOf(aws, id))] as const);
  return { routes, lists: Object.fromEntries(await Promise.all(read)) as PrefixListEntries };
}

const subnetIdsOf = ({ Associations = [] }: RouteTable): readonly string[] =>
  Associations.flatMap(({ SubnetId }) => SubnetId ?? []);
const isMain = ({ Associations = [] }: RouteTable): boolean => Associations.some(({ Main }) => Main === true);

/** The subnets that the table holds for, with their tags: of a main one, all of the VPC that have no other. */
async function readSubnets(aws: Aws, ref: ResourceRef) {
  const table = await describeTable(aws, ref);
  const { VpcId = '' } = table;
  const found = isMain(table)
    ? await leftToMain(aws, VpcId, ref.resourceId)
    : await subnetsWith(aws, 'subnet-id', subnetIdsOf(table));
  return found
    .map(({ SubnetId = '', Tags = [] }) => ({ subnetId: SubnetId, tags: tagsByKey(Tags) }))
    .toSorted((a, b) => a.subnetId.localeCompare(b.subnetId));
}

async function leftToMain(aws: Aws, vpcId: string, mainId: string): Promise<readonly Subnet[]> {
  const [tables, all] = await Promise.all([
    tablesWith(aws, { Name: 'vpc-id', Values: [vpcId] }),
    subnetsWith(aws, 'vpc-id', [vpcId]),
  ]);
  const others = tables.filter(({ RouteTableId }) => RouteTableId !== mainId);
  const elsewhere = new Set(others.flatMap(subnetIdsOf));
  return all.filter(({ SubnetId = '' }) => !elsewhere.has(SubnetId));
}

const idsOf = (tables: readonly RouteTable[]): readonly string[] =>
  tables.flatMap(({ RouteTableId }) => RouteTableId ?? []);

const ofVpcs = async (aws: Aws, vpcIds: readonly string[]): Promise<readonly string[]> =>
  vpcIds.length === 0 ? [] : idsOf(await tablesWith(aws, { Name: 'vpc-id', Values: [...vpcIds] }));

/** Subnets whose tags change may be private from now on; which table holds for them, only all tables of their VPCs tell. */
async function ofTaggedSubnets(aws: Aws, { request }: CallRecord) {
  const subnetIds = strings(request, 'resourcesSet.items.resourceId').filter((id) => id.startsWith('subnet-'));
  const vpcs = (await subnetsWith(aws, 'subnet-id', subnetIds)).flatMap(({ VpcId }) => VpcId ?? []);
  return ofVpcs(aws, [...new Set(vpcs)]);
}

/** Tables with a route to one of the prefix lists. */
async function ofPrefixLists(aws: Aws, { request }: CallRecord) {
  const lists = strings(request, 'prefixListId');
  if (lists.length === 0) return [];
  const tables = await tablesWith(aws);
  return idsOf(
    tables.filter(({ Routes = [] }) => Routes.some((one) => lists.includes(one.DestinationPrefixListId ?? ''))),
  );
}

/** A route table of the account's own: its routes to the Internet, and the subnets that it holds for. */
export const routeTable = defineResource({
  service: ec2,
  type: 'AWS::EC2::RouteTable',
  triggers: [
    call(
      'ec2.amazonaws.com',
      [
        'CreateRoute',
        'ReplaceRoute',
        'DeleteRoute',
        'DeleteRouteTable',
        'AssociateRouteTable',
        'ReplaceRouteTableAssociation',
      ],
      { ids: ({ request }) => strings(request, 'routeTableId'), facets: ['internetRoutes', 'subnets'] },
    ),
    // It names an association that is gone: the subnet has fallen back to the main table of its VPC.
    call('ec2.amazonaws.com', 'DisassociateRouteTable', {
      find: async (aws) => idsOf(await tablesWith(aws, { Name: 'association.main', Values: ['true'] })),
      grants: describeTables,
      facets: ['subnets'],
    }),
    call('ec2.amazonaws.com', 'CreateSubnet', {
      find: (aws, { response }) => ofVpcs(aws, strings(response, 'subnet.vpcId')),
      grants: describeTables,
      facets: ['subnets'],
    }),
    // Routes to a gateway that is attached again are in use again.
    call('ec2.amazonaws.com', 'AttachInternetGateway', {
      find: (aws, { request }) => ofVpcs(aws, strings(request, 'vpcId')),
      grants: describeTables,
      facets: ['internetRoutes'],
    }),
    call('ec2.amazonaws.com', ['ModifyManagedPrefixList', 'RestoreManagedPrefixListVersion'], {
      find: ofPrefixLists,
      grants: describeTables,
      facets: ['internetRoutes'],
    }),
    call('ec2.amazonaws.com', ['CreateTags', 'DeleteTags'], {
      find: ofTaggedSubnets,
      grants: { ...describeTables, ...describeSubnets },
      facets: ['subnets'],
    }),
    tagCalls('rtb-', ['internetRoutes']),
  ],
  gone: ['InvalidRouteTableID.NotFound', 'InvalidRouteTableId.Malformed', 'InvalidRouteTableID.Malformed'],
  facets: {
    internetRoutes: { grants: { ...describeTables, ...readEntries }, read: readInternetRoutes },
    subnets: { grants: { ...describeTables, ...describeSubnets }, read: readSubnets },
  },
  grants: describeTables,
  ownership: ec2Ownership,
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ec2:${region}:${accountId}:route-table/${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `vpcconsole/home#RouteTableDetails:RouteTableId=${resourceId}`),
  list: (aws, { accountId }, from) =>
    pagesOf(
      paginateDescribeRouteTables({ client: aws(EC2Client), startingToken: from }, { MaxResults: 100 }),
      ({ NextToken }) => NextToken,
      ({ RouteTables }) =>
        carried('DescribeRouteTables', 'routeTableSet', RouteTables).flatMap((found) =>
          found.RouteTableId === undefined || !isOwn(found, accountId) ? [] : [{ resourceId: found.RouteTableId }],
        ),
    ),
});
