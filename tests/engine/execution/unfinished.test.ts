import { beforeEach, expect, test } from '@jest/globals';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import type { Update } from '../../../shared/ledger/ledger.ts';
import { HOUR_MS } from '../../../shared/time.ts';
import { CAUSE, closed, named, refusedWith, shut, subjectOf } from '../../support/fake-resource.ts';
import { OPEN, UndoScene } from '../../support/undo-scene.ts';

let scene: UndoScene;
beforeEach(() => {
  scene = new UndoScene();
});

/** A write that says that the first call was made. */
const isProgress = ({ records = [] }: Update<unknown>) => records.some(({ steps }) => steps[0]?.status === 'made');
const calls = () => scene.world.calls.map(({ operation }) => operation);
const outcomes = () => scene.engine.notified.map(({ result }) => result.outcome);

/** A run that dies after its first call; the ledger does not know that it was made. */
async function cutOff(): Promise<string> {
  const [result] = await reconcile(subjectOf(closed), CAUSE, scene.without(isProgress, named('CutOff')));
  scene.now += LEASE_MS + 1;
  const id = result?.remediationId ?? '';
  expect(await scene.recordOf(id)).toMatchObject({ status: 'applying', steps: [{ status: 'intended' }, {}] });
  expect(calls()).toEqual(['CloseLid']);
  return id;
}

test('the next run makes the rest of a plan that was cut off, in the same record, and its undo is whole', async () => {
  const id = await cutOff();
  expect(await scene.reconcile(closed)).toMatchObject([{ outcome: 'remediated', remediationId: id }]);
  expect(calls()).toEqual(['CloseLid', 'TurnKey']);
  expect(await scene.recordOf(id)).toMatchObject({
    status: 'remediated',
    steps: [{ status: 'made' }, { status: 'made' }],
  });
  await scene.undone(id, { controls: [closed] });
  expect(scene.world.box).toMatchObject(OPEN);
});

test('a step that failed after others is made by the next run, though the resource is compliant', async () => {
  scene.world.errors.set('TurnKey', refusedWith('ThrottlingException'));
  const [first] = await scene.reconcile(closed);
  expect(first).toMatchObject({ outcome: 'failed', error: expect.stringContaining('ThrottlingException') });
  scene.world.errors.clear();
  expect(await scene.reconcile(closed)).toMatchObject([{ outcome: 'remediated', remediationId: first?.remediationId }]);
  expect(calls()).toEqual(['CloseLid', 'TurnKey']);
  expect(outcomes()).toEqual(['failed', 'remediated']);
  expect((await scene.state()).findings).toEqual({});
});

test('while it is paused the rest is not made, and afterwards it is', async () => {
  const id = await cutOff();
  const { ledger } = scene.engine;
  await ledger.pause({ control: null, reason: 'a freeze', by: 'ann', at: new Date(scene.now).toISOString() });
  expect(await scene.reconcile(closed)).toMatchObject([{ outcome: 'halted' }]);
  expect(calls()).toEqual(['CloseLid']);
  await ledger.resume(null);
  expect(await scene.reconcile(closed)).toMatchObject([{ outcome: 'remediated', remediationId: id }]);
  expect(calls()).toEqual(['CloseLid', 'TurnKey']);
});

test('after an hour the rest is left to a person, who is notified', async () => {
  const id = await cutOff();
  scene.now += HOUR_MS;
  expect(await scene.reconcile(closed)).toMatchObject([
    { outcome: 'failed', error: expect.stringContaining('only in part') },
  ]);
  expect(calls()).toEqual(['CloseLid']);
  expect(await scene.recordOf(id)).toMatchObject({ status: 'failed' });
  expect(outcomes()).toEqual(['failed']);
});

test('a plan of which nothing was made is not finished but made anew', async () => {
  const never = ({ records = [] }: Update<unknown>) => records.some(({ steps }) => steps[0]?.status !== 'intended');
  scene.world.errors.set('CloseLid', named('ECONNRESET'));
  const [result] = await reconcile(subjectOf(closed), CAUSE, scene.without(never, named('CutOff')));
  scene.world.errors.clear();
  scene.now += LEASE_MS + 1;
  const [again] = await scene.reconcile(closed);
  expect(again).toMatchObject({ outcome: 'remediated' });
  expect(again?.remediationId).not.toBe(result?.remediationId);
  expect(calls()).toEqual(['CloseLid', 'TurnKey']);
});

test('what a new plan would make as well is left to that', async () => {
  const [result] = await reconcile(subjectOf(shut), CAUSE, scene.without(isProgress, named('CutOff')));
  scene.now += LEASE_MS + 1;
  const [again] = await scene.reconcile(shut);
  expect(again).toMatchObject({ outcome: 'remediated' });
  expect(again?.remediationId).not.toBe(result?.remediationId);
  expect(calls()).toEqual(['CloseLid', 'TurnKey']);
  expect(await scene.recordOf(result?.remediationId ?? '')).toMatchObject({
    status: 'interrupted',
    steps: [{ status: 'unknown' }, { status: 'intended' }],
  });
});
