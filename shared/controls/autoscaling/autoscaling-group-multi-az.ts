import { AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { autoScalingGroup } from '../../resources/autoscaling/group.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = {
  'autoscaling:UpdateAutoScalingGroup':
    'arn:${AWS::Partition}:autoscaling:*:${AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/*',
};

interface Subnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly isPublic: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** Spare subnets, each of a zone that the group is not in yet. They must be like the subnets that it has: public, or not. */
function additions(zones: readonly string[], own: readonly Subnet[], spare: readonly Subnet[]): readonly Subnet[] {
  const taken = new Set(zones);
  return spare.filter(({ availabilityZone, isPublic }) => {
    if (taken.has(availabilityZone) || own.some((subnet) => subnet.isPublic !== isPublic)) return false;
    taken.add(availabilityZone);
    return true;
  });
}

export default defineControl({
  id: 'autoscaling-group-multi-az',
  title: 'Auto Scaling groups must span several Availability Zones',
  severity: 'MEDIUM',
  resource: autoScalingGroup,
  needs: ['group'],
  planNeeds: ['subnets'],
  securityControlIds: ['AutoScaling.2'],
  relatedRequirements: ['AWS FSBP AutoScaling.2'],
  description:
    'A group must launch instances into at least minAvailabilityZones different Availability Zones. Subnets of its VPC in other zones that have spareSubnetTag, and are public or private like its own, are added to its subnets: Auto Scaling then moves instances to the new zone. A group behind a load balancer, which may not be enabled for that zone, and one with a placement group are left to a person.',
  rationale: 'A group in one Availability Zone is unavailable when that zone fails.',
  guidance:
    'Enable a second zone for the load balancer, then add a subnet of that zone to the group; check that volumes, caches and peers of the instances are reachable from there.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [
    undoneBy(
      AutoScalingClient,
      UpdateAutoScalingGroupCommand,
      ({ resourceId: AutoScalingGroupName }) => ({ AutoScalingGroupName }),
      ['VPCZoneIdentifier'],
    ),
  ],
  parameters: {
    minAvailabilityZones: {
      description: 'How many Availability Zones a group must launch into.',
      type: 'integer',
      minimum: 2,
      maximum: 6,
      default: 2 as number,
    },
    spareSubnetTag: {
      description:
        'The tag of subnets that groups may be extended to, as `key=value`. Empty: groups are left as they are.',
      type: 'string',
      pattern: '^([^=]+=.*)?$',
      default: '' as string,
    },
  },
  evaluate({ group: { status, availabilityZones } }, { parameters: { minAvailabilityZones } }) {
    if (status !== null) return notApplicable(`The group is being deleted: ${status}.`);
    const zones = availabilityZones.join(', ');
    if (availabilityZones.length >= minAvailabilityZones) return compliant(`The group launches into ${zones}.`);
    return nonCompliant(`The group launches into ${zones} alone; ${minAvailabilityZones} zones are required.`, zones);
  },
  plan({ ref, group, subnets }, { parameters: { minAvailabilityZones, spareSubnetTag } }) {
    const { availabilityZones, vpcZoneIdentifier, placementGroup, isBehindLoadBalancer } = group;
    if (vpcZoneIdentifier === null) return byHand('The group names no subnets.');
    if (placementGroup !== null) return byHand(`The placement group ${placementGroup} may limit it to one zone.`);
    if (isBehindLoadBalancer) return byHand('The zone has to be enabled for its load balancer first.');
    const ownIds = vpcZoneIdentifier.split(',');
    const own = subnets.filter(({ subnetId }) => ownIds.includes(subnetId));
    const spare = subnets.filter(({ tags }) =>
      Object.entries(tags).some(([key, value]) => `${key}=${value}` === spareSubnetTag),
    );
    const needed = minAvailabilityZones - availabilityZones.length;
    const added = additions(availabilityZones, own, spare).slice(0, needed);
    if (added.length < needed)
      return byHand('No subnet of its VPC in another zone that is like its own has spareSubnetTag.');
    const VPCZoneIdentifier = [...ownIds, ...added.map(({ subnetId }) => subnetId)].join(',');
    const target = { AutoScalingGroupName: ref.resourceId };
    const before = { VPCZoneIdentifier: vpcZoneIdentifier };
    return [
      set(AutoScalingClient, UpdateAutoScalingGroupCommand, target, before, { VPCZoneIdentifier }, { permissions }),
    ];
  },
});
