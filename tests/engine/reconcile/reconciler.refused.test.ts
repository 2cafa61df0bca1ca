import { describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import { withLease } from '../../../shared/ledger/ledger.ts';
import { step } from '../../../shared/step.ts';
import {
  BoxClient,
  closeLid,
  GOOD,
  labelled,
  lidClosed,
  locked,
  named,
  OpenLidCommand,
  REF,
  refusedWith,
  TurnKeyCommand,
  World,
  withSeverity,
} from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';
import { KEY, OPEN, scene, writes } from '../../support/reconcile-scene.ts';

describe('a step that is refused', () => {
  const refused = (operation: string) => {
    const world = new World({ ...OPEN, lock: { on: false } });
    world.errors.set(operation, refusedWith('AccessDenied', 'no, said\n  the service'));
    return world;
  };

  test('ends the plan: the record says which step failed and why, and nothing later is made', async () => {
    const threeSteps: AnyControl = {
      ...locked,
      plan: () => [closeLid(), step(BoxClient, TurnKeyCommand, {}), step(BoxClient, OpenLidCommand, {})],
    };
    const { world, run, kept } = scene({ world: refused('TurnKey') });
    const [result] = await run(threeSteps);
    expect(result).toMatchObject({ outcome: 'failed', before: 'NON_COMPLIANT', after: null });
    expect(result?.error).toBe('StepFailedError: box:TurnKey failed: AccessDenied: no, said the service');
    expect(writes(world)).toEqual(['CloseLid']);
    const [record] = kept();
    expect(record?.id).toBe(result?.remediationId);
    expect(record).toMatchObject({ status: 'failed', error: result?.error, afterCompliance: null });
    expect(record?.steps).toMatchObject([
      { operation: 'CloseLid', status: 'made', undo: [{ operation: 'OpenLid' }] },
      { operation: 'TurnKey', status: 'failed', error: 'AccessDenied: no, said the service', undo: null },
      { operation: 'OpenLid', status: 'intended', error: null },
    ]);
  });

  test('is told once, however its text differs, and kept as a finding', async () => {
    const world = refused('CloseLid');
    const { run, notified, ledger } = scene({ world });
    await run(lidClosed);
    world.errors.set('CloseLid', refusedWith('AccessDenied', 'no, said the service: request 4711'));
    const [again] = await run(lidClosed);
    expect(notified).toHaveLength(1);
    expect(notified[0]?.result).toMatchObject({ outcome: 'failed', controlId: 'box-lid-closed' });
    const { findings } = (await ledger.load(KEY)).state;
    expect(findings).toMatchObject({ 'box-lid-closed': { outcome: 'failed', annotation: again?.error } });
  });

  test('has its siblings judge what the steps before it have left', async () => {
    const { world, run } = scene({ world: refused('TurnKey') });
    expect(await run(withSeverity(locked, 'box-a', 'CRITICAL'), withSeverity(lidClosed, 'box-b', 'LOW'))).toMatchObject(
      [
        { controlId: 'box-a', outcome: 'failed' },
        { controlId: 'box-b', outcome: 'remediated', before: 'NON_COMPLIANT', after: 'COMPLIANT', steps: [] },
      ],
    );
    expect(writes(world)).toEqual(['CloseLid']);
  });

  test('is not told to be reversible where a step that was made is not', async () => {
    const { run, notified } = scene({ world: refused('CloseLid') });
    await run({ ...lidClosed, plan: () => [step(BoxClient, TurnKeyCommand, {}), closeLid()] });
    expect(notified).toMatchObject([{ reversible: false }]);
  });

  test('is tried again by the next event, and its finding is closed', async () => {
    const world = refused('TurnKey');
    const { run, notified, ledger } = scene({ world });
    await run(locked);
    world.errors.clear();
    expect(await run(locked)).toMatchObject([{ outcome: 'remediated', steps: [{ operation: 'TurnKey' }] }]);
    expect((await ledger.load(KEY)).state.findings).toEqual({});
    expect(notified.map(({ result }) => result.outcome)).toEqual(['failed', 'remediated']);
  });

  test('leaves the other controls their turn', async () => {
    const world = refused('CloseLid');
    world.box = { ...GOOD, ...OPEN, label: { text: '' } };
    const { run } = scene({ world });
    expect(await run(lidClosed, labelled)).toMatchObject([{ outcome: 'failed' }, { outcome: 'detected' }]);
  });

  test('stays on record as made where its undo cannot be told', async () => {
    const broken: AnyControl = {
      ...lidClosed,
      plan: () => [
        {
          ...closeLid(),
          undo: () => {
            throw new TypeError('no such output');
          },
        },
      ],
    };
    const { run, kept } = scene({ world: new World(OPEN) });
    expect(await run(broken)).toMatchObject([{ outcome: 'remediated' }]);
    expect(kept()[0]?.steps).toMatchObject([
      { status: 'made', undo: null, error: expect.stringMatching(/its undo is not known: .*no such output/) },
    ]);
  });
});

describe('a call whose answer is lost, and that takes effect after we have looked', () => {
  async function lost() {
    const made = scene({ world: new World(OPEN) });
    made.world.errors.set('CloseLid', named('ECONNRESET'));
    expect(await made.run(lidClosed)).toMatchObject([{ outcome: 'failed' }]);
    made.world.errors.clear();
    return made;
  }

  test('was ours: the next look closes its record, notifies, and it can be undone', async () => {
    const { world, run, kept, notified, ledger } = await lost();
    world.box = GOOD;
    const [record] = kept();
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', remediationId: record?.id }]);
    expect(kept()).toMatchObject([
      { status: 'remediated', steps: [{ status: 'made', undo: [{ operation: 'OpenLid' }] }] },
    ]);
    expect(notified.map(({ result }) => result.outcome)).toEqual(['failed', 'remediated']);
    expect((await ledger.load(KEY)).state.findings).toEqual({});
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'compliant' }]);
    expect(notified).toHaveLength(2);
  });

  test('was ours too where the second call is told that it is so already', async () => {
    const { world, run, kept } = await lost();
    world.stale.push({ ...GOOD, ...OPEN }, { ...GOOD, ...OPEN });
    world.box = GOOD;
    world.errors.set('CloseLid', refusedWith('LidIsClosed'));
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated' }]);
    expect(kept().at(-1)).toMatchObject({ status: 'remediated', steps: [{ status: 'made', undo: [{}] }] });
  });

  test.each([
    ['a look that could not read', 'lid', named('Throttled')],
    ['a try that was refused', 'CloseLid', refusedWith('ThrottlingException')],
  ])('was ours too after %s', async (_what, where, error) => {
    const { world, run, kept, notified } = await lost();
    const [record] = kept();
    world.errors.set(where, error);
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'failed' }]);
    world.errors.clear();
    world.box = GOOD;
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', remediationId: record?.id }]);
    expect(notified.map(({ result }) => result.outcome)).toEqual(['failed', 'remediated']);
  });

  test('is left to the next run that holds the lease', async () => {
    const { world, run, kept, ledger } = await lost();
    world.box = GOOD;
    const { lease } = (await ledger.load(KEY)).state;
    const held = { ...lease, holder: 'another', until: Date.now() + LEASE_MS };
    await change(ledger, KEY, withLease((await ledger.load(KEY)).state, held, Date.now()));
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'compliant' }]);
    expect((await ledger.load(KEY)).state.findings[lidClosed.id]).toMatchObject({ unanswered: kept()[0]?.id });
  });

  test('is nobody’s where the resource is gone', async () => {
    const { world, run, kept } = await lost();
    world.box = null;
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'notApplicable' }]);
    expect(kept()).toMatchObject([{ status: 'failed' }]);
  });
});

