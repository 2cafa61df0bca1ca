import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { notApplicable } from '../../../shared/control.ts';
import { type Slice, sweepMessage } from '../../../shared/engine/sweep/cursor.ts';
import { SLICE_GRACE_MS, type SweepSummary } from '../../../shared/engine/sweep/sweep.ts';
import { recheck } from '../../../shared/internal-events.ts';
import { testEngine } from '../../support/engine.ts';
import {
  ACCOUNT,
  accountClosed,
  barrel,
  barrelKept,
  crate,
  crateClosed,
  crateLocked,
  Warehouse,
} from '../../support/fake-inventory.ts';
import { named } from '../../support/fake-resource.ts';
import { ENDLESS, nothing, refOf, SCOPE, sweepScene, TIME, throttled } from '../../support/sweep-scene.ts';

describe('one slice', () => {
  test('sends what has drifted, by name, and reads only what the listing does not bring', async () => {
    const warehouse = new Warehouse({ 'c-1': {}, 'c-2': { open: true }, 'c-3': {}, 'c-4': {}, 'c-5': { open: true } });
    const { begin, queue } = sweepScene(warehouse);
    expect(await begin()).toEqual({ ...nothing, resources: 5, rechecks: 2 });
    expect(queue).toEqual([recheck('warehouse', refOf('c-2')), recheck('warehouse', refOf('c-5'))]);
    expect(warehouse.log).toEqual(['list AWS::W::Crate 0', 'list AWS::W::Crate 2', 'list AWS::W::Crate 4']);

    const closer = new Warehouse({ 'c-1': { unlocked: true }, 'c-2': {} });
    const both = sweepScene(closer, { controls: [crateClosed, crateLocked] });
    await both.begin();
    expect(both.rechecked()).toEqual(['c-1']);
    expect(closer.log).toEqual(['list AWS::W::Crate 0', 'read c-1', 'read c-2']);
  });

  test('what cannot be read or evaluated is never taken for compliant', async () => {
    const warehouse = new Warehouse({ 'c-1': {}, 'c-2': {} });
    warehouse.unreadable.set('c-1', [named('AccessDenied')]);
    const { begin, rechecked } = sweepScene(warehouse, { controls: [crateLocked] });
    expect(await begin()).toMatchObject({ resources: 2, rechecks: 1 });
    expect(rechecked()).toEqual(['c-1']);
    const broken = (): never => {
      throw new TypeError('evaluate broke');
    };
    const odd = sweepScene(new Warehouse({ 'c-1': {} }), { controls: [{ ...crateClosed, evaluate: broken }] });
    await odd.begin();
    expect(odd.rechecked()).toEqual(['c-1']);
  });

  test('what a control does not concern is no drift', async () => {
    const { begin } = sweepScene(new Warehouse({ 'c-1': {} }), {
      controls: [{ ...crateClosed, evaluate: () => notApplicable('It is no crate.') }],
    });
    expect(await begin()).toMatchObject({ resources: 1, rechecks: 0 });
  });

  test('looks by the controls of its service that are on', async () => {
    const warehouse = new Warehouse({ 'c-1': { open: true } });
    const nowhere = testEngine(warehouse.aws, 'off').policy;
    // On somewhere: who knows where, before it has listed?
    const here = { ...nowhere, reachAnywhere: () => 'detect' as const };
    expect(await sweepScene(warehouse, { policy: here }).begin()).toEqual({ ...nothing, resources: 1 });
    expect(await sweepScene(warehouse, { policy: nowhere }).begin()).toEqual(nothing);
    expect(await sweepScene(warehouse).begin('a', { service: 'shop' })).toEqual({ ...nothing, service: 'shop' });
    expect(warehouse.log).toEqual(['list AWS::W::Crate 0']);
  });

  test('what belongs to no region is swept in the home region only', async () => {
    const warehouse = new Warehouse({ [ACCOUNT]: { open: true }, 'c-1': { open: true } });
    const { begin, rechecked } = sweepScene(warehouse, { controls: [accountClosed, crateClosed] });
    await begin('a', { region: 'eu-central-1' });
    expect(rechecked()).toEqual(['c-1']);
    await begin('a');
    expect(rechecked()).toEqual(['c-1', ACCOUNT, 'c-1']);
  });
});

