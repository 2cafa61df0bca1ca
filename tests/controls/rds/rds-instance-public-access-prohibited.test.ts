import {
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  DescribeDBInstancesCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { describe, expect, test } from '@jest/globals';
import control from '../../../shared/controls/rds/rds-instance-public-access-prohibited.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const DB = 'orders';
const instance = {
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  DBClusterIdentifier: null as string | null,
  PubliclyAccessible: true,
};
const given = (change: Partial<typeof instance> = {}) => ({ instance: { ...instance, ...change } });
const closed = (change: Partial<typeof instance> = {}) => given({ ...change, PubliclyAccessible: false });
const plan = [
  ['ModifyDBInstance', { DBInstanceIdentifier: DB, ApplyImmediately: false, PubliclyAccessible: false }],
] as const;

testControl(control, {
  resourceId: DB,
  compliant: {
    closed: closed(),
    'closed, and RDS is at work on it': closed({ DBInstanceStatus: 'modifying' }),
  },
  notApplicable: { 'being deleted': given({ DBInstanceStatus: 'deleting' }) },
  nonCompliant: {
    public: {
      given: given(),
      plan,
      after: closed(),
      says: 'PubliclyAccessible is true.',
      elements: [['PubliclyAccessible']],
    },
    'public, while its storage is optimized': {
      given: given({ DBInstanceStatus: 'storage-optimization' }),
      plan,
      after: closed({ DBInstanceStatus: 'storage-optimization' }),
      same: { 'when that has ended': given() },
    },
    'public, an instance of Aurora': {
      given: given({ Engine: 'aurora-postgresql', DBClusterIdentifier: 'carts' }),
      plan,
      after: closed({ Engine: 'aurora-postgresql', DBClusterIdentifier: 'carts' }),
    },
    'public, an instance of Neptune': {
      given: given({ Engine: 'neptune', DBClusterIdentifier: 'graph' }),
      plan,
      after: closed({ Engine: 'neptune', DBClusterIdentifier: 'graph' }),
    },
    'public, a member of a Multi-AZ DB cluster': {
      given: given({ DBClusterIdentifier: 'ledger' }),
      plan: [],
      byHand: 'Multi-AZ DB cluster ledger, of which RDS modifies no instance',
    },
    'public and stopped': {
      given: given({ DBInstanceStatus: 'stopped' }),
      plan: [],
      byHand: 'RDS modifies no instance that is stopped',
    },
    'public, and its key is lost': {
      given: given({ DBInstanceStatus: 'inaccessible-encryption-credentials-recoverable' }),
      plan: [],
      byHand: 'RDS modifies no instance that is inaccessible-encryption-credentials-recoverable',
    },
  },
});

describe('while RDS is at work', () => {
  const ref = { resourceType: 'AWS::RDS::DBInstance', resourceId: DB, accountId: SAMPLE_ACCOUNT, region: REGION };
  const context = { parameters: {}, now: new Date('2026-01-01T00:00:00Z'), lastKnown: null };
  const evaluate = (change: Partial<typeof instance>) => control.evaluate({ ...given(change), ref }, context);

  test.each(['creating', 'modifying', 'backing-up', 'rebooting', 'renaming', 'upgrading', 'starting', 'a-new-one'])(
    'a public instance that is %s is waited for, and is the same finding',
    (DBInstanceStatus) => {
      const evaluation = evaluate({ DBInstanceStatus });
      expect(evaluation).toMatchObject({
        complianceType: 'NON_COMPLIANT',
        retryAfter: 2 * MINUTE_MS,
        annotation: expect.stringContaining(DBInstanceStatus),
        fingerprint: evaluate({}).fingerprint,
      });
      expect(evaluate({}).retryAfter).toBeUndefined();
    },
  );
});

async function withInstances(
  { aws }: TestAccount,
  names: readonly string[],
  rest: Partial<CreateDBInstanceCommandInput> = {},
) {
  const rds = aws()(RDSClient);
  for (const DBInstanceIdentifier of names)
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier,
        DBInstanceClass: 'db.t4g.medium',
        Engine: 'postgres',
        MasterUsername: 'app',
        MasterUserPassword: 'not-for-the-ledger',
        AllocatedStorage: 20,
        PubliclyAccessible: true,
        BackupRetentionPeriod: 7,
        ...rest,
      }),
    );
  const describeOne = async (DBInstanceIdentifier: string) => {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    // The local account says the present moment.
    return DBInstances.map(({ LatestRestorableTime: _, ...found }) => found);
  };
  const [own = '', other = ''] = names;
  return {
    state: () => describeOne(own),
    neighbours: async () => {
      const [{ PubliclyAccessible: _, ...mine } = {}] = await describeOne(own);
      return [mine, await describeOne(other)];
    },
  };
}

testOnSandbox(control, {
  'an instance is made public': async (account) => ({
    ...(await withInstances(account, ['orders', 'carts'])),
    event: sampleEvent('rds/ModifyDBInstance'),
  }),
  'an instance is restored from a snapshot': async (account) => ({
    ...(await withInstances(account, ['orders-restored', 'source'])),
    event: sampleEvent('rds/RestoreDBInstanceFromDBSnapshot'),
  }),
  'RDS says that it has done its work': async (account) => ({
    ...(await withInstances(account, ['invoices', 'bills'])),
    event: sampleEvent('rds/DBInstanceEvent', { orders: 'invoices' }),
  }),
});
