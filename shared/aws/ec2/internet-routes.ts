import { CreateRouteCommand, DeleteRouteCommand, EC2Client, type Route } from '@aws-sdk/client-ec2';
import { onResources, Unreadable } from '../../resource.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';
import { reachableRanges, reachOf } from '../cidr.ts';

/** CIDRs of the prefix lists that routes lead to, by prefix list id. */
export type PrefixListEntries = Readonly<Record<string, readonly string[] | Unreadable>>;

/** Half of the reachable addresses and more are as good as all: 0.0.0.0/1 and 128.0.0.0/1 are a default route. */
const DEFAULT_ROUTE = 0.5;

/** True for a route that is in use and leads to an internet gateway. */
export const leadsToInternet = ({ GatewayId = '', State }: Route): boolean =>
  GatewayId.startsWith('igw-') && State !== 'blackhole' && State !== 'filtered';

/** The routes by which most of the Internet is reached through an internet gateway: the widest, so that those for single networks stay. Throws UnreadableError where there is none among those that could be read. */
export function defaultRoutes(routes: readonly Route[], lists: PrefixListEntries): readonly Route[] {
  const unreadable: Unreadable[] = [];
  const read = routes.filter(leadsToInternet).flatMap((route) => {
    const cidrs = destinationsOf(route, lists);
    if (!(cidrs instanceof Unreadable)) return [{ route, cidrs, reach: reachOf(reachableRanges(cidrs)) }];
    unreadable.push(cidrs);
    return [];
  });
  const widestFirst = read.toSorted((a, b) => b.reach - a.reach);
  const count = widestFirst.findIndex((_, index) => reachOfAll(widestFirst.slice(index)) < DEFAULT_ROUTE);
  const found = count === -1 ? widestFirst : widestFirst.slice(0, count);
  if (found.length === 0 && unreadable[0] !== undefined) throw unreadable[0].error;
  return found.map(({ route }) => route);
}

const reachOfAll = (routes: readonly { readonly cidrs: readonly string[] }[]): number =>
  reachOf(reachableRanges(routes.flatMap(({ cidrs }) => cidrs)));

function destinationsOf(route: Route, lists: PrefixListEntries): readonly string[] | Unreadable {
  const { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId: list } = route;
  if (list === undefined) return [DestinationCidrBlock, DestinationIpv6CidrBlock].flatMap((cidr) => cidr ?? []);
  return lists[list] ?? new Unreadable(`prefix list ${list}`, new Error('its entries were not asked for'));
}

/** A route's destination alone, as requests name it. */
function destinationOf({ DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId }: Route) {
  if (DestinationPrefixListId !== undefined) return { DestinationPrefixListId };
  return DestinationCidrBlock === undefined ? { DestinationIpv6CidrBlock } : { DestinationCidrBlock };
}

/** A route in a few words: `0.0.0.0/0 to igw-1`. */
export const inWords = (route: Route): string => `${Object.values(destinationOf(route))[0]} to ${route.GatewayId}`;

const ROUTE_TABLES = 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:route-table/*';

export const deleteRoute = stepBuilder(
  onResources(ROUTE_TABLES, 'ec2:DeleteRoute'),
  (RouteTableId: string, route: Route) => {
    const elements = [`route ${inWords(route)}`];
    const target = { RouteTableId, ...destinationOf(route) };
    return step(EC2Client, DeleteRouteCommand, target, {
      satisfiedBy: ['InvalidRoute.NotFound'],
      elements,
      undo: () => [step(EC2Client, CreateRouteCommand, { ...target, GatewayId: route.GatewayId }, { elements })],
    });
  },
);

/** What may undo `deleteRoute`. */
export const undoOfDeleteRoute = undoneBy(
  EC2Client,
  CreateRouteCommand,
  ({ resourceId: RouteTableId }) => ({ RouteTableId }),
  ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId', 'GatewayId'],
  { permissions: onResources(ROUTE_TABLES, 'ec2:CreateRoute') },
);
