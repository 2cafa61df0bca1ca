import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant, defineControl, nonCompliant, step } from '../../../shared/control.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { messageOf } from '../../../shared/engine/errors.ts';
import { type CallMaker, ChangedSinceError, undo } from '../../../shared/engine/execution/undo.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { LEASE_TIME } from '../../../shared/ledger/lease.ts';
import type { Remediation, UndoCall } from '../../../shared/ledger/ledger.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/store.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import {
  type Box,
  BoxClient,
  CAUSE,
  closeLid,
  labelled,
  lidClosed,
  locked,
  named,
  OpenLidCommand,
  REF,
  subjectOf,
  TurnKeyCommand,
  World,
} from '../../support/fake-resource.ts';

/** Two steps, and both can be taken back. */
const shut: AnyControl = defineControl({
  ...locked,
  id: 'box-shut',
  needs: ['lid', 'lock'],
  evaluate: ({ lid, lock }) => (lid.open || !lock.on ? nonCompliant('It is not shut.') : compliant('It is shut.')),
  plan: () => [
    closeLid(),
    step(BoxClient, TurnKeyCommand, { turns: 2 }, { undo: () => [step(BoxClient, OpenLidCommand, { key: true })] }),
  ],
});

const OPEN: Partial<Box> = { lid: { open: true }, lock: { on: false } };
const request = { by: 'ann', reason: 'it was right', expires: '2999-01-01', dryRun: false };
let world: World;
let engine: TestEngine;
/** Calls of the undo, by what they do to the box. */
let made: UndoCall[];
let refuse: (call: UndoCall) => Error | null;
const call: CallMaker = async (one) => {
  const error = refuse(one);
  if (error !== null) throw error;
  made.push(one);
  const { box } = world;
  if (box === null) throw named('NoSuchBox');
  world.box = 'key' in one.input ? { ...box, lock: { on: false } } : { ...box, lid: { open: true } };
  return { $metadata: { requestId: `undo-${made.length}` } };
};

beforeEach(() => {
  world = new World(OPEN);
  engine = testEngine((region) => world.aws(region));
  made = [];
  refuse = () => null;
});

const putRight = async (control = shut): Promise<string> =>
  (await reconcile(subjectOf(control), CAUSE, engine))[0]?.remediationId ?? '';
const takeBack = (id: string, on: Engine = engine, controls = [shut], dryRun = false) =>
  undo({ ...request, id, dryRun }, on, controls, call);
const recordOf = async (id: string) => (await engine.ledger.remediation(id)) as Remediation;
const says = (promise: Promise<unknown>) => promise.then(() => 'nothing', messageOf);

test('takes the steps back in the other order, each recorded with its request, under an exemption', async () => {
  const id = await putRight();
  expect(world.box).toMatchObject({ lid: { open: false }, lock: { on: true } });
  const { undoId, calls } = await takeBack(id);
  expect(made).toEqual(calls);
  expect(made.map(({ operation, input }) => [operation, input])).toEqual([
    ['OpenLid', { key: true }],
    ['OpenLid', {}],
  ]);
  expect(world.box).toMatchObject(OPEN);
  const record = await recordOf(id);
  const own = await recordOf(undoId ?? '');
  expect(own).toMatchObject({
    kind: 'undo',
    undoes: id,
    status: 'remediated',
    before: record.after,
    after: record.before,
    decidedBy: 'ann',
    steps: [
      { status: 'made', requestId: 'undo-1' },
      { status: 'made', requestId: 'undo-2' },
    ],
  });
  expect(
    Object.values(own.times)
      .slice(1)
      .every((time) => time !== null),
  ).toBe(true);
  expect(await engine.ledger.exemptions()).toMatchObject([
    { control: shut.id, resource: 'arn:aws:box:::box-1', owner: 'ann', reason: 'it was right', expires: '2999-01-01' },
  ]);
  expect(engine.told.at(-1)?.result).toMatchObject({ outcome: 'exempted', after: 'NON_COMPLIANT' });
  expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'exempted' }]);
  expect(world.box).toMatchObject(OPEN);
});

test('the exemption stands before the first call is made', async () => {
  const id = await putRight();
  const exemptions: number[] = [];
  await undo({ ...request, id }, engine, [shut], async (one, ref) => {
    exemptions.push((await engine.ledger.exemptions()).length);
    return call(one, ref);
  });
  expect(exemptions).toEqual([1, 1]);
  // Where it cannot be kept, nothing is called.
  world = new World(OPEN);
  engine = testEngine((region) => world.aws(region));
  const other = await putRight();
  const { ledger } = engine;
  const broken = { ...engine, ledger: { ...ledger, saveExemption: () => Promise.reject(named('LedgerDown')) } };
  made = [];
  expect(await says(takeBack(other, broken))).toMatch(/LedgerDown/);
  expect(made).toEqual([]);
});

