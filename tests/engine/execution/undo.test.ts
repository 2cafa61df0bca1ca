import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant, nonCompliant, settling } from '../../../shared/control.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { messageOf } from '../../../shared/engine/errors.ts';
import { type CallMaker, ChangedSinceError, undo } from '../../../shared/engine/execution/undo.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { FREE, LEASE_MS, type Lease } from '../../../shared/ledger/lease.ts';
import { type Ledger, resourceKey, type Update, withLease } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/memory.ts';
import type { Remediation, UndoCall } from '../../../shared/ledger/records.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import {
  type Box,
  CAUSE,
  labelled,
  lidClosed,
  locked,
  named,
  REF,
  refusedWith,
  shut,
  subjectOf,
  World,
} from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';

const KEY = resourceKey('box', REF);

const OPEN: Partial<Box> = { lid: { open: true }, lock: { on: false } };
const request = { by: 'ann', reason: 'it was right', expires: '2999-01-01', dryRun: false };
let now: number;
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
  now = Date.parse('2026-11-02T10:00:00Z');
  engine = newEngine();
  made = [];
  refuse = () => null;
});

const newEngine = (): TestEngine =>
  testEngine((region) => world.aws(region), 'remediate', {
    ledger: ledgerIn(memoryStore(), () => now),
    clock: {
      now: () => new Date(now),
      async sleep(milliseconds) {
        now += milliseconds;
      },
    },
  });
const remediated = async (control: AnyControl = shut): Promise<string> =>
  (await reconcile(subjectOf(control), CAUSE, engine))[0]?.remediationId ?? '';
const undone = (id: string, on: Engine = engine, controls: readonly AnyControl[] = [shut], dryRun = false) =>
  undo({ ...request, id, dryRun }, on, controls, call);
const recordOf = async (id: string) => (await engine.ledger.remediation(id)) as Remediation;
const says = (promise: Promise<unknown>) => promise.then(() => 'nothing', messageOf);
const stateNow = async () => (await engine.ledger.load(KEY)).state;
const undosOf = async (id: string) =>
  (await Array.fromAsync(engine.ledger.remediations())).filter(({ undoes }) => undoes === id);
/** An engine whose ledger does not write what `isBroken` says. */
const without = (isBroken: (update: Update<unknown>) => boolean, error = named('LedgerDown')): Engine => {
  const { ledger } = engine;
  const update: Ledger['update'] = (session, decide) =>
    ledger.update(session, (state, shared) => {
      const decided = decide(state, shared);
      if (isBroken(decided)) throw error;
      return decided;
    });
  return { ...engine, ledger: { ...ledger, update } };
};
const held = async (lease: Partial<Lease>) =>
  change(engine.ledger, KEY, withLease(await stateNow(), { ...FREE, ...lease }, now));

test('undoes the steps in the other order, each recorded with its request, under one exemption', async () => {
  const id = await remediated();
  expect(world.box).toMatchObject({ lid: { open: false }, lock: { on: true } });
  const { undoId, calls, exemptions, isPending } = await undone(id);
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
  const { event, ...times } = own.times;
  expect(event).toBeNull();
  expect(Object.values(times)).not.toContain(null);
  expect({ exemptions, isPending }).toEqual({ exemptions: await engine.ledger.exemptions(), isPending: false });
  expect(exemptions).toMatchObject([
    {
      control: shut.id,
      resource: 'arn:aws:box:::box-1',
      owner: 'ann',
      reason: 'it was right',
      expires: '2999-01-01',
      elements: ['lid', 'lock'],
    },
  ]);
  expect(engine.told.at(-1)?.result).toMatchObject({ outcome: 'exempted', after: 'NON_COMPLIANT' });
  expect(engine.told).toHaveLength(2);
  expect((await stateNow()).findings).toMatchObject({ [shut.id]: { outcome: 'exempted' } });
  expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'exempted' }]);
  expect(world.box).toMatchObject(OPEN);
  expect(engine.told).toHaveLength(2);
});