describe('a sweep that nears its time', () => {
  const many = (pages: number) =>
    Object.fromEntries(Array.from({ length: pages * 2 }, (_, n) => [`c-${n}`, { unlocked: n % 3 === 0 }]));

  test('hands on from its page, and the next slice goes on there', async () => {
    const warehouse = new Warehouse(many(3));
    warehouse.cost = TIME / 4;
    const { begin, next, rechecked, toTheEnd } = sweepScene(warehouse, { controls: [crateLocked] });
    const first = await begin();
    expect(first).toMatchObject({ resources: 4, handedOn: true });
    expect(next()).toEqual([
      { ...SCOPE, run: 'a', slice: 1, cursor: { type: crate.type, token: '4', rest: ['evenkeel:ledger'] } },
    ]);
    const all = await toTheEnd(first);
    expect(all).toHaveLength(2);
    expect(all.reduce((sum, { resources }) => sum + resources, 0)).toBe(6);
    expect(rechecked()).toEqual(['c-0', 'c-3']);
    expect(warehouse.log.filter((said) => said.startsWith('list'))).toEqual(
      [0, 2, 4, 4].map((at) => `list ${crate.type} ${at}`),
    );
  });

  test('goes on within a page that one slice cannot look through', async () => {
    const warehouse = new Warehouse(many(100), 1_000);
    warehouse.cost = TIME / 60;
    const { begin, rechecked, toTheEnd } = sweepScene(warehouse, { controls: [crateLocked] });
    const all = await toTheEnd(await begin());
    expect(all.map(({ resources }) => resources)).toEqual([80, 80, 40]);
    expect(rechecked()).toHaveLength(67);
  });

  test('without any time hands on what it was given', async () => {
    const { begin, next } = sweepScene(new Warehouse(many(1)), { time: 0 });
    expect(await begin()).toEqual({ ...nothing, handedOn: true });
    expect(next()).toMatchObject([{ slice: 1, cursor: { type: crate.type, token: null } }]);
  });

  test('however little time each slice has and however often each event comes, every drift is sent', async () => {
    const content = fc.array(fc.record({ open: fc.boolean(), unlocked: fc.boolean() }), { maxLength: 30 });
    const tempo = fc.record({ pageSize: fc.integer({ min: 1, max: 9 }), cost: fc.integer({ min: 0, max: TIME / 2 }) });
    await fc.assert(
      fc.asyncProperty(content, tempo, fc.integer({ min: 1, max: 3 }), async (crates, { pageSize, cost }, times) => {
        const warehouse = new Warehouse(Object.fromEntries(crates.map((one, n) => [`c-${n}`, one])), pageSize);
        warehouse.cost = cost;
        const { slice, next, rechecked } = sweepScene(warehouse, { controls: [crateClosed, crateLocked] });
        const events = [sweepMessage(SCOPE, 'a').detail as Slice];
        const done: SweepSummary[] = [];
        for (let seen = 0; seen < events.length; seen += 1) {
          if (seen > ENDLESS) throw new Error('the sweep does not end');
          for (let n = 0; n < times; n += 1) done.push(await slice(events[seen]));
          events.splice(seen + 1, Number.POSITIVE_INFINITY, ...next().slice(seen));
        }
        const drifted = crates.flatMap(({ open, unlocked }, n) => (open || unlocked ? [`c-${n}`] : []));
        expect(new Set(rechecked())).toEqual(new Set(drifted));
        expect(done.filter(({ dropped }) => dropped !== null)).toHaveLength(events.length * (times - 1));
      }),
      { numRuns: 60 },
    );
  });
});

describe('throttling', () => {
  test('of a listing, of a read and of the bus slows the sweep and fails nothing', async () => {
    const warehouse = new Warehouse({ 'c-1': { unlocked: true }, 'c-2': {}, 'c-3': {} });
    warehouse.errors.set('AWS::W::Crate 0', [throttled(), throttled()]);
    warehouse.errors.set('AWS::W::Crate 2', [throttled()]);
    warehouse.unreadable.set('c-2', [throttled(), throttled()]);
    const { begin, refusals, rechecked } = sweepScene(warehouse, { controls: [crateLocked] });
    refusals.push(throttled());
    expect(await begin()).toEqual({ ...nothing, resources: 3, rechecks: 1 });
    expect(rechecked()).toEqual(['c-1']);
    expect(warehouse.slept).toHaveLength(6);
  });

  test('that lasts is handed on from the same token, for as long as it lasts', async () => {
    const warehouse = new Warehouse({ 'c-1': {}, 'c-2': {}, 'c-3': { open: true } });
    warehouse.errors.set('AWS::W::Crate 2', Array.from({ length: 40 }, throttled));
    const { begin, next, rechecked, toTheEnd } = sweepScene(warehouse);
    const all = await toTheEnd(await begin());
    expect(all.length).toBeGreaterThan(2);
    expect(new Set(next().map(({ cursor }) => cursor?.token))).toEqual(new Set(['2']));
    expect(all.flatMap(({ failed }) => failed)).toEqual([]);
    expect(rechecked()).toEqual(['c-3']);
  });
});