test('a dry run writes nothing anywhere', async () => {
  const id = await putRight();
  const wrote: string[] = [];
  const reading = ['recall', 'remediation', 'remediations', 'exemptions', 'pauses'];
  const guarded = Object.fromEntries(
    Object.entries(engine.ledger).map(([name, value]) => [
      name,
      typeof value !== 'function' || reading.includes(name) ? value : () => wrote.push(name),
    ]),
  ) as unknown as Engine['ledger'];
  const { calls, undoId } = await takeBack(id, { ...engine, ledger: guarded }, [shut], true);
  expect({ calls: calls.length, undoId, wrote, made }).toEqual({ calls: 2, undoId: null, wrote: [], made: [] });
});

describe('what went only half-way', () => {
  test('of a remediation that failed, only the steps that were made', async () => {
    world.errors.set('TurnKey', named('NoKey'));
    const id = await putRight();
    expect(await recordOf(id)).toMatchObject({ status: 'failed', steps: [{ status: 'made' }, { status: 'failed' }] });
    await takeBack(id);
    expect(made.map(({ input }) => input)).toEqual([{}]);
    expect(world.box).toMatchObject(OPEN);
  });

  test('of a run that was cut off, those that may have been made', async () => {
    const id = await putRight();
    const record = await recordOf(id);
    const cutOff = { ...record, id: 'rem-cut', status: 'applying' as const, after: null };
    await engine.ledger.saveRemediation({
      ...cutOff,
      steps: record.steps.map((one) => ({ ...one, status: 'intended' as const })),
    });
    expect(await says(takeBack('rem-cut', engine, [shut], true))).toBe(
      'NotDecidableError: rem-cut has not come to its end',
    );
    await takeBack('rem-cut');
    expect(await recordOf('rem-cut')).toMatchObject({ steps: [{ status: 'unknown' }, { status: 'unknown' }] });
    expect(world.box).toMatchObject(OPEN);
  });

  test('an undo that failed goes on where it stopped', async () => {
    const id = await putRight();
    refuse = ({ input }) => ('key' in input ? null : named('AccessDenied'));
    expect(await says(takeBack(id))).toMatch(/^StepFailedError: box:OpenLid failed: AccessDenied/);
    expect(world.box).toMatchObject({ lid: { open: false }, lock: { on: false } });
    expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'exempted' }]);
    refuse = () => null;
    made = [];
    const { undoId } = await takeBack(id);
    expect(made.map(({ input }) => input)).toEqual([{}]);
    expect(world.box).toMatchObject(OPEN);
    expect(await recordOf(undoId ?? '')).toMatchObject({ status: 'remediated' });
    expect(await says(takeBack(id))).toBe(`NotDecidableError: ${id} was taken back already, by ${undoId}`);
  });

  test('one that was cut off goes on too, and is not taken for one that went well', async () => {
    let now = Date.now();
    const ledger = ledgerIn(memoryStore(), () => now);
    const clock = { now: () => new Date(now), sleep: async () => {} };
    engine = testEngine((region) => world.aws(region), 'remediate', { ledger, clock });
    const id = await putRight();
    let saves = 0;
    const cutOff = named('CutOff');
    const dying = {
      ...ledger,
      async saveRemediation(record: Remediation) {
        saves += 1;
        if (saves > 2) throw cutOff;
        await ledger.saveRemediation(record);
      },
      release: () => Promise.reject(cutOff),
    };
    expect(await says(takeBack(id, { ...engine, ledger: dying }))).toMatch(/CutOff/);
    expect(made).toHaveLength(2);
    expect(await says(takeBack(id))).toMatch(/BusyError/);
    now += LEASE_TIME + 1;
    const { calls, undoId } = await takeBack(id);
    // The second was made and nobody could say so.
    expect(calls.map(({ input }) => input)).toEqual([{}]);
    expect(world.box).toMatchObject(OPEN);
    const undos = (await Array.fromAsync(ledger.remediations())).filter(({ undoes }) => undoes === id);
    expect(undos.map(({ id: own, status }) => [own === undoId, status])).toEqual([
      [false, 'interrupted'],
      [true, 'remediated'],
    ]);
  });

  test('one that was cut off before its first call has taken nothing back', async () => {
    let now = Date.now();
    const ledger = ledgerIn(memoryStore(), () => now);
    engine = testEngine((region) => world.aws(region), 'remediate', { ledger });
    const id = await putRight();
    const cutOff = () => Promise.reject(named('CutOff'));
    let saves = 0;
    const saveRemediation = (record: Remediation) => {
      saves += 1;
      return saves > 1 ? cutOff() : ledger.saveRemediation(record);
    };
    const dying = { ...engine, ledger: { ...ledger, renew: cutOff, release: cutOff, saveRemediation } };
    expect(await says(takeBack(id, dying))).toMatch(/CutOff/);
    expect(made).toEqual([]);
    now += LEASE_TIME + 1;
    await takeBack(id);
    expect(world.box).toMatchObject(OPEN);
  });

  test('whoever has lost the lease makes no further call', async () => {
    const id = await putRight();
    const { ledger } = engine;
    let renewals = 0;
    const renew = (key: string, holder: string) => {
      renewals += 1;
      return renewals > 1 ? Promise.reject(named('LeaseLostError')) : ledger.renew(key, holder);
    };
    expect(await says(takeBack(id, { ...engine, ledger: { ...ledger, renew } }))).toMatch(/LeaseLost/);
    expect(made).toHaveLength(1);
  });

  test('where nothing was changed the exemption ends with it', async () => {
    const id = await putRight();
    refuse = () => named('AccessDenied');
    expect(await says(takeBack(id))).toMatch(/AccessDenied/);
    const today = new Date().toISOString().slice(0, 10);
    expect((await engine.ledger.exemptions()).filter(({ expires }) => expires >= today)).toEqual([]);
    world.box = { ...(world.box as Box), ...OPEN };
    expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'remediated' }]);
  });
});