test('the exemption and the undo’s own record stand before the first call is made', async () => {
  const id = await remediated();
  const seen: unknown[] = [];
  await undo({ ...request, id }, engine, [shut], async (one, ref) => {
    const [own] = await undosOf(id);
    seen.push([(await engine.ledger.exemptions()).length, own?.status, own?.steps.map(({ status }) => status)]);
    return call(one, ref);
  });
  expect(seen).toEqual([
    [1, 'applying', ['intended', 'intended']],
    [1, 'applying', ['made', 'intended']],
  ]);
});

test('where the exemption cannot be kept, nothing is called', async () => {
  const id = await remediated();
  expect(
    await says(
      undone(
        id,
        without(({ exemptions = [] }) => exemptions.length > 0),
      ),
    ),
  ).toMatch(/LedgerDown/);
  expect(made).toEqual([]);
  expect(await undosOf(id)).toEqual([]);
});

test('a dry run writes nothing anywhere', async () => {
  const id = await remediated();
  const before = await stateNow();
  const { ledger } = engine;
  const wrote: string[] = [];
  const update: Ledger['update'] = async (session, decide) => {
    wrote.push('update');
    return ledger.update(session, decide);
  };
  const guarded = { ...engine, ledger: { ...ledger, update, saveExemption: async () => void wrote.push('exemption') } };
  const { calls, undoId, exemptions } = await undone(id, guarded, [shut], true);
  expect({ calls: calls.length, undoId, wrote, made }).toEqual({ calls: 2, undoId: null, wrote: [], made: [] });
  expect(exemptions).toMatchObject([{ control: shut.id, elements: ['lid', 'lock'] }]);
  expect(await stateNow()).toEqual(before);
  expect(engine.told).toHaveLength(1);
});