describe('verification', () => {
  const stale = (world: World, ...boxes: (typeof world.box)[]) => world.stale.push(...boxes);

  test('reads again until the change is seen', async () => {
    const world = new World(OPEN);
    const old = { ...GOOD, ...OPEN };
    const { run, sleeps } = scene({ world });
    stale(world, old, old, old, old);
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', after: 'COMPLIANT' }]);
    expect(sleeps).toEqual([250, 500, 1000]);
    expect(writes(world)).toEqual(['CloseLid']);
  });

  test('gives up after a while: the call was made, and the outcome is failed', async () => {
    const world = new World(OPEN);
    world.inert.add('CloseLid');
    const { run, sleeps, kept, notified } = scene({ world });
    const [result] = await run(lidClosed);
    expect(result).toMatchObject({ outcome: 'failed', before: 'NON_COMPLIANT', after: null });
    expect(result?.error).toMatch(/^NotConvergedError: .*The lid is open/);
    expect(sleeps).toEqual([250, 500, 1000, 2000, 4000, 8000]);
    expect(kept()).toMatchObject([{ status: 'failed', steps: [{ status: 'made' }] }]);
    expect(notified).toMatchObject([{ result: { outcome: 'failed' } }]);
  });

  /** Breaks every read once the lid was closed. */
  function blindAfterwards(world: World, error: Error) {
    const change = world.onCall;
    world.onCall = (operation) => {
      change(operation);
      if (operation === 'CloseLid') world.errors.set('lid', error);
    };
  }

  test('outlives a read that fails', async () => {
    const world = new World(OPEN);
    const { run, engine, sleeps } = scene({ world });
    blindAfterwards(world, named('ThrottlingException'));
    const { sleep } = engine.clock;
    engine.clock.sleep = async (milliseconds) => {
      if (sleeps.length === 1) world.errors.clear();
      return sleep(milliseconds);
    };
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', after: 'COMPLIANT', error: null }]);
    expect(sleeps).toEqual([250, 500]);
  });

  test('that no read allows is made up for by the next look that can read: one record, one notification', async () => {
    const world = new World(OPEN);
    const { run, kept, notified, engine } = scene({ world });
    blindAfterwards(world, named('AccessDenied'));
    const [result] = await run(lidClosed);
    expect(result).toMatchObject({
      outcome: 'pending',
      annotation: expect.stringMatching(/not verified yet: .*could not read lid of box-1 \(AccessDenied/),
    });
    expect(kept()).toMatchObject([{ status: 'pending', recheckAt: expect.any(String) }]);
    expect(engine.sent).toMatchObject([{ service: 'box', detail: REF }]);
    expect(notified).toEqual([]);
    world.errors.clear();
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', remediationId: result?.remediationId }]);
    expect(kept()).toMatchObject([{ status: 'remediated', steps: [{ status: 'made' }] }]);
    expect(notified).toMatchObject([{ result: { outcome: 'remediated' } }]);
    expect(writes(world)).toEqual(['CloseLid']);
  });

  test('does not take an answer that it is gone for good news at once', async () => {
    const world = new World(OPEN);
    const { run } = scene({ world });
    stale(world, { ...GOOD, ...OPEN }, { ...GOOD, ...OPEN }, null, null);
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', after: 'COMPLIANT' }]);
  });

  test('of what somebody deleted meanwhile ends with nothing left to be wrong', async () => {
    const world = new World(OPEN);
    const { run, engine } = scene({ world });
    engine.clock.sleep = async () => {
      world.box = null;
    };
    world.inert.add('CloseLid');
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', after: 'NOT_APPLICABLE', error: null }]);
  });
});