describe('refuses', () => {
  test('what somebody has changed since, with what', async () => {
    const id = await putRight();
    world.box = { ...(world.box as Box), lid: { open: true } };
    const error = await takeBack(id).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChangedSinceError);
    expect((error as ChangedSinceError).differences).toEqual(['lid.open: false → true']);
    world.box = null;
    expect(await says(takeBack(id))).toContain('does not exist any more');
    expect(made).toEqual([]);
    expect(await engine.ledger.exemptions()).toEqual([]);
  });

  test('what cannot be taken back', async () => {
    const id = await putRight(locked);
    expect(await says(takeBack(id, engine, [locked]))).toBe(
      `NotDecidableError: box:TurnKey of ${id} cannot be taken back`,
    );
  });

  test('what is not there, is of another version, or changed nothing', async () => {
    expect(await says(takeBack('rem-0'))).toBe('NotDecidableError: there is no remediation rem-0');
    const id = await putRight();
    expect(await says(takeBack(id, engine, [lidClosed]))).toMatch(/box-shut, which this version does not have/);
    world.errors.set('CloseLid', named('AccessDenied'));
    world.box = { ...(world.box as Box), ...OPEN };
    const failed = await putRight();
    expect(await says(takeBack(failed))).toBe(`NotDecidableError: ${failed} changed nothing: it is failed`);
  });

  test('to work while another run does, and leaves the resource free afterwards', async () => {
    const id = await putRight();
    const key = resourceKey('box', REF);
    const claim = { wants: [shut.id], covers: [shut.id] };
    await engine.ledger.acquire(key, 'another', claim);
    expect(await says(takeBack(id))).toBe('BusyError: another run is at work on box-1: try again in a minute');
    await engine.ledger.abandon(key, 'another');
    world.box = { ...(world.box as Box), lid: { open: true } };
    await says(takeBack(id));
    expect(await engine.ledger.acquire(key, 'next', claim)).toBe(true);
  });
});

test('whoever comes while it is at work is not forgotten', async () => {
  const id = await putRight();
  const key = resourceKey('box', REF);
  await undo({ ...request, id }, engine, [shut, lidClosed], async (one, ref) => {
    expect(await engine.ledger.acquire(key, 'a newcomer', { wants: [shut.id], covers: [shut.id] })).toBe(false);
    return call(one, ref);
  });
  const before = (await Array.fromAsync(engine.ledger.openFindings())).find(({ controlId }) => controlId === shut.id);
  // Once by the undo itself, once for the newcomer.
  expect(before).toMatchObject({ outcome: 'exempted', timesSeen: 2 });
});

test('a control by which it was wrong before is none of the undo’s', async () => {
  const id = await putRight();
  world.box = { ...(world.box as Box), label: { text: '' } };
  const { exemptions } = await takeBack(id, engine, [shut, labelled]);
  expect(exemptions.map(({ control }) => control)).toEqual([shut.id]);
});

test('controls that would put it right again are exempt as well', async () => {
  const id = await putRight();
  const { exemptions } = await takeBack(id, engine, [shut, lidClosed]);
  expect(exemptions.map(({ control }) => control)).toEqual([shut.id, lidClosed.id]);
  expect(await reconcile(subjectOf(shut, lidClosed), CAUSE, engine)).toMatchObject([
    { controlId: lidClosed.id, outcome: 'exempted' },
    { controlId: shut.id, outcome: 'exempted' },
  ]);
});
