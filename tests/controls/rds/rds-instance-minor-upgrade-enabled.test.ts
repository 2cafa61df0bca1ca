import scene from '../../../scenes/rds/rds-instance-minor-upgrade-enabled.ts';
import control from '../../../shared/controls/rds/rds-instance-minor-upgrade-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const minorUpgrade = {
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  DBClusterIdentifier: null as string | null,
  AutoMinorVersionUpgrade: false,
};
const given = (change: Partial<typeof minorUpgrade> = {}) => ({ minorUpgrade: { ...minorUpgrade, ...change } });
const plan = [
  ['ModifyDBInstance', { DBInstanceIdentifier: 'orders', ApplyImmediately: false, AutoMinorVersionUpgrade: true }],
] as const;
const aurora = { Engine: 'aurora-mysql', DBClusterIdentifier: 'sales' };

testControl(control, {
  resourceId: 'orders',
  compliant: {
    on: given({ AutoMinorVersionUpgrade: true }),
    'on, an instance of Aurora': given({ ...aurora, AutoMinorVersionUpgrade: true }),
  },
  notApplicable: {
    'a member of a Multi-AZ DB cluster': given({ DBClusterIdentifier: 'ledger' }),
    // RDS Custom refuses it.
    'RDS Custom': given({ Engine: 'custom-oracle-ee' }),
    'an instance of DocumentDB': given({ Engine: 'docdb', DBClusterIdentifier: 'documents' }),
    'being deleted': given({ DBInstanceStatus: 'deleting' }),
  },
  nonCompliant: {
    off: {
      given: given(),
      plan,
      after: given({ AutoMinorVersionUpgrade: true }),
      says: 'AutoMinorVersionUpgrade is false.',
      elements: [['AutoMinorVersionUpgrade']],
      same: { 'while RDS is at work': given({ DBInstanceStatus: 'upgrading' }) },
    },
    'off, an instance of Aurora': {
      given: given(aurora),
      plan,
      after: given({ ...aurora, AutoMinorVersionUpgrade: true }),
    },
  },
});

testScene(control, scene);
