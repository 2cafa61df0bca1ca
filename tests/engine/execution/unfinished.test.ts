import { beforeEach, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { CONFIRM_AFTER_MS } from '../../../shared/engine/run/failures.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import type { Update } from '../../../shared/ledger/ledger.ts';
import type { Step } from '../../../shared/step.ts';
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

const DENIED = refusedWith(
  'AccessDeniedException',
  'User is not authorized to perform: box:TurnKey with an explicit deny in a service control policy',
);

test('the rest of a plan that is refused for good is notified, and its record names what was made', async () => {
  scene.world.errors.set('TurnKey', DENIED);
  const [result] = await scene.reconcile(closed);
  expect(result).toMatchObject({ outcome: 'blocked', annotation: expect.stringContaining('service control policy') });
  expect(outcomes()).toEqual(['blocked']);
  expect(await scene.recordOf(result?.remediationId ?? '')).toMatchObject({
    status: 'blocked',
    steps: [{ status: 'made' }, { status: 'failed' }],
  });
});

test('the rest of a plan is blocked once its permission has been missing for minutes', async () => {
  scene.world.errors.set('TurnKey', refusedWith('AccessDeniedException', 'not authorized to perform: box:TurnKey'));
  expect(await scene.reconcile(closed)).toMatchObject([{ outcome: 'failed' }]);
  scene.now += CONFIRM_AFTER_MS;
  expect(await scene.reconcile(closed)).toMatchObject([{ outcome: 'blocked' }]);
  expect((await scene.state()).open).toEqual([]);
});

/** The service refuses to turn the key twice. */
const turnsOnce: AnyControl = {
  ...closed,
  plan: (...args) => {
    const [lid, key] = (closed.plan as NonNullable<AnyControl['plan']>)(...args) as readonly [Step, Step];
    return [lid, { ...key, satisfiedBy: ['KeyIsTurned'] }];
  },
};
/** A write that says that the second call was made. */
const isTurned = ({ records = [] }: Update<unknown>) => records.some(({ steps }) => steps[1]?.status === 'made');

test('a step that may have been made before is ours where the service says that all is so, and can be undone', async () => {
  const [first] = await reconcile(subjectOf(turnsOnce), CAUSE, scene.without(isTurned, named('CutOff')));
  expect(calls()).toEqual(['CloseLid', 'TurnKey']);
  scene.now += LEASE_MS + 1;
  scene.world.errors.set('TurnKey', refusedWith('KeyIsTurned'));
  const [again] = await scene.reconcile(turnsOnce);
  expect(again).toMatchObject({ outcome: 'remediated', remediationId: first?.remediationId });
  scene.world.errors.clear();
  await scene.undone(first?.remediationId ?? '', { controls: [turnsOnce] });
  expect(scene.world.box).toMatchObject(OPEN);
});

test('the same where a run that tried it again died on the way', async () => {
  scene.world.errors.set('TurnKey', refusedWith('ThrottlingException'));
  const [first] = await scene.reconcile(turnsOnce);
  scene.world.errors.clear();
  await reconcile(subjectOf(turnsOnce), CAUSE, scene.without(isTurned, named('CutOff')));
  expect(calls()).toEqual(['CloseLid', 'TurnKey']);
  scene.now += LEASE_MS + 1;
  scene.world.errors.set('TurnKey', refusedWith('KeyIsTurned'));
  expect(await scene.reconcile(turnsOnce)).toMatchObject([{ outcome: 'remediated' }]);
  scene.world.errors.clear();
  await scene.undone(first?.remediationId ?? '', { controls: [turnsOnce] });
  expect(scene.world.box).toMatchObject(OPEN);
});
