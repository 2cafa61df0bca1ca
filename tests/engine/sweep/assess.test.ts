import { describe, expect, jest, test } from '@jest/globals';
import { type AnyControl, compliant, nonCompliant } from '../../../shared/control.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { assess, isToReconcile, resultsOf } from '../../../shared/engine/sweep/assess.ts';
import { FREE } from '../../../shared/ledger/lease.ts';
import { NEW_RESOURCE, type ResourceState } from '../../../shared/ledger/ledger.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { Deadline, delays } from '../../../shared/retry.ts';
import { testEngine } from '../../support/engine.ts';
import { ACCOUNT, barrelKept, crate, crateClosed, crateLocked, HOME, Warehouse } from '../../support/fake-inventory.ts';
import { CAUSE, named } from '../../support/fake-resource.ts';
import { findingOf, noticeOf, remediationOf } from '../../support/ledger-fixtures.ts';

const LID = { lid: { open: false, packed: 0 } };

/** What comes of one resource, listed with its lid. */
async function assessed(
  warehouse: Warehouse,
  controls: readonly AnyControl[],
  state?: ResourceState,
  engine = testEngine(warehouse.aws, 'detect', { clock: warehouse.clock }),
) {
  const [resourceId = ''] = warehouse.crates.keys();
  const { resource = crate } = controls[0] ?? {};
  const ref = { resourceType: resource.type, resourceId, accountId: ACCOUNT, region: HOME };
  const pace = { deadline: new Deadline(warehouse.clock, Number.POSITIVE_INFINITY), backoff: delays(1, 1) };
  const assessment = await assess({ resource, ref, controls, known: LID }, state, engine, pace);
  return { assessment, toReconcile: isToReconcile(assessment, state, warehouse.now), ref, engine };
}

describe('what passed is reported as a reconciliation would report it', () => {
  const na = {
    ...crateClosed,
    id: 'crate-na',
    evaluate: () => ({ ...compliant('no crate'), complianceType: 'NOT_APPLICABLE' }),
  };
  test.each(['detect', 'approve', 'remediate'] as const)('below the ceiling %s', async (ceiling) => {
    const warehouse = new Warehouse({ 'c-1': {} });
    const engine = testEngine(warehouse.aws, 'approve', { clock: warehouse.clock, ceiling });
    const controls = [crateClosed, crateLocked, na as AnyControl];
    const { assessment, toReconcile, ref } = await assessed(warehouse, controls, undefined, engine);
    expect(toReconcile).toBe(false);
    const byId = (a: { controlId: string | null }, b: { controlId: string | null }) =>
      (a.controlId ?? '').localeCompare(b.controlId ?? '');
    expect(resultsOf(assessment, CAUSE, engine).toSorted(byId)).toEqual(
      (await reconcile({ resource: crate, ref, controls }, CAUSE, engine)).toSorted(byId),
    );
  });

  test('what is wrong is never reported as if it had passed', async () => {
    const { assessment, engine } = await assessed(new Warehouse({ 'c-1': { unlocked: true } }), [crateLocked]);
    expect(() => resultsOf(assessment, CAUSE, engine)).toThrow('c-1 is to be reconciled');
  });
});

test('a control is given those whom the policy trusts', async () => {
  const warehouse = new Warehouse({ 'c-1': {} });
  const engine = testEngine(warehouse.aws, 'detect', { clock: warehouse.clock });
  const policy = policyFrom({ trusted: { accounts: ['444455556666'] } });
  const given = jest.fn(crateClosed.evaluate);
  await assessed(warehouse, [{ ...crateClosed, evaluate: given }], undefined, { ...engine, policy });
  expect(given).toHaveBeenCalledWith(
    expect.anything(),
    expect.objectContaining({ trusted: { accounts: ['444455556666'], organizations: [] } }),
  );
});

describe('a resource that is listed and gone when it is read', () => {
  const gone = (id: string) => {
    const warehouse = new Warehouse({ [id]: {} });
    warehouse.unreadable.set(id, [named('NoSuchCrate')]);
    return warehouse;
  };

  test('is no drift', async () => {
    const { assessment, toReconcile, engine } = await assessed(gone('c-1'), [crateLocked]);
    expect(toReconcile).toBe(false);
    expect(resultsOf(assessment, CAUSE, engine)).toMatchObject([{ outcome: 'notApplicable' }]);
  });

  test('has its finding ended', async () => {
    const open = [{ id: 'rem-1', controlId: crateLocked.id, status: 'applying' }] as const;
    const { toReconcile } = await assessed(gone('c-1'), [crateLocked], { ...NEW_RESOURCE, open });
    expect(toReconcile).toBe(true);
  });

  test('is reconciled where its deletion may be drift, whatever the ledger knows: AWS Config may know more', async () => {
    const { lastKnown: _, ...kept } = barrelKept;
    const forgiving: AnyControl = {
      ...kept,
      needs: ['lid', 'lock'],
      whenDeleted: { evaluate: () => compliant('never heard of'), plan: () => [] },
    };
    expect((await assessed(gone('b-1'), [forgiving])).toReconcile).toBe(true);
  });
});

