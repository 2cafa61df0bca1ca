import scene from '../../../scenes/ec2/ec2-ebs-snapshot-public-access-prohibited.ts';
import control from '../../../shared/controls/ec2/ec2-ebs-snapshot-public-access-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const SNAPSHOT = 'snap-0a1b2c3d4e5f60718';
const closed = { createVolumePermission: { public: false } };
const open = { createVolumePermission: { public: true } };

testControl(control, {
  resourceId: SNAPSHOT,
  compliant: { 'not public': closed },
  nonCompliant: {
    public: {
      given: open,
      plan: [
        [
          'ModifySnapshotAttribute',
          {
            SnapshotId: SNAPSHOT,
            Attribute: 'createVolumePermission',
            OperationType: 'remove',
            GroupNames: ['all'],
          },
        ],
      ],
      after: closed,
      says: 'Anyone can create volumes from the snapshot.',
    },
  },
});

testScene(control, scene);
