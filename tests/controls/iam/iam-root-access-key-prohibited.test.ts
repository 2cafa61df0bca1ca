import scene from '../../../scenes/iam/iam-root-access-key-prohibited.ts';
import control from '../../../shared/controls/iam/iam-root-access-key-prohibited.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const rootUser = { hasAccessKeys: false, hasMfa: false, hasPassword: true };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: { 'no keys': { rootUser } },
  nonCompliant: {
    'a key': {
      given: { rootUser: { ...rootUser, hasAccessKeys: true } },
      plan: [],
      says: 'The root user has an access key.',
    },
  },
});

testScene(control, scene);
