import scene from '../../../scenes/dynamodb/dynamodb-table-pitr-enabled.ts';
import control from '../../../shared/controls/dynamodb/dynamodb-table-pitr-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const given = (
  PointInTimeRecoveryStatus: 'DISABLED' | 'ENABLED',
  TableStatus: 'ACTIVE' | 'ARCHIVED' | 'CREATING' | 'DELETING' | 'UPDATING' = 'ACTIVE',
) => ({ pointInTimeRecovery: { PointInTimeRecoveryStatus, TableStatus } });
const put = (PointInTimeRecoveryEnabled: boolean) =>
  [
    [
      'UpdateContinuousBackups',
      { TableName: 'orders', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled } },
    ],
  ] as const;

testControl(control, {
  resourceId: 'orders',
  compliant: { on: given('ENABLED') },
  notApplicable: { 'being deleted': given('DISABLED', 'DELETING') },
  nonCompliant: {
    off: {
      given: given('DISABLED'),
      plan: put(true),
      after: given('ENABLED'),
      undo: put(false),
      says: 'Point-in-time recovery is off.',
      elements: [['PointInTimeRecovery']],
      // Right after its creation: ContinuousBackupsUnavailableException.
      same: { 'while it is being created': given('DISABLED', 'CREATING') },
    },
    'off, and archived': {
      given: given('DISABLED', 'ARCHIVED'),
      plan: [],
      byHand: 'DynamoDB does not change a table that is ARCHIVED',
    },
  },
});

testScene(control, scene);
