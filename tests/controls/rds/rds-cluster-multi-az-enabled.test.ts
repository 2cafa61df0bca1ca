import scene from '../../../scenes/rds/rds-cluster-multi-az-enabled.ts';
import control from '../../../shared/controls/rds/rds-cluster-multi-az-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const multiAz = { Status: 'available', Engine: 'aurora-postgresql', MultiAZ: false };
const given = (change: Partial<typeof multiAz> = {}) => ({ multiAz: { ...multiAz, ...change } });

testControl(control, {
  resourceId: 'sales',
  compliant: { 'in two zones': given({ MultiAZ: true }) },
  notApplicable: {
    'a cluster of DocumentDB': given({ Engine: 'docdb' }),
    'being deleted': given({ Status: 'deleting' }),
  },
  nonCompliant: {
    'in one zone': {
      given: given(),
      plan: [],
      says: 'in one availability zone',
      same: { 'while RDS is at work': given({ Status: 'modifying' }) },
    },
  },
});

testScene(control, scene);
