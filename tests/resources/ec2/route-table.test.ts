import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateManagedPrefixListCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { beforeAll, expect, test } from '@jest/globals';
import { createSubnet } from '../../../scenes/ec2/subnet.ts';
import { routeTable } from '../../../shared/resources/ec2/route-table.ts';
import { sampleEvent } from '../../support/samples.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const TABLE = 'rtb-0a1b2c3d4e5f60718';

testResource(routeTable, {
  events: {
    'ec2/CreateRoute': [TABLE],
    'ec2/ReplaceRoute': [TABLE],
    'ec2/DeleteRoute': [TABLE],
    'ec2/DeleteRouteTable': [TABLE],
    'ec2/AssociateRouteTable': [TABLE],
    'ec2/ReplaceRouteTableAssociation': [TABLE],
  },
  lookups: [
    'DisassociateRouteTable',
    'CreateSubnet',
    'AttachInternetGateway',
    'ModifyManagedPrefixList',
    'RestoreManagedPrefixListVersion',
    'CreateTags',
    'DeleteTags',
  ],
});

let account: TestAccount;
let ec2: EC2Client;
let vpcId: string;
let main: string;
let table: string;
let subnets: { own: string; fallen: string };
let listId: string;
beforeAll(async () => {
  account = await testAccount();
  ec2 = account.aws()(EC2Client);
  vpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId ?? '';
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  main = (await ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables?.[0]?.RouteTableId ?? '';
  table = (await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }))).RouteTable?.RouteTableId ?? '';
  const aws = account.aws();
  const tags = [{ Key: 'tier', Value: 'private' }];
  subnets = {
    own: await createSubnet({ aws }, vpcId, '10.0.1.0/24', { tags }),
    fallen: await createSubnet({ aws }, vpcId, '10.0.2.0/24'),
  };
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: subnets.own }));
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const GatewayId = InternetGateway?.InternetGatewayId ?? '';
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId: vpcId }));
  const list = {
    PrefixListName: 'partners',
    MaxEntries: 2,
    AddressFamily: 'IPv4',
    Entries: [{ Cidr: '203.0.113.0/24' }],
  };
  listId = (await ec2.send(new CreateManagedPrefixListCommand(list))).PrefixList?.PrefixListId ?? '';
  for (const destination of [{ DestinationCidrBlock: '0.0.0.0/0' }, { DestinationPrefixListId: listId }])
    await ec2.send(new CreateRouteCommand({ RouteTableId: table, GatewayId, ...destination }));
});

const refOf = (resourceId: string) => {
  const { accountId, region } = account;
  return { resourceType: routeTable.type, resourceId, accountId, region };
};
const { internetRoutes, subnets: subnetsFacet } = routeTable.facets;

test('is read with its routes to the Internet and the subnets that it holds for', async () => {
  expect(await internetRoutes.read(account.aws(), refOf(table))).toMatchObject({
    routes: [{ DestinationCidrBlock: '0.0.0.0/0' }, { DestinationPrefixListId: listId }],
    lists: { [listId]: ['203.0.113.0/24'] },
  });
  expect(await subnetsFacet.read(account.aws(), refOf(table))).toEqual([
    { subnetId: subnets.own, tags: { tier: 'private' } },
  ]);
  await expectDeclaredReads(routeTable, table, account);
});

test('a main one holds for the subnets that have no other', async () => {
  expect(await subnetsFacet.read(account.aws(), refOf(main))).toEqual([{ subnetId: subnets.fallen, tags: {} }]);
  expect(await internetRoutes.read(account.aws(), refOf(main))).toEqual({ routes: [], lists: {} });
  await expectListedAsRead(routeTable, account);
});

test('one that another account shares is foreign', async () => {
  const theirs = { ...refOf(table), accountId: '444455556666' };
  await expect(internetRoutes.read(account.aws(), theirs)).rejects.toMatchObject({ name: 'Foreign' });
});

test.each<[string, string, () => string, () => string[]]>([
  ['DisassociateRouteTable', 'rtbassoc-0a1b2c3d4e5f60718', () => 'rtbassoc-1', () => [main]],
  ['CreateSubnet', 'vpc-0a9b8c7d6e5f40312', () => vpcId, () => [main, table]],
  ['AttachInternetGateway', 'vpc-0a9b8c7d6e5f40312', () => vpcId, () => [main, table]],
  ['CreateTags', 'subnet-0a1b2c3d4e5f60718', () => subnets.own, () => [main, table]],
  ['ModifyManagedPrefixList', 'pl-0a1b2c3d4e5f60718', () => listId, () => [table]],
])('%s leads to the tables that it can concern', async (name, from, to, expected) => {
  const event = JSON.parse(JSON.stringify(sampleEvent(`ec2/${name}`)).replaceAll(from, to()));
  const found = await idsFrom(routeTable, event, account);
  for (const id of expected()) expect(found).toContain(id);
  expect(found).not.toContain(name === 'ModifyManagedPrefixList' ? main : 'rtb-of-nobody');
});
