import type { InstanceStateName } from '@aws-sdk/client-ec2';
import scene from '../../../scenes/ec2/ec2-instance-public-ip-prohibited.ts';
import control from '../../../shared/controls/ec2/ec2-instance-public-ip-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const given = (publicAddresses: readonly string[], state: InstanceStateName = 'running') => ({
  instance: { state, metadataOptions: {} as never },
  publicAddresses,
});

// AWS: an address that is assigned at launch is not in the answer of RunInstances yet, and goes with a stop; the event
// of the state that follows leads to the instance again.
testControl(control, {
  resourceId: 'i-0a1b2c3d4e5f60718',
  compliant: { 'private addresses alone': given([]), 'stopped, without one': given([], 'stopped') },
  notApplicable: { terminated: given(['203.0.113.7'], 'terminated'), 'shutting down': given([], 'shutting-down') },
  nonCompliant: {
    'a public address': {
      given: given(['203.0.113.7']),
      plan: [],
      says: 'The instance has public addresses: 203.0.113.7.',
      same: { 'another one after a start': { publicAddresses: ['203.0.113.8'] } },
    },
    'an Elastic IP address of a stopped instance': { given: given(['203.0.113.7'], 'stopped'), plan: [] },
  },
});

testScene(control, scene);
