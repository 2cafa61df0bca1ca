import scene from '../../../scenes/ec2/ec2-image-public-access-prohibited.ts';
import control from '../../../shared/controls/ec2/ec2-image-public-access-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const AMI = 'ami-0a1b2c3d4e5f60718';
const call = (LaunchPermission: object) => ['ModifyImageAttribute', { ImageId: AMI, LaunchPermission }] as const;

testControl(control, {
  resourceId: AMI,
  compliant: { 'not public': { sharing: { public: false } } },
  nonCompliant: {
    public: {
      given: { sharing: { public: true } },
      plan: [call({ Remove: [{ Group: 'all' }] })],
      // Where the account blocks public access to images, EC2 refuses this; moto knows no such setting.
      undo: [call({ Add: [{ Group: 'all' }] })],
      after: { sharing: { public: false } },
      says: 'Anyone can launch the image.',
    },
  },
});

testScene(control, scene);