describe('a page token that is not taken any more', () => {
  test.each(['InvalidNextToken', 'InvalidPaginationTokenException', 'InvalidArgument', 'InvalidParameterValue'])(
    '%s: the type is begun anew',
    async (name) => {
      const warehouse = new Warehouse({ 'c-1': { open: true }, 'c-2': {}, 'c-3': { open: true } });
      warehouse.errors.set('AWS::W::Crate 2', [named(name)]);
      const { slice, rechecked } = sweepScene(warehouse);
      await slice({ ...SCOPE, run: 'a', slice: 4, cursor: { type: crate.type, token: '2' } });
      expect(rechecked()).toEqual(['c-1', 'c-3']);
    },
  );

  test('and never is taken: the type fails', async () => {
    const warehouse = new Warehouse({ 'c-1': {}, 'c-2': {}, 'c-3': {} });
    warehouse.errors.set('AWS::W::Crate 2', [named('InvalidNextToken'), named('InvalidNextToken')]);
    await expect(sweepScene(warehouse).begin()).rejects.toThrow('could not sweep AWS::W::Crate: InvalidNextToken');
  });
});

describe('a type that cannot be looked through', () => {
  const controls = [crateClosed, barrelKept];
  const denied = () => named('AccessDenied');

  test('does not keep the others, fails the slice at the end, and alone comes again', async () => {
    const warehouse = new Warehouse({ 'c-1': { open: true }, 'b-1': { open: true } });
    warehouse.errors.set('AWS::W::Crate 0', [denied()]);
    const { begin, rechecked } = sweepScene(warehouse, { controls });
    await expect(begin()).rejects.toMatchObject({ name: 'SweepFailedError' });
    expect(rechecked()).toEqual(['b-1']);
    warehouse.log.splice(0);
    expect(await begin()).toMatchObject({ resources: 1, failed: [] });
    expect(rechecked()).toEqual(['b-1', 'c-1']);
    expect(warehouse.log).toEqual(['list AWS::W::Crate 0']);
    expect(await begin()).toMatchObject({ dropped: 'its sweep is done' });
  });

  test('comes again in the next slice where the sweep is handed on', async () => {
    const warehouse = new Warehouse({ 'c-1': { open: true }, 'b-1': {}, 'b-2': {}, 'b-3': {} });
    warehouse.errors.set('AWS::W::Crate 0', [denied()]);
    warehouse.errors.set('AWS::W::Barrel 2', Array.from({ length: 12 }, throttled));
    const { begin, next, rechecked, toTheEnd } = sweepScene(warehouse, { controls });
    const all = await toTheEnd(await begin());
    expect(next()[0]?.cursor).toEqual({ type: barrel.type, token: '2', rest: ['evenkeel:ledger', crate.type] });
    expect(all[0]).toMatchObject({ handedOn: true, failed: ['AWS::W::Crate: AccessDenied: AccessDenied happened'] });
    expect(all.at(-1)).toMatchObject({ handedOn: false, failed: [] });
    expect(rechecked()).toContain('c-1');
  });
});

describe('the same event again', () => {
  test('is dropped while the sweep runs and when it is done; a failed one is done again', async () => {
    const warehouse = new Warehouse({ 'c-1': { open: true } });
    const { begin, refusals, rechecked } = sweepScene(warehouse);
    refusals.push(named('InternalException'));
    await expect(begin()).rejects.toThrow('InternalException');
    expect(await begin()).toMatchObject({ rechecks: 1, dropped: null });
    expect(await begin()).toEqual({ ...nothing, dropped: 'its sweep is done' });
    expect(await begin('b')).toMatchObject({ rechecks: 1, dropped: null });
    expect(rechecked()).toEqual(['c-1', 'c-1']);
  });

  test('of a slice whose next one could not be sent is done again', async () => {
    const { begin, refusals, next } = sweepScene(new Warehouse({ 'c-1': {} }), { time: 0 });
    refusals.push(named('InternalException'));
    await expect(begin()).rejects.toThrow('InternalException');
    expect(await begin()).toMatchObject({ handedOn: true });
    expect(next()).toHaveLength(1);
    expect(await begin('b')).toMatchObject({ dropped: 'a sweep is under way' });
  });
});

test('a slice that took so long that another sweep has begun does not go on', async () => {
  const warehouse = new Warehouse({ 'c-1': {}, 'c-2': {}, 'c-3': {} }, 1);
  const { begin, next } = sweepScene(warehouse, { controls: [crateLocked] });
  const read = warehouse.read.bind(warehouse);
  let overtaken: Promise<SweepSummary> | undefined;
  warehouse.read = async (...given: Parameters<typeof read>) => {
    if (overtaken === undefined) {
      warehouse.now += TIME + SLICE_GRACE_MS;
      overtaken = begin('b');
    }
    return read(...given);
  };
  expect(await begin()).toMatchObject({ handedOn: true });
  expect(await overtaken).toMatchObject({ resources: 3, dropped: null });
  expect(next()).toEqual([]);
});
