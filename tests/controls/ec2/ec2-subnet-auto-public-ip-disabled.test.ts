import scene from '../../../scenes/ec2/ec2-subnet-auto-public-ip-disabled.ts';
import control from '../../../shared/controls/ec2/ec2-subnet-auto-public-ip-disabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const SUBNET = 'subnet-0a1b2c3d4e5f60718';
const given = (mapPublicIpOnLaunch: boolean, assignIpv6AddressOnCreation: boolean, ipv6Native = false) => ({
  subnet: { mapPublicIpOnLaunch, assignIpv6AddressOnCreation, ipv6Native },
});
const call = (attribute: string, Value: boolean) =>
  ['ModifySubnetAttribute', { SubnetId: SUBNET, [attribute]: { Value } }] as const;

// AWS: one attribute a call (API reference of ModifySubnetAttribute); only the owner of a shared subnet may change it.
testControl(control, {
  resourceId: SUBNET,
  compliant: { 'neither is on': given(false, false) },
  nonCompliant: {
    'IPv4 addresses': {
      given: given(true, false),
      plan: [call('MapPublicIpOnLaunch', false)],
      undo: [call('MapPublicIpOnLaunch', true)],
      elements: [['MapPublicIpOnLaunch']],
      after: given(false, false),
      says: 'The subnet assigns public addresses automatically: MapPublicIpOnLaunch true.',
      other: { 'IPv6 addresses too': given(true, true), 'IPv6 addresses alone': given(false, true) },
    },
    'IPv6 addresses': {
      given: given(false, true),
      plan: [call('AssignIpv6AddressOnCreation', false)],
      undo: [call('AssignIpv6AddressOnCreation', true)],
      after: given(false, false),
    },
    'both, each by a call of its own': {
      given: given(true, true),
      plan: [call('MapPublicIpOnLaunch', false), call('AssignIpv6AddressOnCreation', false)],
      elements: [['MapPublicIpOnLaunch'], ['AssignIpv6AddressOnCreation']],
      after: given(false, false),
    },
    'an IPv6-only subnet': {
      given: given(false, true, true),
      plan: [],
      byHand: 'In an IPv6-only subnet network interfaces have no other address.',
    },
  },
});

testScene(control, scene);
