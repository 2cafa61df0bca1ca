import { beforeEach, describe, expect, test } from '@jest/globals';
import { ChangedSinceError } from '../../../shared/engine/undo/undo.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import { type Box, closed, lidClosed, locked, named, refusedWith } from '../../support/fake-resource.ts';
import { says, UndoScene } from '../../support/undo-scene.ts';

let scene: UndoScene;
beforeEach(() => {
  scene = new UndoScene();
});

describe('refuses', () => {
  test('what somebody has changed since, with what', async () => {
    const id = await scene.remediated();
    scene.world.box = { ...(scene.world.box as Box), lid: { open: true } };
    const error = await scene.undone(id).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChangedSinceError);
    expect((error as ChangedSinceError).differences).toEqual(['lid.open: false → true']);
    scene.world.box = null;
    expect(await says(scene.undone(id))).toContain('no longer exists');
    expect(scene.made).toEqual([]);
    expect(await scene.engine.ledger.exemptions()).toEqual([]);
  });

  test('what cannot be read now, which is no change', async () => {
    const id = await scene.remediated(closed);
    const controls = [closed];
    scene.world.errors.set('lock', named('ThrottlingException'));
    expect(await says(scene.undone(id, { controls }))).toMatch(
      /^UnreadableError: cannot determine whether it was changed since .*: lock\.on: true → nothing; lock\.unreadable/,
    );
    scene.world.errors.clear();
    await scene.undone(id, { controls });
    expect(scene.world.box).toMatchObject({ lid: { open: true }, lock: { on: false } });
  });

  test('what cannot be undone', async () => {
    const id = await scene.remediated(locked);
    expect(await says(scene.undone(id, { controls: [locked] }))).toBe(
      `NotDecidableError: box:TurnKey of ${id} cannot be undone`,
    );
  });

  test('what is not there, is of another version, is itself an undo, or changed nothing', async () => {
    expect(await says(scene.undone('rem-0'))).toBe('NotDecidableError: there is no remediation rem-0');
    const id = await scene.remediated();
    expect(await says(scene.undone(id, { controls: [lidClosed] }))).toMatch(
      /box-shut, which this version does not have/,
    );
    const { undoId } = await scene.undone(id);
    expect(await says(scene.undone(undoId ?? ''))).toBe(`NotDecidableError: ${undoId} is itself an undo, of ${id}`);
    scene.engine = scene.newEngine();
    scene.world.errors.set('CloseLid', refusedWith('AccessDenied'));
    const failed = await scene.remediated();
    expect(await says(scene.undone(failed))).toBe(`NotDecidableError: ${failed} changed nothing: it is failed`);
  });

  test('to work while another run does, and leaves the resource free afterwards', async () => {
    const id = await scene.remediated();
    await scene.held({ holder: 'another', until: scene.now + LEASE_MS });
    expect(await says(scene.undone(id))).toBe('LeaseHeldError: another run is at work on box-1: try again in a minute');
    await scene.held({ holder: null });
    scene.world.box = { ...(scene.world.box as Box), lid: { open: true } };
    await says(scene.undone(id));
    expect((await scene.state()).lease).toMatchObject({ holder: null, wanted: [] });
  });
});
