import scene from '../../../scenes/shield/shield-advanced-auto-renew-enabled.ts';
import control from '../../../shared/controls/shield/shield-advanced-auto-renew-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const given = (isActive: boolean, isRenewed = false) => ({ subscription: { isActive, isRenewed } });

testControl(control, {
  resourceId: '111122223333',
  compliant: { 'it renews itself': given(true, true) },
  notApplicable: { 'the account never subscribed': given(false) },
  nonCompliant: {
    'it ends after its year': {
      given: given(true),
      plan: [],
      says: 'AutoRenew is DISABLED',
    },
    'it has ended': {
      given: given(false),
      lastKnown: given(true, true),
      plan: [],
      says: 'had a subscription to Shield Advanced, and no longer has one',
    },
    'the policy requires one': {
      given: given(false),
      parameters: { required: true },
      plan: [],
      says: 'has no subscription to Shield Advanced',
    },
  },
});

testScene(control, scene);
