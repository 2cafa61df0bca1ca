import scene from '../../../scenes/ec2/ec2-ebs-encryption-by-default-enabled.ts';
import control from '../../../shared/controls/ec2/ec2-ebs-encryption-by-default-enabled.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const on = { ebsEncryptionByDefault: { enabled: true } };
const off = { ebsEncryptionByDefault: { enabled: false } };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: { on },
  nonCompliant: {
    off: {
      given: off,
      plan: [['EnableEbsEncryptionByDefault', {}]],
      after: on,
      says: 'New EBS volumes in eu-west-1 are not encrypted by default.',
    },
  },
});

testScene(control, scene);
