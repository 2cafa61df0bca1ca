import { beforeEach, expect, test } from '@jest/globals';
import { type AnyControl, compliant } from '../../../shared/control.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { type Box, box, closed, closeLid, labelled, lidClosed, named, shut } from '../../support/fake-resource.ts';
import { OPEN, says, UndoScene } from '../../support/undo-scene.ts';

let scene: UndoScene;
beforeEach(() => {
  scene = new UndoScene();
});

test('undoes the steps in the other order, each recorded with its request, under one exemption', async () => {
  const id = await scene.remediated();
  expect(scene.world.box).toMatchObject({ lid: { open: false }, lock: { on: true } });
  const { undoId, calls, exemptions, isPending } = await scene.undone(id);
  expect(scene.made).toEqual(calls);
  expect(scene.made.map(({ operation, input }) => [operation, input])).toEqual([
    ['OpenLid', { key: true }],
    ['OpenLid', {}],
  ]);
  expect(scene.world.box).toMatchObject(OPEN);
  const record = await scene.recordOf(id);
  const own = await scene.recordOf(undoId ?? '');
  expect(own).toMatchObject({
    kind: 'undo',
    undoes: id,
    status: 'remediated',
    before: record.after,
    after: record.before,
    annotation: expect.stringContaining(`${id}: it was right`),
    error: null,
    eventId: null,
    eventName: 'Undo',
    attribution: { actor: 'ann', sourceIp: null, userAgent: null, tool: null },
    decidedBy: 'ann',
    expires: null,
    recheckAt: null,
    codeVersion: 'test',
    policyVersion: 'test',
    steps: [
      { status: 'made', requestId: 'undo-1' },
      { status: 'made', requestId: 'undo-2' },
    ],
  });
  const { event, ...times } = own.times;
  expect(event).toBeNull();
  expect(Object.values(times)).not.toContain(null);
  expect({ exemptions, isPending }).toEqual({ exemptions: await scene.engine.ledger.exemptions(), isPending: false });
  expect(exemptions).toMatchObject([
    {
      id: expect.stringMatching(/^ex-2026-11-02-\w{8}$/),
      control: shut.id,
      resource: 'arn:aws:box:::box-1',
      owner: 'ann',
      createdBy: 'ann',
      createdAt: expect.stringMatching(/^2026-11-02T10:00/),
      reason: 'it was right',
      expires: '2999-01-01',
      elements: ['lid', 'lock'],
    },
  ]);
  const [exemption] = await scene.engine.ledger.exemptions();
  expect(scene.engine.notified.at(-1)).toMatchObject({
    result: { outcome: 'exempted', after: 'NON_COMPLIANT' },
    undo: { exemption: exemption?.id },
  });
  expect(scene.engine.notified).toHaveLength(2);
  expect((await scene.state()).findings).toMatchObject({ [shut.id]: { outcome: 'exempted' } });
  expect(await scene.reconcile(shut)).toMatchObject([{ outcome: 'exempted' }]);
  expect(scene.world.box).toMatchObject(OPEN);
  expect(scene.engine.notified).toHaveLength(2);
});

test('the exemption and the undo’s own record are written before the first call is made', async () => {
  const id = await scene.remediated();
  const seen: unknown[] = [];
  await scene.undone(id, {
    call: async (one, ref) => {
      const [own] = await scene.undosOf(id);
      seen.push([(await scene.engine.ledger.exemptions()).length, own?.status, own?.steps.map(({ status }) => status)]);
      return scene.call(one, ref);
    },
  });
  expect(seen).toEqual([
    [1, 'applying', ['intended', 'intended']],
    [1, 'applying', ['made', 'intended']],
  ]);
});

test('where the exemption cannot be kept, nothing is called', async () => {
  const id = await scene.remediated();
  expect(
    await says(scene.undone(id, { engine: scene.without(({ exemptions = [] }) => exemptions.length > 0) })),
  ).toMatch(/LedgerDown/);
  expect(scene.made).toEqual([]);
  expect(await scene.undosOf(id)).toEqual([]);
});

test('a dry run writes nothing anywhere', async () => {
  const id = await scene.remediated();
  const before = await scene.state();
  const { ledger } = scene.engine;
  const wrote: string[] = [];
  const update: Ledger['update'] = async (session, decide) => {
    wrote.push('update');
    return ledger.update(session, decide);
  };
  const guarded = {
    ...scene.engine,
    ledger: { ...ledger, update, saveExemption: async () => void wrote.push('exemption') },
  };
  const { calls, undoId, exemptions } = await scene.undone(id, { engine: guarded, dryRun: true });
  expect({ calls: calls.length, undoId, wrote, made: scene.made }).toEqual({
    calls: 2,
    undoId: null,
    wrote: [],
    made: [],
  });
  expect(exemptions).toMatchObject([{ control: shut.id, elements: ['lid', 'lock'] }]);
  expect(await scene.state()).toEqual(before);
  expect(scene.engine.notified).toHaveLength(1);
});

