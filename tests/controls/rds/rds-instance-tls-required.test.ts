import { expect, test } from '@jest/globals';
import scene from '../../../scenes/rds/rds-instance-tls-required.ts';
import control from '../../../shared/controls/rds/rds-instance-tls-required.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const parameter = {
  group: 'orders-tls',
  applied: 'in-sync' as string | null,
  name: 'rds.force_ssl',
  value: '0' as string | null,
  isOwn: true,
  isStatic: false,
};
const given = (change: Partial<typeof parameter> = {}, othersWithGroup: readonly string[] = []) => ({
  tls: {
    DBInstanceStatus: 'available',
    Engine: 'postgres',
    DBClusterIdentifier: null as string | null,
    parameter: { ...parameter, ...change },
  },
  othersWithGroup,
});
const without = (change: Partial<ReturnType<typeof given>['tls']>) => ({
  tls: { ...given().tls, ...change, parameter: null },
});
const [ParameterName, ApplyMethod] = ['rds.force_ssl', 'immediate'];
const put = (ParameterValue: string) =>
  [
    [
      'ModifyDBParameterGroup',
      { DBParameterGroupName: 'orders-tls', Parameters: [{ ParameterName, ApplyMethod, ParameterValue }] },
    ],
  ] as const;

testControl(control, {
  resourceId: 'orders',
  compliant: {
    'PostgreSQL requires it': given({ value: '1' }),
    'MySQL requires it': given({ name: 'require_secure_transport', value: 'ON' }),
  },
  notApplicable: {
    'an instance of Aurora': without({ Engine: 'aurora-mysql', DBClusterIdentifier: 'sales' }),
    Oracle: without({ Engine: 'oracle-ee' }),
  },
  nonCompliant: {
    'set to 0 in a group of its own': {
      given: given(),
      plan: put('1'),
      after: given({ value: '1' }),
      undo: put('0'),
      says: 'rds.force_ssl is 0 in orders-tls.',
      elements: [['parameter rds.force_ssl']],
      same: { 'not set': given({ value: null, isOwn: false }) },
    },
    "0 by the engine's default": {
      given: given({ isOwn: false }),
      plan: put('1'),
      after: given({ value: '1' }),
      undo: [
        ['ResetDBParameterGroup', { DBParameterGroupName: 'orders-tls', Parameters: [{ ParameterName, ApplyMethod }] }],
      ],
    },
    'in a group that another instance has too': {
      given: given({}, ['carts']),
      plan: [],
      byHand: 'carts would change too',
    },
    // AWS: "You can't modify the parameter settings of a default parameter group".
    "in RDS's own group": {
      given: given({ group: 'default.postgres14', isOwn: false }),
      plan: [],
      byHand: 'default.postgres14 is a default group of RDS',
    },
    // SQL Server reads it at its start.
    'where the parameter is static': { given: given({ isStatic: true }), plan: [], byHand: 'requires a restart' },
    'on, and waiting for a restart': {
      given: given({ value: '1', applied: 'pending-reboot' }),
      plan: [],
      byHand: 'A restart of the instance applies the parameter.',
      says: 'takes effect after a restart',
    },
  },
});

test('what RDS is applying is waited for', () => {
  const ref = {
    resourceType: 'AWS::RDS::DBInstance',
    resourceId: 'orders',
    accountId: '111122223333',
    region: 'eu-west-1',
  };
  const context = { parameters: {}, now: new Date(0), lastKnown: null };
  expect(control.evaluate({ ...given({ value: '1', applied: 'applying' }), ref }, context)).toMatchObject({
    complianceType: 'NON_COMPLIANT',
    retryAfter: MINUTE_MS,
  });
});

testScene(control, scene);
