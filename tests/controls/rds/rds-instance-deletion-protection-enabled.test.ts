import scene from '../../../scenes/rds/rds-instance-deletion-protection-enabled.ts';
import control from '../../../shared/controls/rds/rds-instance-deletion-protection-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const deletionProtection = {
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  DBClusterIdentifier: null as string | null,
  DeletionProtection: false,
};
const given = (change: Partial<typeof deletionProtection> = {}) => ({
  deletionProtection: { ...deletionProtection, ...change },
});

testControl(control, {
  resourceId: 'orders',
  compliant: { protected: given({ DeletionProtection: true }) },
  notApplicable: {
    // RDS refuses the setting for members: InvalidParameterCombination.
    'a member of a cluster': given({ DBClusterIdentifier: 'sales' }),
    'being deleted': given({ DBInstanceStatus: 'deleting' }),
  },
  nonCompliant: {
    'not protected': {
      given: given(),
      plan: [
        ['ModifyDBInstance', { DBInstanceIdentifier: 'orders', ApplyImmediately: false, DeletionProtection: true }],
      ],
      after: given({ DeletionProtection: true }),
      says: 'DeletionProtection is false.',
      elements: [['DeletionProtection']],
      same: { 'while RDS is at work': given({ DBInstanceStatus: 'creating' }) },
    },
    'not protected, and stopped': {
      given: given({ DBInstanceStatus: 'stopped' }),
      plan: [],
      byHand: 'RDS does not modify what is stopped',
    },
  },
});

testScene(control, scene);