test('whoever comes while it is at work is not forgotten', async () => {
  const id = await scene.remediated();
  scene.world.box = { ...(scene.world.box as Box), label: { text: '' } };
  const seen: unknown[] = [];
  await scene.undone(id, {
    controls: [shut, lidClosed, labelled],
    call: async (one, ref) => {
      // Somebody comes by another control, and leaves a mark.
      if (scene.made.length === 0) seen.push(await scene.reconcile(labelled));
      return scene.call(one, ref);
    },
  });
  expect(seen).toMatchObject([[{ outcome: 'detected', annotation: 'There is no label.' }]]);
  const { findings, lease } = await scene.state();
  expect(findings).toMatchObject({ [shut.id]: { outcome: 'exempted' }, [labelled.id]: { outcome: 'detected' } });
  expect(lease).toMatchObject({ holder: null, wanted: [], dirty: false });
});

test('a control by which it was wrong before is none of the undo’s', async () => {
  const id = await scene.remediated();
  scene.world.box = { ...(scene.world.box as Box), label: { text: '' } };
  const { exemptions } = await scene.undone(id, { controls: [shut, labelled] });
  expect(exemptions.map(({ control }) => control)).toEqual([shut.id]);
});

test('a sibling that would remediate it again is only detected: it names the undo, and is notified once', async () => {
  const id = await scene.remediated();
  const { exemptions } = await scene.undone(id, { controls: [shut, lidClosed] });
  expect(exemptions).toHaveLength(1);
  scene.engine.notified.length = 0;
  for (let again = 0; again < 2; again += 1)
    expect(await scene.reconcile(shut, lidClosed)).toMatchObject([
      {
        controlId: lidClosed.id,
        outcome: 'detected',
        annotation: expect.stringMatching(
          /^Not remediated: an undo of box-shut restored it; exempt until 2999-01-01 \(ann\)\./,
        ),
      },
      { controlId: shut.id, outcome: 'exempted' },
    ]);
  expect(scene.engine.notified.map(({ control, result }) => [control.id, result.outcome])).toEqual([
    [lidClosed.id, 'detected'],
  ]);
  expect(scene.world.box).toMatchObject(OPEN);
});

test('a step on an element that the undo did not bring back goes on', async () => {
  scene.world.box = { ...(scene.world.box as Box), lock: { on: true } };
  const id = await scene.remediated(shut);
  await scene.undone(id);
  scene.world.box = { ...(scene.world.box as Box), lock: { on: false } };
  await scene.reconcile(shut);
  expect(scene.world.box).toMatchObject({ lid: { open: true }, lock: { on: true } });
});

test('what changes by itself, or is assigned anew, is no change since', async () => {
  const inked: AnyControl = { ...shut, needs: ['lid', 'lock', 'label'], resource: { ...box, volatile: ['ink'] } };
  const label = (text: object) => ({ label: { text: 'tools', ...text } });
  scene.world.box = { ...(scene.world.box as Box), ...label({ ink: 1, SecurityGroupRuleId: 'sgr-1' }) };
  const id = await scene.remediated(inked);
  scene.world.box = { ...(scene.world.box as Box), ...label({ ink: 2, SecurityGroupRuleId: 'sgr-2' }) };
  const { undoId } = await scene.undone(id, { controls: [inked] });
  expect(await scene.recordOf(undoId ?? '')).toMatchObject({ status: 'remediated' });
});

test('a part that could not be read when the record was written is not compared', async () => {
  scene.world.errors.set('lock', named('ThrottlingException'));
  const ofLid: AnyControl = { ...closed, plan: () => [closeLid()] };
  const id = await scene.remediated(ofLid);
  expect(await scene.recordOf(id)).toMatchObject({ before: { lock: { unreadable: expect.anything() } } });
  scene.world.errors.clear();
  await scene.undone(id, { controls: [ofLid] });
  expect(scene.world.box).toMatchObject(OPEN);
});

test('where the restored state is compliant by now, there is no finding', async () => {
  const id = await scene.remediated();
  const content: AnyControl = { ...shut, evaluate: () => compliant('Open is fine.') };
  await scene.undone(id, { controls: [content] });
  expect(scene.world.box).toMatchObject(OPEN);
  expect((await scene.state()).findings).toEqual({});
});

test('an answer without anything in it is one', async () => {
  const id = await scene.remediated();
  const { undoId } = await scene.undone(id, { call: async (one, ref) => void (await scene.call(one, ref)) });
  expect(await scene.recordOf(undoId ?? '')).toMatchObject({
    status: 'remediated',
    steps: [
      { status: 'made', requestId: null },
      { status: 'made', requestId: null },
    ],
  });
});