describe('what went only half-way', () => {
  test('of a remediation that failed, only the steps that were made', async () => {
    world.errors.set('TurnKey', refusedWith('NoKey'));
    const id = await remediated();
    expect(await recordOf(id)).toMatchObject({ status: 'failed', steps: [{ status: 'made' }, { status: 'failed' }] });
    const { exemptions } = await undone(id);
    expect(made.map(({ input }) => input)).toEqual([{}]);
    expect(exemptions).toMatchObject([{ elements: ['lid'] }]);
    expect(world.box).toMatchObject(OPEN);
  });

  test('of one whose answer was lost, the step that may have been made', async () => {
    world.errors.set('TurnKey', named('ECONNRESET'));
    const id = await remediated();
    expect(await recordOf(id)).toMatchObject({ status: 'failed', steps: [{ status: 'made' }, { status: 'unknown' }] });
    await undone(id);
    expect(made.map(({ input }) => input)).toEqual([{ key: true }, {}]);
    expect(world.box).toMatchObject(OPEN);
  });

  test('of a run that was cut off, those that may have been made', async () => {
    // The run dies after its calls: its end is never written.
    await reconcile(subjectOf(shut), CAUSE, without(isEnd, named('CutOff')));
    const [cutOff] = await Array.fromAsync(engine.ledger.remediations());
    const id = cutOff?.id ?? '';
    expect(cutOff).toMatchObject({ status: 'applying', steps: [{ status: 'made' }, { status: 'intended' }] });
    expect(await says(undone(id, engine, [shut], true))).toBe(`NotDecidableError: ${id} has not ended yet`);
    now += LEASE_MS + 1;
    await undone(id);
    expect(await recordOf(id)).toMatchObject({ status: 'remediated', steps: [{ status: 'made' }, { status: 'made' }] });
    expect(made.map(({ input }) => input)).toEqual([{ key: true }, {}]);
    expect(world.box).toMatchObject(OPEN);
  });

  test('an undo that failed goes on where it stopped', async () => {
    const id = await remediated();
    refuse = ({ input }) => ('key' in input ? null : refusedWith('AccessDenied'));
    expect(await says(undone(id))).toMatch(/^StepFailedError: box:OpenLid failed: AccessDenied/);
    expect(world.box).toMatchObject({ lid: { open: false }, lock: { on: false } });
    expect((await undosOf(id)).map(({ status }) => status)).toEqual(['failed']);
    expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'exempted' }]);
    refuse = () => null;
    made = [];
    now += 1;
    const { undoId } = await undone(id);
    expect(made.map(({ input }) => input)).toEqual([{}]);
    expect(world.box).toMatchObject(OPEN);
    expect(await recordOf(undoId ?? '')).toMatchObject({ status: 'remediated' });
    expect(await says(undone(id))).toBe(`NotDecidableError: ${id} was undone already, by ${undoId}`);
  });

  test('one whose answer was lost is undone where the state says so', async () => {
    const id = await remediated();
    const lost: CallMaker = async (one, ref) => {
      await call(one, ref);
      if (!('key' in one.input)) throw named('ECONNRESET');
      return {};
    };
    const { undoId } = await undo({ ...request, id }, engine, [shut], lost);
    expect(await recordOf(undoId ?? '')).toMatchObject({
      status: 'remediated',
      steps: [{ status: 'made' }, { status: 'made', error: null }],
      // Nobody heard when it took effect: at the latest when it was verified.
      times: { applied: new Date(now).toISOString(), verified: new Date(now).toISOString() },
    });
  });

  test('one that was cut off goes on too, and is not taken for one that succeeded', async () => {
    const id = await remediated();
    expect(await says(undone(id, without(isEnd, named('CutOff'))))).toMatch(/CutOff/);
    expect(made).toHaveLength(2);
    // What a run could not release, it let go of.
    await held({ holder: 'the dead run', until: now + LEASE_MS });
    expect(await says(undone(id))).toMatch(/LeaseHeldError/);
    now += LEASE_MS + 1;
    const { calls, undoId } = await undone(id);
    // The second was made and nobody could say so.
    expect(calls.map(({ input }) => input)).toEqual([{}]);
    expect(world.box).toMatchObject(OPEN);
    expect((await undosOf(id)).map(({ id: own, status }) => [own === undoId, status])).toEqual([
      [false, 'interrupted'],
      [true, 'remediated'],
    ]);
  });

  test('one that was cut off before its first call has undone nothing', async () => {
    const id = await remediated();
    const dies: CallMaker = () => new Promise(() => {});
    void undo({ ...request, id }, engine, [shut], dies);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await undosOf(id)).map(({ status }) => status)).toEqual(['applying']);
    now += LEASE_MS + 1;
    await undone(id);
    expect(world.box).toMatchObject(OPEN);
  });

  test('whoever has lost the lease makes no further call', async () => {
    const id = await remediated();
    const slow: CallMaker = async (one, ref) => {
      now += LEASE_MS + 1;
      await held({ holder: 'another', until: now + LEASE_MS });
      return call(one, ref);
    };
    expect(await says(undo({ ...request, id }, engine, [shut], slow))).toMatch(/LeaseLost/);
    expect(made).toHaveLength(1);
  });

  test('where nothing was changed the exemption ends with it', async () => {
    const id = await remediated();
    refuse = () => refusedWith('AccessDenied');
    expect(await says(undone(id))).toMatch(/AccessDenied/);
    const today = new Date(now).toISOString().slice(0, 10);
    expect((await engine.ledger.exemptions()).filter(({ expires }) => expires >= today)).toEqual([]);
    expect((await stateNow()).findings).toEqual({});
    world.box = { ...(world.box as Box), ...OPEN };
    expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'remediated' }]);
  });

  test('what a former undo has brought back stays exempt, though this one changed nothing', async () => {
    const id = await remediated();
    refuse = ({ input }) => ('key' in input ? null : refusedWith('AccessDenied'));
    await says(undone(id));
    await says(undone(id));
    expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'exempted' }]);
    expect(world.box).toMatchObject({ lid: { open: false }, lock: { on: false } });
  });

  test('one that cannot be verified is pending, and the next look that can read says how it ended', async () => {
    const id = await remediated();
    const blinding: CallMaker = async (one, ref) => {
      world.errors.set('lid', named('ThrottlingException'));
      return call(one, ref);
    };
    const { undoId, isPending } = await undo({ ...request, id }, engine, [shut], blinding);
    expect(isPending).toBe(true);
    expect(await recordOf(undoId ?? '')).toMatchObject({ status: 'pending' });
    world.errors.clear();
    expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'exempted' }]);
    expect(await recordOf(undoId ?? '')).toMatchObject({ status: 'remediated' });
    expect(engine.told.map(({ result }) => result.outcome)).toEqual(['remediated', 'exempted']);
  });

  test('where the calls took no effect, it fails and says what differs', async () => {
    const id = await remediated();
    const idle: CallMaker = async () => ({});
    expect(await says(undo({ ...request, id }, engine, [shut], idle))).toMatch(
      /^NotConvergedError: not all is as it was before: .*lid\.open: true → false/,
    );
    expect((await undosOf(id)).map(({ status }) => status)).toEqual(['failed']);
  });
});

