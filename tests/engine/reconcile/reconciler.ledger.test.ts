import { describe, expect, test } from '@jest/globals';
import type { Mode } from '../../../shared/control.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import { kept, labelled, lidClosed, locked, World } from '../../support/fake-resource.ts';
import { KEY, OPEN, scene, writes } from '../../support/reconcile-scene.ts';
import type { Breaks } from '../../support/watched-ledger.ts';

describe('a ledger that does not answer', () => {
  const drift = () => new World({ ...OPEN, lock: { on: false }, label: { text: '' } });
  const controls = [lidClosed, locked, labelled, kept];

  /** A world in which a finding is open already, so that closing it is among the calls. */
  async function prepared(breaks: Breaks) {
    const world = drift();
    let armed = false;
    let first = 0;
    const modes: Record<string, Mode> = Object.fromEntries(controls.map(({ id }) => [id, 'detect']));
    const made = scene({ world, modes, breaks: (call, method) => armed && breaks(call - first, method) });
    await made.run(...controls);
    for (const { id } of controls) modes[id] = 'remediate';
    first = made.calls();
    armed = true;
    world.log.length = 0;
    return { ...made, callsOfRun: () => made.calls() - first, disarm: () => (armed = false) };
  }

  /** Every account write stands behind a saved record that intends it. */
  function expectNoUnrecordedWrite({ log }: World) {
    let recorded = false;
    for (const line of log) {
      if (line.startsWith('ledger write applying') || line.startsWith('ledger write broke'))
        recorded = !line.endsWith('broke');
      if (line.startsWith('call')) expect({ line, recorded }).toEqual({ line, recorded: true });
    }
  }

  test('is no reason for a write without a record: whichever call breaks', async () => {
    const whole = await prepared(() => false);
    await whole.run(...controls);
    const calls = whole.callsOfRun();
    expect(calls).toBeGreaterThan(5);
    expect(whole.world.log.filter((line) => line.startsWith('call'))).toHaveLength(2);

    for (let k = 0; k < calls; k++) {
      const broken: readonly Breaks[] = [
        (call) => call === k,
        (call) => call >= k,
        (call) => call === k && 'answer',
        (call) => call >= k && 'answer',
      ];
      for (const breaks of broken) {
        const { world, run, history, disarm, later, ledger, notified } = await prepared(breaks);
        const results = await run(...controls);
        expect(world.log.some((line) => /broke$|answer lost$/.test(line))).toBe(true);
        expect(results).toHaveLength(controls.length);
        // All may have been done and published by then: only the outbox could not be cleared.
        const isDone = world.box?.lock.on === true && notified.some(({ result }) => result.outcome === 'remediated');
        expect(isDone || results.some(({ outcome }) => outcome === 'failed')).toBe(true);
        expectNoUnrecordedWrite(world);
        for (const { operation } of world.calls)
          expect(history.some(({ steps }) => steps.some((made) => made.operation === operation))).toBe(true);

        disarm();
        // Where not even the lease could be let go of, it has to end first.
        later(LEASE_MS);
        await run(...controls);
        later(LEASE_MS);
        await run(...controls);
        expect((await ledger.load(KEY)).state).toMatchObject({ open: [], outbox: [] });
        expect(world.calls.map(({ operation }) => operation)).toEqual(['CloseLid', 'TurnKey']);
        expect(world.box).toEqual({ ...drift().box, lid: { open: false }, lock: { on: true } });
      }
    }
  });

  test('at the first question ends everything', async () => {
    const { world, run, notified } = scene({ world: new World(OPEN), breaks: (call) => call === 0 });
    expect(await run(lidClosed, labelled)).toMatchObject([
      { outcome: 'failed', error: 'LedgerDown: LedgerDown happened', mode: 'remediate' },
      { outcome: 'failed' },
    ]);
    expect(world.log).toEqual([
      'ledger load broke',
      'read lid',
      'read label',
      'announced Evenkeel cannot work: its ledger does not answer',
    ]);
    expect(notified).toEqual([]);
  });

  test('between two steps ends the plan: the result names the record, which intends what was made', async () => {
    const breaks: Breaks = (_call, method) => method === 'write' && saves++ >= 2;
    let saves = 0;
    const { world, run, kept } = scene({ world: new World({ ...OPEN, lock: { on: false } }), breaks });
    const [result] = await run(locked);
    expect(writes(world)).toEqual(['CloseLid']);
    expect(result).toMatchObject({ outcome: 'failed', error: 'LedgerDown: LedgerDown happened' });
    expect(kept()).toMatchObject([
      { id: result?.remediationId, status: 'applying', steps: [{ status: 'intended' }, { status: 'intended' }] },
    ]);
  });

  test('once, between two steps: the record tells the made from the not made', async () => {
    const breaks: Breaks = (_call, method) => method === 'write' && saves++ === 2;
    let saves = 0;
    const { world, run, kept } = scene({ world: new World({ ...OPEN, lock: { on: false } }), breaks });
    await run(locked);
    expect(writes(world)).toEqual(['CloseLid']);
    expect(kept()).toMatchObject([
      {
        status: 'failed',
        error: 'LedgerDown: LedgerDown happened',
        steps: [{ status: 'made', undo: [{ operation: 'OpenLid' }] }, { status: 'intended' }],
      },
    ]);
  });
});
