import { describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import type { Subject } from '../../../shared/engine/context.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { type Assessment, resultsOf } from '../../../shared/engine/sweep/assess.ts';
import { SweepPass } from '../../../shared/engine/sweep/pass.ts';
import { type Ledger, resourceKey } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/memory.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import { Deadline, delays } from '../../../shared/retry.ts';
import { DAY_MS } from '../../../shared/time.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import {
  ACCOUNT,
  account,
  accountClosed,
  barrel,
  barrelKept,
  crate,
  crateClosed,
  crateFresh,
  crateLocked,
  HOME,
  Warehouse,
} from '../../support/fake-inventory.ts';
import { CAUSE, named } from '../../support/fake-resource.ts';
import { findingOf } from '../../support/ledger-fixtures.ts';
import { refOf, SCOPE, sweepScene } from '../../support/sweep-scene.ts';

/** A ledger that counts what it is asked, by method. */
function countingLedger(warehouse: Warehouse) {
  const asked: Record<string, number> = {};
  const ledger = ledgerIn(memoryStore(), () => warehouse.now);
  const counted = new Proxy(ledger, {
    get(target, name: string) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        asked[name] = (asked[name] ?? 0) + 1;
        return value(...given);
      };
    },
  });
  return { asked, ledger: counted as Ledger };
}

/** A pass as the command makes it: it reconciles by itself. */
async function passOver(
  warehouse: Warehouse,
  engine: TestEngine,
  controls: readonly AnyControl[],
  includes?: (subject: Subject) => Promise<boolean>,
) {
  const passed: Assessment[] = [];
  const reconciled: Subject[] = [];
  const pass = new SweepPass(engine, {
    scope: SCOPE,
    controls,
    home: HOME,
    pace: { deadline: new Deadline(warehouse.clock, Number.POSITIVE_INFINITY), backoff: delays(1, 1) },
    refusalOf: () => null,
    ...(includes === undefined ? {} : { includes }),
    sink: {
      passed: (assessment) => passed.push(assessment),
      async reconcile(subjects) {
        reconciled.push(...subjects);
        for (const subject of subjects) await reconcile(subject, CAUSE, engine);
      },
    },
  });
  expect(await pass.run()).toBeNull();
  return { pass, passed, reconciled: reconciled.map(({ ref }) => ref.resourceId) };
}

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`c-${n}`, {}]));

describe('calls', () => {
  test.each([10, 300])('%d compliant resources cost their listing and one listing of the ledger', async (count) => {
    const warehouse = new Warehouse(many(count), 100);
    const { asked, ledger } = countingLedger(warehouse);
    const engine = testEngine(warehouse.aws, 'remediate', { ledger, clock: warehouse.clock });
    const { passed, reconciled } = await passOver(warehouse, engine, [crateClosed, crateFresh]);
    expect(passed).toHaveLength(count);
    expect(reconciled).toEqual([]);
    expect(asked).toEqual({ active: 1 });
    expect(warehouse.log).toHaveLength(Math.ceil(count / 100));
  });

  test('a service that has nothing to sweep in a region costs nothing', async () => {
    const warehouse = new Warehouse({ [ACCOUNT]: {} });
    const { asked, ledger } = countingLedger(warehouse);
    const engine = testEngine(warehouse.aws, 'remediate', { ledger, clock: warehouse.clock });
    const pace = { deadline: new Deadline(warehouse.clock, Number.POSITIVE_INFINITY), backoff: delays() };
    const sink = { reconcile: async () => {} };
    const elsewhere = { ...SCOPE, region: 'us-east-1' };
    await new SweepPass(engine, {
      scope: elsewhere,
      controls: [accountClosed],
      home: HOME,
      pace,
      sink,
      refusalOf: () => null,
    }).run();
    expect([asked, warehouse.log]).toEqual([{}, []]);
  });

  test('a facet that the listing does not bring is read once for each resource', async () => {
    const warehouse = new Warehouse(many(20), 100);
    const { asked, ledger } = countingLedger(warehouse);
    const engine = testEngine(warehouse.aws, 'remediate', { ledger, clock: warehouse.clock });
    await passOver(warehouse, engine, [crateClosed, crateLocked]);
    expect(asked).toEqual({ active: 1 });
    expect(warehouse.log.filter((said) => said.startsWith('read'))).toHaveLength(20);
  });

  test('a dry run takes what the listing has brought, also of what has drifted; one that may act reads it anew', async () => {
    const drifted = () => new Warehouse({ 'c-1': { open: true }, 'c-2': {} });
    const [dry, acting] = [drifted(), drifted()];
    await passOver(dry, testEngine(dry.aws, 'remediate', { ceiling: 'detect' }), [crateClosed]);
    expect(dry.log).toEqual(['list AWS::W::Crate 0']);
    await passOver(acting, testEngine(acting.aws, 'detect'), [crateClosed]);
    expect(acting.log).toEqual(['list AWS::W::Crate 0', 'read c-1']);
  });
});