describe('refuses', () => {
  test('what somebody has changed since, with what', async () => {
    const id = await remediated();
    world.box = { ...(world.box as Box), lid: { open: true } };
    const error = await undone(id).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChangedSinceError);
    expect((error as ChangedSinceError).differences).toEqual(['lid.open: false → true']);
    world.box = null;
    expect(await says(undone(id))).toContain('does not exist any more');
    expect(made).toEqual([]);
    expect(await engine.ledger.exemptions()).toEqual([]);
  });

  test('what cannot be undone', async () => {
    const id = await remediated(locked);
    expect(await says(undone(id, engine, [locked]))).toBe(`NotDecidableError: box:TurnKey of ${id} cannot be undone`);
  });

  test('what is not there, is of another version, is itself an undo, or changed nothing', async () => {
    expect(await says(undone('rem-0'))).toBe('NotDecidableError: there is no remediation rem-0');
    const id = await remediated();
    expect(await says(undone(id, engine, [lidClosed]))).toMatch(/box-shut, which this version does not have/);
    const { undoId } = await undone(id);
    expect(await says(undone(undoId ?? ''))).toBe(`NotDecidableError: ${undoId} is itself an undo, of ${id}`);
    engine = newEngine();
    world.errors.set('CloseLid', refusedWith('AccessDenied'));
    const failed = await remediated();
    expect(await says(undone(failed))).toBe(`NotDecidableError: ${failed} changed nothing: it is failed`);
  });

  test('to work while another run does, and leaves the resource free afterwards', async () => {
    const id = await remediated();
    await held({ holder: 'another', until: now + LEASE_MS });
    expect(await says(undone(id))).toBe('LeaseHeldError: another run is at work on box-1: try again in a minute');
    await held({ holder: null });
    world.box = { ...(world.box as Box), lid: { open: true } };
    await says(undone(id));
    expect((await stateNow()).lease).toMatchObject({ holder: null, wanted: [] });
  });
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
    const id = await remediated(slow);
    const { undoId, isPending } = await undo({ ...request, id }, engine, [slow], later);
    expect(isPending).toBe(true);
    return { id, undoId: undoId ?? '' };
  };

  test('has its undo pending: nobody is notified yet, and a recheck is sent for', async () => {
    const { id, undoId } = await begun();
    expect(await recordOf(undoId)).toMatchObject({ status: 'pending', recheckAt: expect.any(String) });
    expect((await stateNow()).recheckAt).toBe(now + 60_000);
    expect(engine.sent).toMatchObject([{ service: 'box', detail: REF, notBefore: now + 60_000 }]);
    expect(engine.told.map(({ result }) => result.outcome)).toEqual(['remediated']);
    expect(await says(undone(id, engine, [slow]))).toMatch(/is pending; it is looked at again at/);
  });

  test('is undone once the state says so: one record, one notification, and no write', async () => {
    const { undoId } = await begun();
    isAtWork = false;
    world.box = { ...(world.box as Box), ...OPEN };
    now += 60_001;
    expect(await reconcile(subjectOf(slow), CAUSE, engine)).toMatchObject([{ outcome: 'exempted' }]);
    expect(await recordOf(undoId)).toMatchObject({ status: 'remediated', recheckAt: null });
    await reconcile(subjectOf(slow), CAUSE, engine);
    expect(engine.told.map(({ result }) => result.outcome)).toEqual(['remediated', 'exempted']);
    expect(world.calls).toHaveLength(2);
  });

  test('has failed to be undone after the deadline, and people are notified once', async () => {
    const { undoId } = await begun();
    now += 60 * 60_000 + 1;
    await reconcile(subjectOf(slow), CAUSE, engine);
    expect(await recordOf(undoId)).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/AWS did not finish by/),
    });
    await reconcile(subjectOf(slow), CAUSE, engine);
    expect(engine.told.map(({ result }) => result.outcome)).toEqual(['remediated', 'failed']);
  });
});

