import scene from '../../../scenes/rds/rds-cluster-deletion-protection-enabled.ts';
import control from '../../../shared/controls/rds/rds-cluster-deletion-protection-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const deletionProtection = { Status: 'available', Engine: 'aurora-postgresql', DeletionProtection: false };
const given = (change: Partial<typeof deletionProtection> = {}) => ({
  deletionProtection: { ...deletionProtection, ...change },
});

testControl(control, {
  resourceId: 'sales',
  compliant: { protected: given({ DeletionProtection: true }) },
  notApplicable: {
    'a cluster of DocumentDB': given({ Engine: 'docdb' }),
    'being deleted': given({ Status: 'deleting' }),
  },
  nonCompliant: {
    'not protected': {
      given: given(),
      plan: [['ModifyDBCluster', { DBClusterIdentifier: 'sales', ApplyImmediately: false, DeletionProtection: true }]],
      after: given({ DeletionProtection: true }),
      says: 'DeletionProtection is false.',
      elements: [['DeletionProtection']],
      same: { 'while RDS is at work': given({ Status: 'failing-over' }) },
    },
    'not protected, and stopped': {
      given: given({ Status: 'stopped' }),
      plan: [],
      byHand: 'RDS does not modify what is stopped',
    },
  },
});

testScene(control, scene);