test('a control sees the last good values', async () => {
  const steady: AnyControl = {
    ...crateClosed,
    lastKnown: ['lid'],
    evaluate: (_, { lastKnown }) =>
      JSON.stringify(lastKnown) === JSON.stringify(LID) ? compliant('as it was') : nonCompliant('it was otherwise'),
  };
  const warehouse = new Warehouse({ 'c-1': {} });
  expect((await assessed(warehouse, [steady], { ...NEW_RESOURCE, lastKnown: LID })).toReconcile).toBe(false);
  expect((await assessed(warehouse, [steady])).toReconcile).toBe(true);
});

test('controls that are off for the resource do not look', async () => {
  const warehouse = new Warehouse({ 'c-1': { unlocked: true } });
  const { assessment, toReconcile } = await assessed(
    warehouse,
    [crateLocked],
    undefined,
    testEngine(warehouse.aws, 'off'),
  );
  expect(assessment.evaluations.size).toBe(0);
  expect(toReconcile).toBe(false);
  expect(warehouse.log).toEqual([]);
});

test('a control that cannot evaluate it has it reconciled, and is never reported as if it had passed', async () => {
  const broken: AnyControl = {
    ...crateClosed,
    evaluate: () => {
      throw new TypeError('evaluate broke');
    },
  };
  const { assessment, toReconcile, engine } = await assessed(new Warehouse({ 'c-1': {} }), [broken]);
  expect(toReconcile).toBe(true);
  expect(() => resultsOf(assessment, CAUSE, engine)).toThrow('c-1 is to be reconciled');
});

describe('what AWS throttles', () => {
  const throttling = (times: number) => {
    const warehouse = new Warehouse({ 'c-1': {} });
    warehouse.unreadable.set(
      'c-1',
      Array.from({ length: times }, () => named('ThrottlingException')),
    );
    return warehouse;
  };

  test('is read again', async () => {
    const warehouse = throttling(1);
    const began = warehouse.now;
    expect((await assessed(warehouse, [crateClosed, crateLocked])).toReconcile).toBe(false);
    expect(warehouse.now).toBeGreaterThan(began);
  });

  test('is reconciled where no attempt is left; what was read is evaluated', async () => {
    const { assessment, toReconcile } = await assessed(throttling(10), [crateClosed, crateLocked]);
    expect(toReconcile).toBe(true);
    expect(assessment.evaluations.get(crateClosed)).toMatchObject({ complianceType: 'COMPLIANT' });
    expect(assessment.evaluations.get(crateLocked)).toBeNull();
  });
});

describe('a compliant resource is reconciled', () => {
  const now = new Warehouse({}).now;
  const other = { id: 'rem-1', controlId: 'crate-other', status: 'applying' } as const;
  test.each<[string, boolean, Partial<ResourceState>]>([
    ['for a finding', true, { findings: { [crateClosed.id]: findingOf(crateClosed.id) } }],
    ['for a notice that was not published', true, { outbox: [noticeOf(remediationOf('rem-1'), 0)] }],
    ['for a mark of another run', true, { lease: { ...FREE, wanted: [crateClosed.id] } }],
    ['for a recheck that is due', true, { recheckAt: now }],
    ['not for one that is not', false, { recheckAt: now + 1 }],
    ['not for a record of another control', false, { open: [other] }],
    ['not for nothing', false, {}],
  ])('%s: %s', async (_why, expected, state) => {
    const { toReconcile } = await assessed(new Warehouse({ 'c-1': {} }), [crateClosed], { ...NEW_RESOURCE, ...state });
    expect(toReconcile).toBe(expected);
  });

  test('where its good values are not the last known ones', async () => {
    const known = (lastKnown: ResourceState['lastKnown']) => ({ ...NEW_RESOURCE, lastKnown });
    const barrel = () => new Warehouse({ 'b-1': {} });
    expect((await assessed(barrel(), [barrelKept])).toReconcile).toBe(true);
    expect((await assessed(barrel(), [barrelKept], known({ lid: { open: true } }))).toReconcile).toBe(true);
    expect((await assessed(barrel(), [barrelKept], known(LID))).toReconcile).toBe(false);
  });
});