describe('a part of the resources', () => {
  test('what is not included is neither read, nor counted, nor handed over', async () => {
    const warehouse = new Warehouse({ 'c-1': { open: true }, 'c-2': { open: true }, 'c-3': {} });
    const engine = testEngine(warehouse.aws, 'remediate', { clock: warehouse.clock });
    const only = async ({ ref }: Subject) => ref.resourceId !== 'c-1';
    const { pass, passed, reconciled } = await passOver(warehouse, engine, [crateLocked, crateClosed], only);
    expect(reconciled).toEqual(['c-2']);
    expect(passed.map(({ subject }) => subject.ref.resourceId)).toEqual(['c-3']);
    expect(pass.resources).toBe(2);
    expect(warehouse.log).not.toContain('read c-1');
  });

  test('nor where the ledger alone knows it, or has something open of it', async () => {
    const warehouse = new Warehouse({ 'b-1': {}, 'b-2': {} });
    const engine = testEngine(warehouse.aws, 'detect', { clock: warehouse.clock });
    await passOver(warehouse, engine, [barrelKept]);
    for (const id of ['b-1', 'b-2']) warehouse.crates.delete(id);
    const only = async ({ ref }: Subject) => ref.resourceId === 'b-2';
    expect((await passOver(warehouse, engine, [barrelKept], only)).reconciled).toEqual(['b-2']);
  });
});

describe('the command', () => {
  test('reports what passed as a reconciliation would', async () => {
    const warehouse = new Warehouse({ 'c-1': {} });
    const engine = testEngine(warehouse.aws, 'approve', { clock: warehouse.clock });
    const controls = [crateClosed, crateLocked];
    const { passed } = await passOver(warehouse, engine, controls);
    const ref = { resourceType: crate.type, resourceId: 'c-1', accountId: ACCOUNT, region: HOME };
    const reported = passed.flatMap((assessment) => resultsOf(assessment, CAUSE, engine));
    expect(reported).toHaveLength(2);
    expect(reported).toEqual(await reconcile({ resource: crate, ref, controls }, CAUSE, engine));
  });

  test('remembers what it sees first and finds its deletion', async () => {
    const warehouse = new Warehouse({ 'b-1': {} });
    const engine = testEngine(warehouse.aws, 'detect', { clock: warehouse.clock });
    expect((await passOver(warehouse, engine, [barrelKept])).reconciled).toEqual(['b-1']);
    expect(await passOver(warehouse, engine, [barrelKept])).toMatchObject({ reconciled: [], passed: [{}] });
    warehouse.crates.delete('b-1');
    expect((await passOver(warehouse, engine, [barrelKept])).reconciled).toEqual(['b-1']);
    const ref = { resourceType: barrel.type, resourceId: 'b-1', accountId: ACCOUNT, region: HOME };
    const { state } = await engine.ledger.load(resourceKey('warehouse', ref));
    expect(state.findings).toMatchObject({ 'barrel-kept': { outcome: 'detected', annotation: 'lost' } });
  });

  test('closes the finding of what is gone', async () => {
    const warehouse = new Warehouse({ 'c-1': { open: true } });
    const engine = testEngine(warehouse.aws, 'detect', { clock: warehouse.clock });
    await passOver(warehouse, engine, [crateClosed]);
    expect(await Array.fromAsync(engine.ledger.openFindings())).toHaveLength(1);
    warehouse.crates.delete('c-1');
    await passOver(warehouse, engine, [crateClosed]);
    expect(await Array.fromAsync(engine.ledger.openFindings())).toEqual([]);
  });

  test('where AWS goes on refusing, what was read is evaluated and the rest is never compliant', async () => {
    const warehouse = new Warehouse({ 'c-1': {}, 'c-2': {} });
    warehouse.unreadable.set(
      'c-1',
      Array.from({ length: 9 }, () => named('Throttling')),
    );
    const engine = testEngine(warehouse.aws, 'detect', { clock: warehouse.clock });
    expect((await passOver(warehouse, engine, [crateLocked])).reconciled).toEqual(['c-1']);
    expect(engine.notified).toMatchObject([{ result: { resourceId: 'c-1', outcome: 'failed' } }]);
  });
});

