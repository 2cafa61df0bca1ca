import type { Route } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { defaultRoutes, leadsToInternet } from '../../../shared/aws/ec2/internet-routes.ts';
import { Unreadable } from '../../../shared/resource.ts';

const route = (DestinationCidrBlock: string | undefined, change: Partial<Route> = {}): Route => ({
  DestinationCidrBlock,
  GatewayId: 'igw-1',
  State: 'active',
  ...change,
});
const list = (DestinationPrefixListId: string) => route(undefined, { DestinationPrefixListId });
const unreadable = new Unreadable('prefix list pl-2', new Error('no'));
const LISTS = { 'pl-1': ['0.0.0.0/0'], 'pl-2': unreadable, 'pl-3': ['203.0.113.0/24'] };
const found = (...routes: Route[]) => defaultRoutes(routes, LISTS).map((one) => routes.indexOf(one));

test.each<[string, Route[], number[]]>([
  ['0.0.0.0/0', [route('0.0.0.0/0')], [0]],
  ['::/0', [route(undefined, { DestinationIpv6CidrBlock: '::/0' })], [0]],
  ['a prefix list that holds it', [list('pl-1')], [0]],
  ['two halves, of which one may not stay either', [route('0.0.0.0/1'), route('128.0.0.0/1')], [0, 1]],
  ['beside one for a single network, which stays', [route('203.0.113.0/24'), route('0.0.0.0/0')], [1]],
  ['beside a list that could not be read', [list('pl-2'), route('0.0.0.0/0')], [1]],
  ['a single network', [route('203.0.113.0/24')], []],
  ['a list of single networks', [list('pl-3')], []],
  ['a NAT gateway', [route('0.0.0.0/0', { GatewayId: undefined, NatGatewayId: 'nat-1' })], []],
  [
    'an egress-only gateway',
    [
      route(undefined, {
        DestinationIpv6CidrBlock: '::/0',
        GatewayId: undefined,
        EgressOnlyInternetGatewayId: 'eigw-1',
      }),
    ],
    [],
  ],
  ['a gateway that is not attached', [route('0.0.0.0/0', { State: 'blackhole' })], []],
])('a default route to the Internet: %s', (_name, routes, expected) => {
  expect(found(...routes)).toEqual(expected);
});

test('of a prefix list that could not be read nothing is said', () => {
  expect(() => found(list('pl-2'), route('203.0.113.0/24'))).toThrow('could not read prefix list pl-2');
});

test('local routes and those to other gateways do not lead to the Internet', () => {
  expect(
    [route('10.0.0.0/16', { GatewayId: 'local' }), route('0.0.0.0/0', { GatewayId: 'vgw-1' })].filter(leadsToInternet),
  ).toEqual([]);
});
