import scene from '../../../scenes/iam/iam-root-mfa-enabled.ts';
import control from '../../../shared/controls/iam/iam-root-mfa-enabled.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const rootUser = { hasAccessKeys: false, hasMfa: true, hasPassword: true };
const hardware = { rootUser, rootVirtualDevices: [] };
const virtual = { rootUser, rootVirtualDevices: ['arn:aws:iam::111122223333:mfa/root-account-mfa-device'] };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    hardware,
    'hardware, of a root user whose password IAM does not speak of': {
      ...hardware,
      rootUser: { ...rootUser, hasPassword: null },
    },
    'a virtual device, where that is enough': { ...virtual, parameters: { requireHardware: false } },
  },
  notApplicable: {
    'no password and no keys': { rootUser: { ...rootUser, hasMfa: false, hasPassword: false }, rootVirtualDevices: [] },
  },
  nonCompliant: {
    'no device': {
      given: { ...hardware, rootUser: { ...rootUser, hasMfa: false } },
      plan: [],
      says: 'The root user has no MFA device.',
      other: { 'a virtual one': virtual },
    },
    'no device, and a key without a password': {
      given: { ...hardware, rootUser: { hasAccessKeys: true, hasMfa: false, hasPassword: false } },
      plan: [],
    },
    'a virtual device': {
      given: virtual,
      plan: [],
      says: 'virtual MFA devices: arn:aws:iam::111122223333:mfa/root-account-mfa-device.',
    },
  },
});

testScene(control, scene);
