import scene from '../../../scenes/rds/rds-storage-encrypted.ts';
import control from '../../../shared/controls/rds/rds-storage-encrypted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const storage = {
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  DBClusterIdentifier: null as string | null,
  StorageEncrypted: false,
};
const given = (change: Partial<typeof storage> = {}) => ({ storage: { ...storage, ...change } });

testControl(control, {
  resourceId: 'orders',
  compliant: { encrypted: given({ StorageEncrypted: true }) },
  notApplicable: {
    'a member of a cluster': given({ DBClusterIdentifier: 'sales' }),
    'being deleted': given({ DBInstanceStatus: 'deleting' }),
  },
  nonCompliant: {
    'not encrypted': {
      given: given(),
      plan: [],
      says: 'StorageEncrypted is false.',
      same: { stopped: given({ DBInstanceStatus: 'stopped' }) },
    },
  },
});

testScene(control, scene);
