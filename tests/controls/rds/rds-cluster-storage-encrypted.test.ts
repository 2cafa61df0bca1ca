import scene from '../../../scenes/rds/rds-cluster-storage-encrypted.ts';
import control from '../../../shared/controls/rds/rds-cluster-storage-encrypted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const storage = { Status: 'available', Engine: 'aurora-postgresql', StorageEncrypted: false };
const given = (change: Partial<typeof storage> = {}) => ({ storage: { ...storage, ...change } });

testControl(control, {
  resourceId: 'sales',
  compliant: { encrypted: given({ StorageEncrypted: true }) },
  notApplicable: {
    'a cluster of Neptune': given({ Engine: 'neptune' }),
    'being deleted': given({ Status: 'deleting' }),
  },
  nonCompliant: {
    'not encrypted': {
      given: given(),
      plan: [],
      says: 'StorageEncrypted is false.',
      same: { stopped: given({ Status: 'stopped' }) },
    },
  },
});

testScene(control, scene);
