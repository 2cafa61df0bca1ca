import { defaultRoutes, deleteRoute, inWords, undoOfDeleteRoute } from '../../aws/ec2/internet-routes.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { routeTable } from '../../resources/ec2/route-table.ts';

interface TaggedSubnet {
  readonly subnetId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** True where a tag says so, `tier=private`, whatever its capitals. */
const isPrivate = ({ tags }: TaggedSubnet, privateTags: readonly string[]): boolean => {
  const wanted = privateTags.map((tag) => tag.toLowerCase());
  return Object.entries(tags).some(([key, value]) => wanted.includes(`${key}=${value}`.toLowerCase()));
};

const named = (subnets: readonly TaggedSubnet[]): string => subnets.map(({ subnetId }) => subnetId).join(', ');

export default defineControl({
  id: 'ec2-private-subnet-igw-route-prohibited',
  title: 'Private subnets must not have a default route to an internet gateway',
  severity: 'HIGH',
  resource: routeTable,
  needs: ['internetRoutes', 'subnets'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'The route table of a subnet that a tag declares private (privateTags) may have no active route to an internet gateway for 0.0.0.0/0 or ::/0, nor for narrower networks or prefix lists that together are half of the addresses or more. The AWS Config rule no-unrestricted-route-to-igw finds such a route in every table. A table that other subnets use too is left to a person, who gives the private ones a table of their own.',
  rationale:
    'A private subnet must not be reachable from the Internet; with this route every public address in it is reachable, and traffic bypasses the NAT gateway and its inspection.',
  guidance:
    'Associate the private subnets with a table whose default route leads to a NAT gateway or nowhere, or delete the route.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: deleteRoute.permissions,
  undoCalls: [undoOfDeleteRoute],
  parameters: {
    privateTags: {
      description: 'Tags that declare a subnet private, each as `key=value`.',
      type: 'array',
      items: { type: 'string', pattern: '^[^=]+=.*$' },
      default: ['tier=private'] as readonly string[],
    },
  },
  evaluate({ internetRoutes: { routes, lists }, subnets }, { parameters: { privateTags } }) {
    const declared = subnets.filter((subnet) => isPrivate(subnet, privateTags));
    if (declared.length === 0) return notApplicable('No subnet of the table is declared private.');
    const open = defaultRoutes(routes, lists).map(inWords);
    if (open.length === 0) return compliant(`No default route leads to the Internet from ${named(declared)}.`);
    return nonCompliant(`${open.join('; ')} applies to the private ${named(declared)}.`, open.toSorted());
  },
  plan({ ref, internetRoutes: { routes, lists }, subnets }, { parameters: { privateTags } }) {
    const others = subnets.filter((subnet) => !isPrivate(subnet, privateTags));
    if (others.length > 0)
      return byHand(`The table also applies to ${named(others)}, which would lose Internet access.`);
    return defaultRoutes(routes, lists).map((route) => deleteRoute(ref.resourceId, route));
  },
});