test('whoever comes while it is at work is not forgotten', async () => {
  const id = await remediated();
  world.box = { ...(world.box as Box), label: { text: '' } };
  const seen: unknown[] = [];
  await undo({ ...request, id }, engine, [shut, lidClosed, labelled], async (one, ref) => {
    // Somebody comes by another control, and leaves a mark.
    if (made.length === 0) seen.push(await reconcile(subjectOf(labelled), CAUSE, engine));
    return call(one, ref);
  });
  expect(seen).toMatchObject([[{ outcome: 'detected', annotation: 'There is no label.' }]]);
  const { findings, lease } = await stateNow();
  expect(findings).toMatchObject({ [shut.id]: { outcome: 'exempted' }, [labelled.id]: { outcome: 'detected' } });
  expect(lease).toMatchObject({ holder: null, wanted: [], dirty: false });
});

test('a control by which it was wrong before is none of the undo’s', async () => {
  const id = await remediated();
  world.box = { ...(world.box as Box), label: { text: '' } };
  const { exemptions } = await undone(id, engine, [shut, labelled]);
  expect(exemptions.map(({ control }) => control)).toEqual([shut.id]);
});

test('a sibling that would remediate it again is only detected: it names the undo, and is notified once', async () => {
  const id = await remediated();
  const { exemptions } = await undone(id, engine, [shut, lidClosed]);
  expect(exemptions).toHaveLength(1);
  engine.told.length = 0;
  for (let again = 0; again < 2; again += 1)
    expect(await reconcile(subjectOf(shut, lidClosed), CAUSE, engine)).toMatchObject([
      {
        controlId: lidClosed.id,
        outcome: 'detected',
        annotation: expect.stringMatching(/^Left as an undo of box-shut restored it, until 2999-01-01 \(ann\)\./),
      },
      { controlId: shut.id, outcome: 'exempted' },
    ]);
  expect(engine.told.map(({ control, result }) => [control.id, result.outcome])).toEqual([[lidClosed.id, 'detected']]);
  expect(world.box).toMatchObject(OPEN);
});

test('a step on an element that the undo did not bring back goes on', async () => {
  world.box = { ...(world.box as Box), lock: { on: true } };
  const id = await remediated(shut);
  await undone(id);
  world.box = { ...(world.box as Box), lock: { on: false } };
  await reconcile(subjectOf(shut), CAUSE, engine);
  expect(world.box).toMatchObject({ lid: { open: true }, lock: { on: true } });
});

/** The write with which a record of calls that were made ends. */
const isEnd = ({ records = [] }: Update<unknown>) =>
  records.some(({ status, kind, undoes }) => status !== 'applying' && (kind === 'undo' || undoes === null));
