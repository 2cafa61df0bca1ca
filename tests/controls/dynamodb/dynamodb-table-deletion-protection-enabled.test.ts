import { expect, test } from '@jest/globals';
import scene from '../../../scenes/dynamodb/dynamodb-table-deletion-protection-enabled.ts';
import control from '../../../shared/controls/dynamodb/dynamodb-table-deletion-protection-enabled.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const given = (
  DeletionProtectionEnabled: boolean,
  TableStatus: 'ACTIVE' | 'DELETING' | 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' | 'UPDATING' = 'ACTIVE',
) => ({ deletionProtection: { DeletionProtectionEnabled, TableStatus } });
const put = (DeletionProtectionEnabled: boolean) =>
  [['UpdateTable', { TableName: 'orders', DeletionProtectionEnabled }]] as const;

testControl(control, {
  resourceId: 'orders',
  compliant: { protected: given(true) },
  notApplicable: { 'being deleted': given(false, 'DELETING') },
  nonCompliant: {
    'not protected': {
      given: given(false),
      plan: put(true),
      after: given(true),
      undo: put(false),
      says: 'DeletionProtectionEnabled is false.',
      elements: [['DeletionProtectionEnabled']],
      same: { 'while an index is being added': given(false, 'UPDATING') },
    },
    'not protected, and its key is lost': {
      given: given(false, 'INACCESSIBLE_ENCRYPTION_CREDENTIALS'),
      plan: [],
      byHand: 'DynamoDB does not change a table that is INACCESSIBLE_ENCRYPTION_CREDENTIALS',
    },
  },
});

// UpdateTable meanwhile: ResourceInUseException.
test('a table that DynamoDB is at work on is waited for', () => {
  const ref = {
    resourceType: 'AWS::DynamoDB::Table',
    resourceId: 'orders',
    accountId: '111122223333',
    region: 'eu-west-1',
  };
  const context = { parameters: {}, now: new Date(0), lastKnown: null };
  expect(control.evaluate({ ...given(false, 'UPDATING'), ref }, context).retryAfter).toBe(MINUTE_MS);
});

testScene(control, scene);
