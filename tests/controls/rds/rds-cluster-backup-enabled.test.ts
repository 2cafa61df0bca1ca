import scene from '../../../scenes/rds/rds-cluster-backup-enabled.ts';
import control from '../../../shared/controls/rds/rds-cluster-backup-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const backup = {
  Status: 'available',
  Engine: 'aurora-postgresql',
  BackupRetentionPeriod: 1,
  pending: null as number | null,
};
const given = (change: Partial<typeof backup> = {}) => ({ backup: { ...backup, ...change } });

testControl(control, {
  resourceId: 'sales',
  compliant: { 'a week': given({ BackupRetentionPeriod: 7 }) },
  notApplicable: {
    'a cluster of DocumentDB': given({ Engine: 'docdb' }),
    'a cluster of Neptune': given({ Engine: 'neptune' }),
    'being deleted': given({ Status: 'deleting' }),
  },
  nonCompliant: {
    'a day': {
      given: given(),
      plan: [['ModifyDBCluster', { DBClusterIdentifier: 'sales', ApplyImmediately: false, BackupRetentionPeriod: 7 }]],
      after: given({ BackupRetentionPeriod: 7 }),
      says: 'kept for 1 of 7 days',
      elements: [['BackupRetentionPeriod']],
      same: {
        'three days': given({ BackupRetentionPeriod: 3 }),
        'while RDS changes it': given({ pending: 7 }),
        'while RDS is at work': given({ Status: 'modifying' }),
      },
    },
    'a day, and its restore failed': {
      given: given({ Status: 'cloning-failed' }),
      plan: [],
      byHand: 'RDS does not modify what is cloning-failed',
    },
  },
});

testScene(control, scene);
