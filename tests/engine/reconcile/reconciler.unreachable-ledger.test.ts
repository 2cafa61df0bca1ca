import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { approve, reject } from '../../../shared/engine/reconcile/approvals.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { undo } from '../../../shared/engine/undo/undo.ts';
import { leaseState } from '../../../shared/ledger/lease.ts';
import {
  BREAKAGES,
  betweenEveryTwoCalls,
  CONTROLS,
  cutOff,
  DRIFT,
  KEY,
  PUBLISHED_BY_OTHERS_MS,
  scene,
} from '../../support/broken-ledger.ts';
import { CAUSE, GOOD, lidClosed, shut, subjectOf } from '../../support/fake-resource.ts';

beforeAll(() => {
  // Waits between tries are not what is tested here.
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((done: () => void) => setImmediate(done)) as never);
});
afterAll(() => {
  jest.restoreAllMocks();
});

const request = (id: string | null | undefined) => ({
  id: id ?? '',
  by: 'ann',
  reason: 'a demo',
  expires: '2026-02-01',
  dryRun: false,
});

describe.each(Object.entries(BREAKAGES))('a call of the ledger that %s', (_name, breakage) => {
  test.each([
    ['one step for each control', CONTROLS],
    ['several steps for one', [shut]],
  ])('leads to no write without a record, to no lie, and to nothing that stays open: %s', async (_what, controls) => {
    await betweenEveryTwoCalls(6, async (k) => {
      const { engine, hooks, breakAt, repaired, world, ...seen } = scene({}, controls);
      breakAt(k, breakage);
      const results = await reconcile(subjectOf(...controls), CAUSE, engine);
      const broken = repaired();
      expect(results.map(({ controlId }) => controlId).sort()).toEqual(controls.map(({ id }) => id).sort());
      seen.expectNoLie(results);
      await seen.expectNoWriteWithoutRecord();

      hooks.later(PUBLISHED_BY_OTHERS_MS);
      const again = await reconcile(subjectOf(...controls), CAUSE, engine);
      expect(again.filter(({ outcome }) => outcome !== 'compliant' && outcome !== 'remediated')).toEqual([]);
      expect(world.box).toEqual(GOOD);
      // Closing a lid that is closed is all that is ever done twice.
      expect(new Set(world.calls.map(({ operation }) => operation))).toEqual(new Set(['CloseLid', 'TurnKey']));
      expect(world.calls.length).toBeLessThanOrEqual(controls === CONTROLS ? 2 : 3);
      await seen.expectNoWriteWithoutRecord();
      await seen.expectSettled();
      await seen.expectNotified();
      return { broken };
    });
  });

  // The first died after the call of its first record, the second after that of its second.
  test.each([4, 5])(
    'while a remediation is found whose run was cut off after %i calls: it comes to its end',
    async (made) => {
      await betweenEveryTwoCalls(4, async (k) => {
        const { engine, hooks, breakAt, repaired, world, whole, ...seen } = scene();
        await cutOff(engine, made);
        expect((await whole.load(KEY)).state.open).toHaveLength(1);
        expect(world.box).toMatchObject({ lid: { open: false }, lock: { on: made === 5 } });
        hooks.later(PUBLISHED_BY_OTHERS_MS);
        breakAt(k, breakage);
        seen.expectNoLie(await reconcile(subjectOf(...CONTROLS), CAUSE, engine));
        const broken = repaired();
        await seen.expectNoWriteWithoutRecord();
        hooks.later(PUBLISHED_BY_OTHERS_MS);
        await reconcile(subjectOf(...CONTROLS), CAUSE, engine);
        expect(world.box).toEqual(GOOD);
        expect(world.calls.map(({ operation }) => operation)).toEqual(['CloseLid', 'TurnKey']);
        await seen.expectSettled();
        await seen.expectNotified();
        return { broken };
      });
    },
  );

  const only = [lidClosed];
  test('while an approval is asked for: it is asked for, and people are notified once or twice', async () => {
    await betweenEveryTwoCalls(4, async (k) => {
      const { engine, hooks, breakAt, repaired, world, whole, ...seen } = scene({ [lidClosed.id]: 'approve' }, only);
      world.box = { ...GOOD, lid: { open: true } };
      breakAt(k, breakage);
      await reconcile(subjectOf(...only), CAUSE, engine);
      const broken = repaired();
      hooks.later(PUBLISHED_BY_OTHERS_MS);
      const [asked] = await reconcile(subjectOf(...only), CAUSE, engine);
      expect(asked).toMatchObject({ outcome: 'awaitingApproval', remediationId: expect.any(String) });
      expect(world.calls).toEqual([]);
      const { open, outbox } = (await whole.load(KEY)).state;
      expect({ open, outbox }).toMatchObject({ open: [{ id: asked?.remediationId }], outbox: [] });
      const notices = seen.notified.filter(({ result }) => result.outcome === 'awaitingApproval');
      expect([1, 2]).toContain(notices.length);
      expect(notices.map(({ result }) => result.remediationId)).toContain(asked?.remediationId);
      await seen.expectEvidence();
      return { broken };
    });
  });

  test('while an approved plan is carried out: it is carried out once, or asked for again', async () => {
    await betweenEveryTwoCalls(5, async (k) => {
      const { engine, hooks, breakAt, repaired, world, whole, ...seen } = scene({ [lidClosed.id]: 'approve' }, only);
      world.box = { ...GOOD, lid: { open: true } };
      const [asked] = await reconcile(subjectOf(...only), CAUSE, engine);
      breakAt(k, breakage);
      const first = await approve(asked?.remediationId ?? '', 'ann', engine, only).then(
        (result) => [result],
        () => [],
      );
      const broken = repaired();
      seen.expectNoLie(first);
      await seen.expectNoWriteWithoutRecord();
      hooks.later(PUBLISHED_BY_OTHERS_MS);
      const [next] = await reconcile(subjectOf(...only), CAUSE, engine);
      if (next?.outcome === 'awaitingApproval') await approve(next.remediationId ?? '', 'ann', engine, only);
      await reconcile(subjectOf(...only), CAUSE, engine);
      expect(world.box).toEqual(GOOD);
      expect(world.calls.map(({ operation }) => operation)).toEqual(['CloseLid']);
      await seen.expectNoWriteWithoutRecord();
      await seen.expectSettled();
      await seen.expectNotified();
      return { broken };
    });
  });

  test('while a plan is rejected: it is rejected, or waits still, and is never carried out', async () => {
    await betweenEveryTwoCalls(4, async (k) => {
      const { engine, hooks, breakAt, repaired, world, whole, ...seen } = scene({ [lidClosed.id]: 'approve' }, only);
      world.box = { ...GOOD, lid: { open: true } };
      const [asked] = await reconcile(subjectOf(...only), CAUSE, engine);
      const id = asked?.remediationId ?? '';
      const toReject = () =>
        reject(id, 'jo', 'not now', engine, only).then(
          () => true,
          () => false,
        );
      breakAt(k, breakage);
      const isRejected = await toReject();
      const broken = repaired();
      hooks.later(PUBLISHED_BY_OTHERS_MS);
      if (!isRejected) await toReject();
      expect(await whole.remediation(id)).toMatchObject({ status: 'rejected', decidedBy: 'jo', error: 'not now' });
      expect(await reconcile(subjectOf(...only), CAUSE, engine)).toMatchObject([{ outcome: 'detected' }]);
      expect(world.calls).toEqual([]);
      expect((await whole.load(KEY)).state).toMatchObject({ open: [], outbox: [] });
      await seen.expectEvidence();
      return { broken };
    });
  });

  test('while a remediation is undone: every call of it is on record, and nobody fights it', async () => {
    await betweenEveryTwoCalls(8, async (k) => {
      const { engine, breakAt, repaired, hooks, world, whole, ...seen } = scene({}, [shut]);
      const [done] = await reconcile(subjectOf(shut), CAUSE, engine);
      const undoes = () =>
        undo(request(done?.remediationId), engine, [shut], async (call) => {
          await seen.expectRecorded(call.operation, call.input);
          world.box = { ...(world.box ?? GOOD), ...('key' in call.input ? { lock: DRIFT.lock } : { lid: DRIFT.lid }) };
          return {};
        });
      const went = () =>
        undoes().then(
          () => true,
          () => false,
        );
      const isUndone = () => world.box?.lid.open === true && !world.box.lock.on;
      breakAt(k, breakage);
      const succeeded = await went();
      const broken = repaired();
      seen.expectNoUnrecorded();
      if (succeeded) expect(isUndone()).toBe(true);
      hooks.later(PUBLISHED_BY_OTHERS_MS);
      if (!succeeded) await went();
      // Whatever became of it, nothing fights it and nothing stays open.
      expect(isUndone()).toBe(true);
      expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'exempted' }]);
      expect(isUndone()).toBe(true);
      const { open, lease, outbox } = (await whole.load(KEY)).state;
      expect({ open, outbox, held: leaseState(lease, 0).held }).toEqual({ open: [], outbox: [], held: false });
      await seen.expectEvidence();
      seen.expectNoUnrecorded();
      const notices = seen.notified.filter(({ result }) => result.outcome === 'exempted');
      expect([1, 2]).toContain(notices.length);
      return { broken };
    });
  });
});
