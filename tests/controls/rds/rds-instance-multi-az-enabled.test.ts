import { expect, test } from '@jest/globals';
import scene from '../../../scenes/rds/rds-instance-multi-az-enabled.ts';
import control from '../../../shared/controls/rds/rds-instance-multi-az-enabled.ts';
import { HOUR_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const multiAz = {
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  DBClusterIdentifier: null as string | null,
  replicaOf: null as string | null,
  MultiAZ: false,
  pending: null as boolean | null,
};
const given = (change: Partial<typeof multiAz> = {}) => ({ multiAz: { ...multiAz, ...change } });

testControl(control, {
  resourceId: 'orders',
  compliant: { 'with a standby': given({ MultiAZ: true }) },
  notApplicable: {
    'a member of a cluster': given({ DBClusterIdentifier: 'sales' }),
    'a read replica': given({ replicaOf: 'orders-main' }),
    'RDS Custom': given({ Engine: 'custom-sqlserver-se' }),
    'being deleted': given({ DBInstanceStatus: 'deleting' }),
  },
  nonCompliant: {
    'without one': {
      given: given(),
      plan: [['ModifyDBInstance', { DBInstanceIdentifier: 'orders', ApplyImmediately: false, MultiAZ: true }]],
      after: given({ MultiAZ: true }),
      says: 'MultiAZ is false.',
      elements: [['MultiAZ']],
      same: {
        'until the maintenance window': given({ pending: true }),
        'while RDS is at work': given({ DBInstanceStatus: 'backing-up' }),
      },
    },
  },
});

test('a person has to say that a standby is worth its price', () => {
  expect(control.recommendedMode).toBe('detect');
});

test.each([
  [true, 6 * HOUR_MS],
  [false, undefined],
])('a standby that waits for the maintenance window is waited for: %s', (pending, retryAfter) => {
  const ref = {
    resourceType: 'AWS::RDS::DBInstance',
    resourceId: 'orders',
    accountId: '111122223333',
    region: 'eu-west-1',
  };
  const evaluation = control.evaluate(
    { ...given({ pending }), ref },
    { parameters: {}, now: new Date(0), lastKnown: null },
  );
  expect(evaluation.retryAfter).toBe(retryAfter);
});

testScene(control, scene);
