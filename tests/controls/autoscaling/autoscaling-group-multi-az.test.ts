import scene, { more } from '../../../scenes/autoscaling/autoscaling-group-multi-az.ts';
import control from '../../../shared/controls/autoscaling/autoscaling-group-multi-az.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const subnet = (subnetId: string, zone: string, isPublic = false) => ({
  subnetId,
  availabilityZone: zone,
  isPublic,
  tags: {} as Readonly<Record<string, string>>,
});
const SUBNETS = [
  subnet('subnet-a', 'a'),
  subnet('subnet-a2', 'a'),
  subnet('subnet-b', 'b'),
  subnet('subnet-c', 'c'),
  subnet('subnet-d', 'd', true),
];
/** Carries the tag that makes these subnets spare ones. */
const withSpare = (...ids: string[]) => ({
  subnets: SUBNETS.map((one) => (ids.includes(one.subnetId) ? { ...one, tags: { autoscaling: 'spare' } } : one)),
});
const spareSubnetTag = 'autoscaling=spare';
const given = (availabilityZones: readonly string[], vpcZoneIdentifier: string | null, change: object = {}) => ({
  group: {
    status: null,
    availabilityZones: [...availabilityZones],
    vpcZoneIdentifier,
    placementGroup: null,
    isBehindLoadBalancer: false,
    ...change,
  },
  subnets: SUBNETS,
});
const one = given(['a'], 'subnet-a');
const updated = (VPCZoneIdentifier: string) =>
  ['UpdateAutoScalingGroup', { AutoScalingGroupName: 'web', VPCZoneIdentifier }] as const;
const NONE = 'No subnet of its VPC in another zone that is like its own has spareSubnetTag.';

// AWS: instances move to the new zone by and by (rebalancing launches before it terminates), unless the group suspends
// AZRebalance; ScalingActivityInProgress passes. moto derives the zones from the subnets, as AWS does.
testControl(control, {
  resourceId: 'web',
  compliant: {
    'two zones': given(['a', 'b'], 'subnet-a,subnet-b'),
  },
  notApplicable: { 'being deleted': given(['a'], 'subnet-a', { status: 'Delete in progress' }) },
  nonCompliant: {
    'one zone': {
      given: one,
      plan: [],
      byHand: NONE,
      says: 'The group launches into a alone; 2 zones are required.',
    },
    'one zone, and a spare subnet in another': {
      given: { ...one, ...withSpare('subnet-a2', 'subnet-d', 'subnet-b', 'subnet-c') },
      parameters: { spareSubnetTag },
      plan: [updated('subnet-a,subnet-b')],
      undo: [updated('subnet-a')],
      elements: [['VPCZoneIdentifier']],
      after: given(['a', 'b'], 'subnet-a,subnet-b'),
    },
    'two zones of three': {
      given: { ...given(['a', 'b'], 'subnet-a,subnet-b'), ...withSpare('subnet-b', 'subnet-c') },
      parameters: { minAvailabilityZones: 3, spareSubnetTag },
      plan: [updated('subnet-a,subnet-b,subnet-c')],
      after: given(['a', 'b', 'c'], 'subnet-a,subnet-b,subnet-c'),
    },
    'a spare subnet that is public alone': {
      given: { ...one, ...withSpare('subnet-d') },
      parameters: { spareSubnetTag },
      plan: [],
      byHand: NONE,
    },
    'no subnets': {
      given: given(['a'], null),
      parameters: { spareSubnetTag },
      plan: [],
      byHand: 'The group names no subnets.',
    },
    'behind a load balancer': {
      given: given(['a'], 'subnet-a', { isBehindLoadBalancer: true }),
      parameters: { spareSubnetTag },
      plan: [],
      byHand: 'The zone has to be enabled for its load balancer first.',
    },
    'with a placement group': {
      given: given(['a'], 'subnet-a', { placementGroup: 'fast' }),
      parameters: { spareSubnetTag },
      plan: [],
      byHand: 'The placement group fast may limit it to one zone.',
    },
  },
});

for (const one of [scene, ...more]) testScene(control, one);
