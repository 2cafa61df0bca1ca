import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { describe, expect, test } from '@jest/globals';
import scene from '../../../scenes/rds/rds-instance-public-access-prohibited.ts';
import { awsClients } from '../../../shared/aws/clients.ts';
import control from '../../../shared/controls/rds/rds-instance-public-access-prohibited.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { undo } from '../../../shared/engine/undo/undo.ts';
import { sendUndoCallOf } from '../../../shared/engine/undo/undo-call.ts';
import type { InternalMessage } from '../../../shared/internal-events.ts';
import { memoryLedger } from '../../../shared/ledger/memory.ts';
import type { Result } from '../../../shared/result.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { testEngine } from '../../support/engine.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { sceneAccount, testScene } from '../../support/test-scene.ts';

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
      byHand: 'RDS does not modify what is stopped',
    },
    'public, and its key is lost': {
      given: given({ DBInstanceStatus: 'inaccessible-encryption-credentials-recoverable' }),
      plan: [],
      byHand: 'RDS does not modify what is inaccessible-encryption-credentials-recoverable',
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

testScene(control, scene);

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const MODIFY = 'rds:ModifyDBInstance';

/** What RDS says while it is at work on a modification: the setting is as it was, and for some seconds the status too. */
const atWork = (body: string, status: string) =>
  body
    .replaceAll('<DBInstanceStatus>available', `<DBInstanceStatus>${status}`)
    .replaceAll('<PubliclyAccessible>false', '<PubliclyAccessible>true');

/** An account whose RDS takes as long as the test says to make a change. */
async function slowRds() {
  const account = await testAccount();
  const { happen } = await scene.prepare(sceneAccount(account));
  await happen();
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  wire.take();
  const rds = { isAtWork: false, status: 'modifying' };
  const answer = (body: string) => (rds.isAtWork && wire.calls.includes(MODIFY) ? atWork(body, rds.status) : body);
  wire.alter([{ call: 'rds:DescribeDBInstances', change: answer }]);

  const time = { now: Date.parse('2026-11-02T09:28:20Z') };
  const sent: InternalMessage[] = [];
  const engine = testEngine(awsClients(), 'remediate', {
    ledger: memoryLedger(),
    clock: { now: () => new Date(time.now), sleep: async () => {} },
    async send(messages) {
      sent.push(...messages);
    },
  });
  const look = async (from: string | object): Promise<readonly Result[]> => {
    const ofAccount = { [SAMPLE_ACCOUNT]: account.accountId };
    const event = typeof from === 'string' ? sampleEvent(`rds/${from}`, ofAccount) : from;
    return (await Array.fromAsync(receive(event, engine, { controls: [control], fallback: account }))).flat();
  };
  const isPublic = async () => {
    const { DBInstances = [] } = await account.aws()(RDSClient).send(new DescribeDBInstancesCommand());
    return DBInstances[0]?.PubliclyAccessible;
  };
  const undone = (id: string, dryRun = false) => {
    const request = { id, by: 'a test', reason: 'to see it back', expires: '2999-01-01', dryRun };
    return undo(request, engine, [control], (call, ref) =>
      sendUndoCallOf([control], call, ref, engine.aws(ref.region)),
    );
  };
  const writes = () => wire.calls.filter((call) => call === MODIFY).length;
  return { rds, time, sent, engine, look, isPublic, undone, writes };
}

test('a modification that takes RDS ten minutes is pending, then remediated: one call, one record, one notification, and it can be undone', async () => {
  const { rds, time, sent, engine, look, isPublic, undone, writes } = await slowRds();
  Object.assign(rds, { isAtWork: true, status: 'available' });
  const [first] = await look('ModifyDBInstance');
  expect(first).toMatchObject({ outcome: 'pending', before: 'NON_COMPLIANT', after: 'NON_COMPLIANT', error: null });
  const id = first?.remediationId ?? '';
  expect(await isPublic()).toBe(false);
  await expect(undone(id)).rejects.toThrow(/pending.*2026-11-02T09:28:50/);
  rds.status = 'modifying';

  for (let minute = 2; minute < 10; minute += 2) {
    time.now += 2 * MINUTE_MS;
    const { detail, detailType } = sent.at(-1) ?? {};
    const [again] = await look({ source: 'evenkeel', 'detail-type': detailType, detail });
    expect(again).toMatchObject({ outcome: 'pending', remediationId: id });
  }
  expect(await look('RDSDBInstanceEvent')).toMatchObject([{ outcome: 'pending', remediationId: id }]);
  expect(engine.notified).toEqual([]);

  rds.isAtWork = false;
  time.now += 2 * MINUTE_MS;
  expect(await look('RDSDBInstanceEvent')).toMatchObject([
    { outcome: 'remediated', after: 'COMPLIANT', remediationId: id },
  ]);
  expect(engine.notified).toMatchObject([{ result: { outcome: 'remediated', remediationId: id }, reversible: true }]);
  expect(await Array.fromAsync(engine.ledger.remediations())).toHaveLength(1);
  expect(writes()).toBe(1);

  await undone(id);
  expect(await isPublic()).toBe(true);
  expect(await look('ModifyDBInstance')).toMatchObject([{ outcome: 'exempted' }]);
  expect(writes()).toBe(2);
});

test('what never ends is failed after its deadline, with one notification and no second call', async () => {
  const { rds, time, engine, look, writes } = await slowRds();
  rds.isAtWork = true;
  expect(await look('ModifyDBInstance')).toMatchObject([{ outcome: 'pending' }]);
  time.now += 121 * MINUTE_MS;
  expect(await look('RDSDBInstanceEvent')).toMatchObject([{ outcome: 'failed' }]);
  await look('RDSDBInstanceEvent');
  expect(engine.notified).toMatchObject([{ result: { outcome: 'failed' } }]);
  expect(writes()).toBe(1);
});
