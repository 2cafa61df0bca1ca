import scene from '../../../scenes/rds/rds-cluster-minor-upgrade-enabled.ts';
import control from '../../../shared/controls/rds/rds-cluster-minor-upgrade-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const minorUpgrade = {
  Status: 'available',
  Engine: 'aurora-postgresql',
  globalCluster: null as string | null,
  AutoMinorVersionUpgrade: false,
};
const given = (change: Partial<typeof minorUpgrade> = {}) => ({ minorUpgrade: { ...minorUpgrade, ...change } });

testControl(control, {
  resourceId: 'sales',
  compliant: { on: given({ AutoMinorVersionUpgrade: true }) },
  notApplicable: {
    'a part of a global database': given({ globalCluster: 'sales-everywhere' }),
    'a cluster of Neptune': given({ Engine: 'neptune' }),
    'being deleted': given({ Status: 'deleting' }),
  },
  nonCompliant: {
    off: {
      given: given(),
      plan: [
        ['ModifyDBCluster', { DBClusterIdentifier: 'sales', ApplyImmediately: false, AutoMinorVersionUpgrade: true }],
      ],
      after: given({ AutoMinorVersionUpgrade: true }),
      says: 'AutoMinorVersionUpgrade is false.',
      elements: [['AutoMinorVersionUpgrade']],
      same: { 'while RDS is at work': given({ Status: 'upgrading' }) },
    },
  },
});

testScene(control, scene);
