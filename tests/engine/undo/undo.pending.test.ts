import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant, nonCompliant, settling } from '../../../shared/control.ts';
import type { CallMaker } from '../../../shared/engine/undo/undo.ts';
import { type Box, REF, shut } from '../../support/fake-resource.ts';
import { OPEN, says, UndoScene } from '../../support/undo-scene.ts';

let scene: UndoScene;
beforeEach(() => {
  scene = new UndoScene();
});

describe('a control that AWS takes its time with', () => {
  let isAtWork: boolean;
  const slow: AnyControl = {
    ...shut,
    evaluate: ({ lid, lock }) => {
      if (!lid.open && lock.on) return isAtWork ? settling('AWS is opening it.', '5m') : compliant('It is shut.');
      return nonCompliant('It is not shut.');
    },
  };
  /** AWS answers at once and opens the box later. */
  const later: CallMaker = async () => {
    isAtWork = true;
    return {};
  };

  beforeEach(() => {
    isAtWork = false;
  });
  const begun = async () => {
    const id = await scene.remediated(slow);
    const { undoId, isPending } = await scene.undone(id, { controls: [slow], call: later });
    expect(isPending).toBe(true);
    return { id, undoId: undoId ?? '' };
  };

  test('has its undo pending: nobody is notified yet, and a recheck is sent for', async () => {
    const { id, undoId } = await begun();
    expect(await scene.recordOf(undoId)).toMatchObject({ status: 'pending', recheckAt: expect.any(String) });
    expect((await scene.state()).recheckAt).toBe(scene.now + 60_000);
    expect(scene.engine.sent).toMatchObject([{ service: 'box', detail: REF, notBefore: scene.now + 60_000 }]);
    expect(scene.engine.notified.map(({ result }) => result.outcome)).toEqual(['remediated']);
    expect(await says(scene.undone(id, { controls: [slow] }))).toMatch(/is pending; the next check is at/);
  });

  test('is undone once the state says so: one record, one notification, and no write', async () => {
    const { undoId } = await begun();
    isAtWork = false;
    scene.world.box = { ...(scene.world.box as Box), ...OPEN };
    scene.now += 60_001;
    expect(await scene.reconcile(slow)).toMatchObject([{ outcome: 'exempted' }]);
    expect(await scene.recordOf(undoId)).toMatchObject({ status: 'remediated', recheckAt: null });
    await scene.reconcile(slow);
    expect(scene.engine.notified.map(({ result }) => result.outcome)).toEqual(['remediated', 'exempted']);
    expect(scene.world.calls).toHaveLength(2);
  });

  test('has failed to be undone after the deadline, and people are notified once', async () => {
    const { undoId } = await begun();
    scene.now += 60 * 60_000 + 1;
    await scene.reconcile(slow);
    expect(await scene.recordOf(undoId)).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/AWS did not finish by/),
    });
    await scene.reconcile(slow);
    expect(scene.engine.notified.map(({ result }) => result.outcome)).toEqual(['remediated', 'failed']);
  });
});

test('an undo of what takes effect after a time that the control states is pending, without being waited for', async () => {
  const id = await scene.remediated();
  const stated: AnyControl = { ...shut, settles: '15m' };
  const began = scene.now;
  const { isPending } = await scene.undone(id, { controls: [stated], call: async () => ({}) });
  expect({ isPending, waited: scene.now - began }).toEqual({ isPending: true, waited: 0 });
});