describe('a control that time alone turns', () => {
  test('is found by the sweep and notified once, not at each sweep', async () => {
    const warehouse = new Warehouse({ 'c-1': { packed: 1_000_000 }, 'c-2': { packed: 1_000_000 + 2.5 * DAY_MS } });
    const engine = testEngine(warehouse.aws, 'detect', { clock: warehouse.clock });
    const swept = async () => (await passOver(warehouse, engine, [crateFresh])).reconciled;
    expect(await swept()).toEqual([]);
    warehouse.now += DAY_MS;
    for (let sweep = 0; sweep < 5; sweep += 1) {
      expect(await swept()).toEqual(['c-1']);
      warehouse.now += DAY_MS / 4;
    }
    expect(engine.notified.map(({ result }) => result.annotation)).toEqual(['1 days old']);
    warehouse.now += 2 * DAY_MS;
    await swept();
    expect(engine.notified.map(({ result }) => result.resourceId)).toEqual(['c-1', 'c-2']);
  });
});

describe('what the ledger knows', () => {
  const open = (controlId = crateClosed.id) => ({ findings: { [controlId]: findingOf(controlId) } });
  const keyOf = (id: string, resource = crate, region = HOME) =>
    resourceKey('warehouse', { ...refOf(id, resource), region });

  test('an open finding of what is compliant by now, or is gone, is rechecked', async () => {
    const warehouse = new Warehouse({ 'c-1': {}, 'c-2': { open: true }, 'c-3': {} });
    const { begin, rechecked, known } = sweepScene(warehouse);
    for (const id of ['c-1', 'c-2', 'c-gone']) await known(keyOf(id), open());
    await known(keyOf('c-3'), { findings: {} });
    await known(keyOf('c-1', crate, 'us-east-1'), open());
    expect(await begin()).toMatchObject({ resources: 3, rechecks: 3 });
    expect(rechecked().sort()).toEqual(['c-1', 'c-2', 'c-gone']);
    expect(warehouse.log.filter((said) => said.startsWith('read'))).toEqual([]);
  });

  test('a slice that has not seen every page reads what it has not seen before it says that it is gone', async () => {
    const warehouse = new Warehouse({ 'c-1': {}, 'c-2': { open: true }, 'c-3': {}, 'c-4': { open: true } });
    const { slice, rechecked, known } = sweepScene(warehouse);
    for (const id of ['c-1', 'c-2', 'c-4', 'c-gone']) await known(keyOf(id), open());
    await slice({ ...SCOPE, run: 'a', slice: 4, cursor: { type: crate.type, token: '2' } });
    expect(warehouse.log).toEqual(['list AWS::W::Crate 2', 'read c-1', 'read c-2', 'read c-gone']);
    // c-2 has drifted: the slice that listed it has said so.
    expect(rechecked().sort()).toEqual(['c-1', 'c-4', 'c-gone']);
  });

  test('a finding of a control that is off, or of another service, is left alone', async () => {
    const { begin, rechecked, known } = sweepScene(new Warehouse({ 'c-1': {} }));
    await known(keyOf('c-1'), open('crate-painted'));
    await known(keyOf('c-gone'), open('crate-painted'));
    await known(keyOf('c-gone').replace('warehouse', 'shop'), open());
    await begin();
    expect(rechecked()).toEqual([]);
  });

  test('what belongs to no region has no finding in another than its home', async () => {
    const { begin, rechecked, known } = sweepScene(new Warehouse({}), { controls: [accountClosed] });
    await known(keyOf(ACCOUNT, account, 'us-east-1'), open(accountClosed.id));
    await begin('a', { region: 'us-east-1' });
    expect(rechecked()).toEqual([]);
  });

  test('what was good and is gone is rechecked where its deletion is drift', async () => {
    const { begin, rechecked, known } = sweepScene(new Warehouse({ 'b-1': {}, 'c-1': {} }), {
      controls: [crateClosed, barrelKept],
    });
    const lastKnown = { lid: { open: false, packed: 0 } };
    for (const id of ['b-1', 'b-lost']) await known(keyOf(id, barrel), { lastKnown });
    await known(keyOf('b-elsewhere', barrel, 'us-east-1'), { lastKnown });
    await known(keyOf('c-lost'), { lastKnown });
    await begin();
    expect(rechecked()).toEqual(['b-lost']);
  });

  test('what is good and not remembered, or otherwise, is rechecked, so that a deletion is found later', async () => {
    const { begin, rechecked, known } = sweepScene(new Warehouse({ 'b-1': {}, 'b-2': { packed: 1 }, 'b-3': {} }), {
      controls: [barrelKept],
    });
    for (const id of ['b-1', 'b-2']) await known(keyOf(id, barrel), { lastKnown: { lid: { open: false, packed: 0 } } });
    await begin();
    expect(rechecked()).toEqual(['b-2', 'b-3']);
  });

  test.each([
    ['a record that is open', { open: [{ id: 'rem-1', controlId: crateClosed.id, status: 'applying' }] }],
    ['a recheck that is overdue', { recheckAt: 1_000_000 }],
  ] as const)('%s is rechecked although the resource is compliant', async (_, change) => {
    const { begin, rechecked, known } = sweepScene(new Warehouse({ 'c-1': {}, 'c-2': {} }));
    await known(keyOf('c-1'), change);
    await known(keyOf('c-2'), { recheckAt: 1_000_001 });
    await begin();
    expect(rechecked()).toEqual(['c-1']);
  });

  test('drift is found without it, and what it has open comes again', async () => {
    const warehouse = new Warehouse({ 'c-1': { open: true }, 'c-2': {} });
    let isDown = true;
    const { begin, rechecked, known, ledger } = sweepScene(warehouse);
    await known(keyOf('c-gone'), open());
    const { active } = ledger;
    Object.assign(ledger, {
      active(prefix: string) {
        if (isDown) throw named('InternalServerError');
        return active(prefix);
      },
    });
    await expect(begin()).rejects.toThrow('could not sweep evenkeel:ledger: InternalServerError');
    expect(rechecked()).toEqual(['c-1']);
    isDown = false;
    warehouse.log.splice(0);
    expect(await begin()).toMatchObject({ resources: 0, rechecks: 1 });
    expect(rechecked()).toEqual(['c-1', 'c-gone']);
    expect(warehouse.log).toEqual(['read c-gone']);
  });
});
