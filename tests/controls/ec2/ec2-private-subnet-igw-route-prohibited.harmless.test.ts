import type { Route } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import control from '../../../shared/controls/ec2/ec2-private-subnet-igw-route-prohibited.ts';
import { testHarmless } from '../../support/harm/test-harmless.ts';

interface Table {
  readonly routes: readonly Route[];
  readonly subnets: readonly { readonly subnetId: string; readonly tags: Readonly<Record<string, string>> }[];
}

const TABLE = 'rtb-0a1b2c3d4e5f60718';
/** Destinations that are most of the Internet, and destinations that are not. */
const MOST = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '::/0', '2000::/3', 'pl-most'];
const SOME = ['10.0.0.0/16', '203.0.113.0/24', '8.0.0.0/8', '2001:db8::/32', 'fd00::/8', 'pl-some'];
const LISTS = { 'pl-most': ['128.0.0.0/1', '0.0.0.0/1'], 'pl-some': ['203.0.113.0/24'] };

const to = (destination: string): Route => {
  if (destination.startsWith('pl-')) return { DestinationPrefixListId: destination };
  return destination.includes(':') ? { DestinationIpv6CidrBlock: destination } : { DestinationCidrBlock: destination };
};
const destinationOf = ({ DestinationPrefixListId, DestinationIpv6CidrBlock, DestinationCidrBlock }: Route): string =>
  DestinationPrefixListId ?? DestinationIpv6CidrBlock ?? DestinationCidrBlock ?? '';

const target = fc.constantFrom<Route>(
  { GatewayId: 'igw-0a1b2c3d4e5f60718', State: 'active' },
  { GatewayId: 'igw-0a1b2c3d4e5f60718', State: 'blackhole' },
  { NatGatewayId: 'nat-0a1b2c3d4e5f60718', State: 'active' },
  { GatewayId: 'local', State: 'active' },
  { GatewayId: 'vgw-0a1b2c3d4e5f60718', State: 'active' },
  { EgressOnlyInternetGatewayId: 'eigw-0a1b2c3d4e5f60718', State: 'active' },
);
const routes = fc.uniqueArray(
  fc
    .tuple(fc.constantFrom(...MOST, ...SOME), target)
    .map(([destination, by]): Route => ({ ...to(destination), ...by })),
  { selector: destinationOf, maxLength: 6 },
);
const tags = fc.constantFrom<Table['subnets'][number]['tags']>({ tier: 'private' }, { Tier: 'Private' });
const publicTags = fc.constantFrom<Table['subnets'][number]['tags']>({}, { tier: 'public' }, { name: 'tier=private' });
const subnetsOf = (its: typeof tags) =>
  fc.array(its, { maxLength: 3 }).map((all) => all.map((own, index) => ({ subnetId: `subnet-${index}`, tags: own })));

const isPrivate = ({ tags: own }: Table['subnets'][number]) =>
  Object.entries(own).some(([key, value]) => key.toLowerCase() === 'tier' && value.toLowerCase() === 'private');
const isWrong = (route: Route) =>
  route.GatewayId?.startsWith('igw-') === true && route.State === 'active' && MOST.includes(destinationOf(route));

testHarmless<Table>(control, {
  resourceId: TABLE,
  good: fc.oneof(
    fc.record({ routes: routes.map((all) => all.filter((one) => !isWrong(one))), subnets: subnetsOf(tags) }),
    fc.record({ routes, subnets: subnetsOf(publicTags) }),
  ),
  any: fc.oneof(
    { weight: 3, arbitrary: fc.record({ routes, subnets: subnetsOf(tags) }) },
    fc.record({ routes, subnets: subnetsOf(fc.oneof(tags, publicTags)) }),
  ),
  // A table has one route for a destination, and a route has one destination and one target.
  isPossible: ({ routes: all, subnets }) =>
    new Set(all.map(destinationOf)).size === all.length &&
    new Set(subnets.map(({ subnetId }) => subnetId)).size === subnets.length &&
    all.every(({ State: _, ...route }) => Object.keys(route).length === 2 && destinationOf(route) !== ''),
  read: ({ routes: all, subnets }) => ({ internetRoutes: { routes: all, lists: LISTS }, subnets }),
  calledFor: ({ routes: all, subnets }) => {
    const wrong = all.filter(isWrong);
    return {
      isDrift: wrong.length > 0 && subnets.some(isPrivate),
      parts: wrong.map(destinationOf),
      isByHand: !subnets.every(isPrivate),
    };
  },
  partsOf: ({ routes: all }) => Object.fromEntries(all.map((route) => [destinationOf(route), route])),
  apply: ({ routes: all, ...rest }, { operation, input }) => {
    const { RouteTableId, ...route } = input as Route & { readonly RouteTableId: string };
    if (RouteTableId !== TABLE) throw new Error(`${RouteTableId} is another table`);
    const others = all.filter((one) => destinationOf(one) !== destinationOf(route));
    if (operation === 'DeleteRoute' && others.length < all.length) return { ...rest, routes: others };
    if (operation === 'CreateRoute' && others.length === all.length)
      return { ...rest, routes: [...all, { ...route, State: 'active' }] };
    throw new Error(`${operation} of ${destinationOf(route)} was not expected`);
  },
});
