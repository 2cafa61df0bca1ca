import scene from '../../../scenes/rds/rds-snapshot-public-access-prohibited.ts';
import control from '../../../shared/controls/rds/rds-snapshot-public-access-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const ID = 'orders-before-upgrade';
const call = (values: object) =>
  ['ModifyDBSnapshotAttribute', { DBSnapshotIdentifier: ID, AttributeName: 'restore', ...values }] as const;

testControl(control, {
  resourceId: ID,
  compliant: { 'not public': { sharing: { public: false } } },
  nonCompliant: {
    public: {
      given: { sharing: { public: true } },
      plan: [call({ ValuesToRemove: ['all'] })],
      undo: [call({ ValuesToAdd: ['all'] })],
      after: { sharing: { public: false } },
      says: 'Anyone can restore the snapshot.',
    },
  },
});

testScene(control, scene);
