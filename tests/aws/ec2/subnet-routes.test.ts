import type { Route, RouteTable } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { isPublicSubnet } from '../../../shared/aws/ec2/subnet-routes.ts';

const table = (routes: readonly Route[], association: object): RouteTable => ({
  Routes: [{ DestinationCidrBlock: '10.20.0.0/16', GatewayId: 'local', State: 'active' }, ...routes],
  Associations: [association],
});
const OPEN: Route = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' };
const main = (...routes: Route[]) => table(routes, { Main: true });
const ofSubnet = (...routes: Route[]) => table(routes, { SubnetId: 'subnet-1', Main: false });

test.each<[string, RouteTable[], boolean | null]>([
  ['its own table leads out', [main(), ofSubnet(OPEN)], true],
  ['its own table leads out by IPv6', [ofSubnet({ DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-1' })], true],
  ['the main table leads out, and it has none of its own', [main(OPEN)], true],
  ['its own table holds, not the main one', [main(OPEN), ofSubnet()], false],
  ['a NAT gateway lets nobody in', [main({ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' })], false],
  [
    'an egress-only gateway lets nobody in',
    [main({ DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1' })],
    false,
  ],
  ['a gateway that is gone', [main({ ...OPEN, State: 'blackhole' })], false],
  ['a route of some addresses', [main({ DestinationCidrBlock: '198.51.100.0/24', GatewayId: 'igw-1' })], false],
  ['no table that holds for it', [table([OPEN], { SubnetId: 'subnet-2' })], null],
])('%s', (_name, tables, expected) => {
  expect(isPublicSubnet(tables, 'subnet-1')).toBe(expected);
});
