import scene from '../../../scenes/ec2/ec2-ebs-snapshot-public-sharing-blocked.ts';
import control from '../../../shared/controls/ec2/ec2-ebs-snapshot-public-sharing-blocked.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

type State = 'unblocked' | 'block-new-sharing' | 'block-all-sharing';
const given = (state: State, managedBy: 'account' | 'declarative-policy' = 'account') => ({
  snapshotSharing: { state, managedBy },
});
const enabled = (State: State) => ['EnableSnapshotBlockPublicAccess', { State }] as const;
const loose = { state: 'block-new-sharing' };

// The operations are not moto's: the local account has them added. AWS: where a declarative policy of the organization
// holds the setting, the account cannot change it (EBS User Guide, "Block public access").
testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'all sharing is blocked': given('block-all-sharing'),
    'by the organization': given('block-all-sharing', 'declarative-policy'),
    'new sharing is blocked, and that is enough': { ...given('block-new-sharing'), parameters: loose },
    'more is blocked than has to be': { ...given('block-all-sharing'), parameters: loose },
  },
  nonCompliant: {
    'nothing is blocked': {
      given: given('unblocked'),
      plan: [enabled('block-all-sharing')],
      undo: [['DisableSnapshotBlockPublicAccess', {}]],
      after: given('block-all-sharing'),
      says: 'Block public access for EBS snapshots in eu-west-1 is unblocked; block-all-sharing is required.',
    },
    'new sharing alone is blocked': {
      given: given('block-new-sharing'),
      plan: [enabled('block-all-sharing')],
      undo: [enabled('block-new-sharing')],
      after: given('block-all-sharing'),
    },
    'nothing is blocked, where new sharing has to be': {
      given: given('unblocked'),
      parameters: loose,
      plan: [enabled('block-new-sharing')],
      after: given('block-new-sharing'),
    },
    'by the organization': {
      given: given('unblocked', 'declarative-policy'),
      plan: [],
      byHand: 'A declarative policy of the organization manages this setting.',
    },
  },
});

testScene(control, scene);
