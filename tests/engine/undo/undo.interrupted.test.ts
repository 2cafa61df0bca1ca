import { beforeEach, describe, expect, test } from '@jest/globals';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import type { CallMaker } from '../../../shared/engine/undo/undo.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import { type Box, CAUSE, GOOD, named, refusedWith, shut, subjectOf } from '../../support/fake-resource.ts';
import { isEnd, OPEN, says, UndoScene } from '../../support/undo-scene.ts';

let scene: UndoScene;
beforeEach(() => {
  scene = new UndoScene();
});

describe('what went only half-way', () => {
  test('of a remediation that failed, only the steps that were made', async () => {
    scene.world.errors.set('TurnKey', refusedWith('NoKey'));
    const id = await scene.remediated();
    expect(await scene.recordOf(id)).toMatchObject({
      status: 'failed',
      steps: [{ status: 'made' }, { status: 'failed' }],
    });
    const { exemptions } = await scene.undone(id);
    expect(scene.made.map(({ input }) => input)).toEqual([{}]);
    expect(exemptions).toMatchObject([{ elements: ['lid'] }]);
    expect(scene.world.box).toMatchObject(OPEN);
  });

  test('of one whose answer was lost, the step that may have been made', async () => {
    scene.world.errors.set('TurnKey', named('ECONNRESET'));
    const id = await scene.remediated();
    expect(await scene.recordOf(id)).toMatchObject({
      status: 'failed',
      steps: [{ status: 'made' }, { status: 'unknown' }],
    });
    await scene.undone(id);
    expect(scene.made.map(({ input }) => input)).toEqual([{ key: true }, {}]);
    expect(scene.world.box).toMatchObject(OPEN);
  });

  test('of one whose answer was lost while nothing could be read: it is remediated once that can be, and notified', async () => {
    const { world } = scene;
    world.errors.set('TurnKey', named('ECONNRESET'));
    world.onCall = () => world.errors.set('lock', named('ThrottlingException'));
    const id = await scene.remediated();
    expect(await scene.recordOf(id)).toMatchObject({ status: 'applying', after: null });
    // The call had taken effect.
    world.box = GOOD;
    world.errors.clear();
    expect(await scene.reconcile(shut)).toMatchObject([{ outcome: 'remediated', remediationId: id }]);
    expect(scene.engine.notified.map(({ result }) => result.outcome)).toEqual(['failed', 'remediated']);
    await scene.undone(id);
    expect(scene.made.map(({ input }) => input)).toEqual([{ key: true }, {}]);
    expect(world.box).toMatchObject(OPEN);
  });

  test('of a run that lost the ledger after its last call: the next one says that it is remediated', async () => {
    const lost = scene.without(isEnd, named('LedgerDown'));
    const [{ remediationId: id } = { remediationId: '' }] = await reconcile(subjectOf(shut), CAUSE, lost);
    scene.now += LEASE_MS + 1;
    expect(await scene.reconcile(shut)).toMatchObject([{ outcome: 'remediated', remediationId: id }]);
    expect(scene.engine.notified.map(({ result }) => result.outcome)).toContain('remediated');
  });

  test('of a run that was cut off, those that may have been made', async () => {
    // The run dies after its calls: its end is never written.
    await reconcile(subjectOf(shut), CAUSE, scene.without(isEnd, named('CutOff')));
    const [cutOff] = await Array.fromAsync(scene.engine.ledger.remediations());
    const id = cutOff?.id ?? '';
    expect(cutOff).toMatchObject({ status: 'applying', steps: [{ status: 'made' }, { status: 'intended' }] });
    expect(await says(scene.undone(id, { controls: [shut], dryRun: true }))).toBe(
      `NotDecidableError: ${id} is still being applied`,
    );
    scene.now += LEASE_MS + 1;
    await scene.undone(id);
    expect(await scene.recordOf(id)).toMatchObject({
      status: 'remediated',
      steps: [{ status: 'made' }, { status: 'made' }],
    });
    expect(scene.made.map(({ input }) => input)).toEqual([{ key: true }, {}]);
    expect(scene.world.box).toMatchObject(OPEN);
  });

  test('an undo that failed goes on where it stopped', async () => {
    const id = await scene.remediated();
    scene.refuse = ({ input }) => ('key' in input ? null : refusedWith('AccessDenied'));
    expect(await says(scene.undone(id))).toMatch(/^StepFailedError: box:OpenLid failed: AccessDenied/);
    expect(scene.world.box).toMatchObject({ lid: { open: false }, lock: { on: false } });
    expect((await scene.undosOf(id)).map(({ status }) => status)).toEqual(['failed']);
    expect(await scene.reconcile(shut)).toMatchObject([{ outcome: 'exempted' }]);
    scene.refuse = () => null;
    scene.made = [];
    scene.now += 1;
    const { undoId } = await scene.undone(id);
    expect(scene.made.map(({ input }) => input)).toEqual([{}]);
    expect(scene.world.box).toMatchObject(OPEN);
    expect(await scene.recordOf(undoId ?? '')).toMatchObject({ status: 'remediated' });
    expect(await says(scene.undone(id))).toBe(`NotDecidableError: ${id} was undone already, by ${undoId}`);
  });

  test('one whose answer was lost is undone where the state says so', async () => {
    const id = await scene.remediated();
    const lost: CallMaker = async (one, ref) => {
      await scene.call(one, ref);
      if (!('key' in one.input)) throw named('ECONNRESET');
      return {};
    };
    const { undoId } = await scene.undone(id, { call: lost });
    expect(await scene.recordOf(undoId ?? '')).toMatchObject({
      status: 'remediated',
      steps: [{ status: 'made' }, { status: 'made', error: null }],
      // Nobody heard when it took effect: at the latest when it was verified.
      times: { applied: new Date(scene.now).toISOString(), verified: new Date(scene.now).toISOString() },
    });
  });

  test('one that was cut off goes on too, and is not taken for one that succeeded', async () => {
    const id = await scene.remediated();
    expect(await says(scene.undone(id, { engine: scene.without(isEnd, named('CutOff')) }))).toMatch(/CutOff/);
    expect(scene.made).toHaveLength(2);
    // What a run could not release, it let go of.
    await scene.held({ holder: 'the dead run', until: scene.now + LEASE_MS });
    expect(await says(scene.undone(id))).toMatch(/LeaseHeldError/);
    scene.now += LEASE_MS + 1;
    const { calls, undoId } = await scene.undone(id);
    // The second was scene.made and nobody could say so.
    expect(calls.map(({ input }) => input)).toEqual([{}]);
    expect(scene.world.box).toMatchObject(OPEN);
    expect((await scene.undosOf(id)).map(({ id: own, status }) => [own === undoId, status])).toEqual([
      [false, 'interrupted'],
      [true, 'remediated'],
    ]);
  });

  test('one that was cut off after its last call makes none of them again', async () => {
    const id = await scene.remediated();
    await says(scene.undone(id, { engine: scene.without(isEnd, named('CutOff')) }));
    scene.now += LEASE_MS + 1;
    const { undoId } = await scene.undone(id);
    expect(scene.made).toHaveLength(2);
    expect(await scene.recordOf(undoId ?? '')).toMatchObject({ status: 'remediated', steps: [{ status: 'made' }] });
    expect(scene.engine.notified.at(-1)?.result).toMatchObject({ outcome: 'exempted' });
  });

  test('one that failed half-way while nothing could be read goes on from what is read later', async () => {
    const id = await scene.remediated();
    const blinding: CallMaker = async (one, ref) => {
      if ('key' in one.input) return scene.call(one, ref);
      scene.world.errors.set('lid', named('ThrottlingException'));
      throw refusedWith('AccessDenied');
    };
    expect(await says(scene.undone(id, { call: blinding }))).toMatch(/AccessDenied/);
    scene.world.errors.clear();
    await scene.undone(id);
    expect(scene.made.map(({ input }) => input)).toEqual([{ key: true }, {}]);
    expect(scene.world.box).toMatchObject(OPEN);
  });

  test('one that was cut off before its first call has undone nothing', async () => {
    const id = await scene.remediated();
    const dies: CallMaker = () => new Promise(() => {});
    void scene.undone(id, { call: dies });
    await new Promise((resolve) => setImmediate(resolve));
    expect((await scene.undosOf(id)).map(({ status }) => status)).toEqual(['applying']);
    scene.now += LEASE_MS + 1;
    await scene.undone(id);
    expect(scene.world.box).toMatchObject(OPEN);
  });

  test('whoever has lost the lease makes no further call', async () => {
    const id = await scene.remediated();
    const slow: CallMaker = async (one, ref) => {
      scene.now += LEASE_MS + 1;
      await scene.held({ holder: 'another', until: scene.now + LEASE_MS });
      return scene.call(one, ref);
    };
    expect(await says(scene.undone(id, { call: slow }))).toMatch(/LeaseLost/);
    expect(scene.made).toHaveLength(1);
  });

  test('where nothing was changed the exemption ends with it', async () => {
    const id = await scene.remediated();
    scene.refuse = () => refusedWith('AccessDenied');
    const began = scene.now;
    expect(await says(scene.undone(id))).toMatch(/AccessDenied/);
    // After a refusal it is read once, without back-off.
    expect(scene.now).toBe(began);
    const today = new Date(scene.now).toISOString().slice(0, 10);
    expect((await scene.engine.ledger.exemptions()).filter(({ expires }) => expires >= today)).toEqual([]);
    expect((await scene.state()).findings).toEqual({});
    scene.world.box = { ...(scene.world.box as Box), ...OPEN };
    expect(await scene.reconcile(shut)).toMatchObject([{ outcome: 'remediated' }]);
  });

  test('what a former undo has brought back stays exempt, though this one changed nothing', async () => {
    const id = await scene.remediated();
    scene.refuse = ({ input }) => ('key' in input ? null : refusedWith('AccessDenied'));
    await says(scene.undone(id));
    const { ledger } = scene.engine;
    for (const former of await ledger.exemptions()) await ledger.saveExemption({ ...former, expires: '2000-01-01' });
    await says(scene.undone(id));
    expect(await scene.reconcile(shut)).toMatchObject([{ outcome: 'exempted' }]);
    expect(scene.world.box).toMatchObject({ lid: { open: false }, lock: { on: false } });
  });

  test('one that cannot be verified is pending, and the next look that can read says how it ended', async () => {
    const id = await scene.remediated();
    const blinding: CallMaker = async (one, ref) => {
      scene.world.errors.set('lid', named('ThrottlingException'));
      return scene.call(one, ref);
    };
    const began = scene.now;
    const { undoId, isPending } = await scene.undone(id, { call: blinding });
    expect(isPending).toBe(true);
    expect(scene.now).toBeGreaterThan(began);
    expect(await scene.recordOf(undoId ?? '')).toMatchObject({ status: 'pending' });
    scene.world.errors.clear();
    expect(await scene.reconcile(shut)).toMatchObject([{ outcome: 'exempted' }]);
    expect(await scene.recordOf(undoId ?? '')).toMatchObject({ status: 'remediated' });
    expect(scene.engine.notified.map(({ result }) => result.outcome)).toEqual(['remediated', 'exempted']);
  });

  test('where the calls took no effect, it fails and says what differs', async () => {
    const id = await scene.remediated();
    const idle: CallMaker = async () => ({});
    const began = scene.now;
    expect(await says(scene.undone(id, { call: idle }))).toMatch(
      /^NotConvergedError: the previous state was not fully restored: .*lid\.open: true → false/,
    );
    expect(scene.now).toBeGreaterThan(began);
    expect((await scene.undosOf(id)).map(({ status }) => status)).toEqual(['failed']);
  });

  test('one that was refused has failed, also where the resource cannot be read after it', async () => {
    const id = await scene.remediated();
    const blinding: CallMaker = async () => {
      scene.world.errors.set('lid', named('ThrottlingException'));
      throw refusedWith('AccessDenied');
    };
    expect(await says(scene.undone(id, { call: blinding }))).toMatch(/^StepFailedError: .*AccessDenied/);
    const [failed] = await scene.undosOf(id);
    expect(failed).toMatchObject({ status: 'failed', error: expect.stringMatching(/AccessDenied/) });
    // No call was made: it is as it was before them.
    expect(failed?.after).toEqual(failed?.before);
  });

  test('one that changed nothing and could not read afterwards does not keep an earlier one from being finished', async () => {
    const id = await scene.remediated();
    const dies: CallMaker = async (one, ref) => ('key' in one.input ? scene.call(one, ref) : new Promise(() => {}));
    void scene.undone(id, { call: dies });
    await new Promise((resolve) => setImmediate(resolve));
    scene.now += LEASE_MS + 1;
    const blinding: CallMaker = async () => {
      scene.world.errors.set('lid', named('ThrottlingException'));
      throw refusedWith('AccessDenied');
    };
    expect(await says(scene.undone(id, { call: blinding }))).toMatch(/^StepFailedError: /);
    scene.world.errors.clear();
    await scene.undone(id);
    expect(scene.world.box).toMatchObject(OPEN);
    // Two of them begin in the same millisecond: their ids do not say which came first.
    const ends = (await scene.undosOf(id)).map(({ status }) => status).sort();
    expect(ends).toEqual(['failed', 'interrupted', 'remediated']);
  });
});
