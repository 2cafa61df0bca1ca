import { expect, test } from '@jest/globals';
import scene from '../../../scenes/rds/rds-instance-backup-enabled.ts';
import control from '../../../shared/controls/rds/rds-instance-backup-enabled.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const backup = {
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  DBClusterIdentifier: null as string | null,
  replicaOf: null as string | null,
  BackupRetentionPeriod: 1,
  pending: null as number | null,
};
const given = (change: Partial<typeof backup> = {}) => ({ backup: { ...backup, ...change } });
const plan = [
  ['ModifyDBInstance', { DBInstanceIdentifier: 'orders', ApplyImmediately: false, BackupRetentionPeriod: 7 }],
] as const;
const undo = (BackupRetentionPeriod: number) =>
  [['ModifyDBInstance', { DBInstanceIdentifier: 'orders', ApplyImmediately: false, BackupRetentionPeriod }]] as const;

testControl(control, {
  resourceId: 'orders',
  compliant: {
    'a week': given({ BackupRetentionPeriod: 7 }),
    'as long as the policy says': { ...given({ BackupRetentionPeriod: 3 }), parameters: { minimumRetentionDays: 3 } },
  },
  notApplicable: {
    'a member of a cluster': given({ DBClusterIdentifier: 'sales' }),
    'a read replica': given({ replicaOf: 'orders-main' }),
    'being deleted': given({ DBInstanceStatus: 'deleting' }),
  },
  nonCompliant: {
    'a day': {
      given: given(),
      plan,
      after: given({ BackupRetentionPeriod: 7 }),
      undo: undo(1),
      says: 'kept for 1 of 7 days',
      elements: [['BackupRetentionPeriod']],
      same: { 'three days': given({ BackupRetentionPeriod: 3 }) },
      other: { none: given({ BackupRetentionPeriod: 0 }) },
    },
    // RDS turns backups on in the next maintenance window: the call asks for no interruption now.
    none: {
      given: given({ BackupRetentionPeriod: 0 }),
      plan,
      after: given({ BackupRetentionPeriod: 7 }),
      undo: undo(0),
      says: 'Automated backups are off.',
      same: { 'until the maintenance window': given({ BackupRetentionPeriod: 0, pending: 7 }) },
    },
    'a day, and stopped': {
      given: given({ DBInstanceStatus: 'stopped' }),
      plan: [],
      byHand: 'RDS does not modify what is stopped',
    },
  },
});

test.each([
  ['what waits for the maintenance window is waited for', given({ BackupRetentionPeriod: 0, pending: 7 }), 6 * HOUR_MS],
  ['what waits and is still too little is not', given({ BackupRetentionPeriod: 0, pending: 3 }), undefined],
  ['an instance that RDS is at work on is waited for', given({ DBInstanceStatus: 'modifying' }), 2 * MINUTE_MS],
])('%s', (_name, state, retryAfter) => {
  const ref = {
    resourceType: 'AWS::RDS::DBInstance',
    resourceId: 'orders',
    accountId: '111122223333',
    region: 'eu-west-1',
  };
  const context = { parameters: { minimumRetentionDays: 7 }, now: new Date(0), lastKnown: null };
  const evaluation = control.evaluate({ ...state, ref }, context);
  expect(evaluation.complianceType).toBe('NON_COMPLIANT');
  expect(evaluation.retryAfter).toBe(retryAfter);
});

testScene(control, scene);
