import { describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { FREE, mark } from '../../../shared/ledger/lease.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { CAUSE, labelled, lidClosed, locked, subjectOf, World } from '../../support/fake-resource.ts';
import { change, exemptionOf } from '../../support/ledger-fixtures.ts';
import { KEY, OPEN, scene, writes } from '../../support/reconcile-scene.ts';

const UNLOCKED = { lock: { on: false } };
const whole = (...controls: AnyControl[]) => ({ ...subjectOf(...controls), siblings: [lidClosed, locked, labelled] });
const leaseOf = async (ledger: Ledger) => (await ledger.load(KEY)).state.lease;

/** Another run asks for a control before the reads that `when` names, counted from 0; returns the number of reads so far. */
function asking({ world, ledger }: ReturnType<typeof scene>, control: AnyControl, when: (read: number) => boolean) {
  const read = world.read.bind(world);
  let reads = 0;
  world.read = async (facet) => {
    const { lease } = (await ledger.load(KEY)).state;
    if (when(reads++) && lease.holder !== null)
      await change(ledger, KEY, { lease: mark(lease, { requested: [control.id] }) ?? lease });
    return read(facet);
  };
  return () => reads;
}

describe('what others ask for while a run holds the lease', () => {
  test('is evaluated in another round, and what was remediated stays so', async () => {
    const made = scene({ world: new World({ ...OPEN, ...UNLOCKED }) });
    asking(made, locked, (read) => read === 1);
    const results = await reconcile(whole(lidClosed), CAUSE, made.engine);
    expect(results.map(({ controlId, outcome }) => [controlId, outcome])).toEqual([
      ['box-lid-closed', 'remediated'],
      ['box-locked', 'remediated'],
    ]);
    expect(writes(made.world)).toEqual(['CloseLid', 'TurnKey']);
    expect(await leaseOf(made.ledger)).toEqual(FREE);
  });

  test('counts where it is worse than what the round before has left', async () => {
    const made = scene({ world: new World(OPEN) });
    asking(made, lidClosed, (read) => read === 1);
    const evaluated: boolean[] = [];
    const reopened: AnyControl = {
      ...lidClosed,
      evaluate(state: never, context) {
        evaluated.push((state as { lid: { open: boolean } }).lid.open);
        // Verified once; then somebody has opened it again, and it resists.
        if (evaluated.filter((open) => !open).length === 1) {
          made.world.inert.add('CloseLid');
          if (made.world.box !== null) made.world.box = { ...made.world.box, lid: { open: true } };
        }
        return lidClosed.evaluate(state, context);
      },
    };
    const results = await reconcile(subjectOf(reopened), CAUSE, made.engine);
    expect(results).toMatchObject([{ controlId: 'box-lid-closed', outcome: 'failed' }]);
  });

  test('again and again ends with a failure that says so, and leaves the lease to the next run', async () => {
    const made = scene({ world: new World(OPEN) });
    const reads = asking(made, lidClosed, () => true);
    const results = await reconcile(subjectOf(lidClosed), CAUSE, made.engine);
    expect(results).toMatchObject([
      { outcome: 'failed', error: 'the resource was changed 20 times by others during the reconciliation' },
    ]);
    // Two to remediate and verify, one for each later round.
    expect(reads()).toBe(21);
    expect(await leaseOf(made.ledger)).toEqual({ ...FREE, wanted: ['box-lid-closed'] });
  });
});

describe('what a run that was cut off left unevaluated', () => {
  const orphaned = { lease: { ...FREE, wanted: ['box-locked'] } };

  test('is evaluated by the next one, though its event concerns another control', async () => {
    const { world, engine, ledger } = scene({ world: new World(UNLOCKED) });
    await change(ledger, KEY, orphaned);
    expect(await reconcile(whole(lidClosed), CAUSE, engine)).toMatchObject([
      { controlId: 'box-lid-closed', outcome: 'compliant' },
      { controlId: 'box-locked', outcome: 'remediated' },
    ]);
    expect(world.log).not.toContain('read label');
    expect(await leaseOf(ledger)).toEqual(FREE);
  });

  test('is left alone where its control is off by now', async () => {
    const { world, engine, ledger } = scene({ world: new World(UNLOCKED), modes: { 'box-locked': 'off' } });
    await change(ledger, KEY, orphaned);
    expect(await reconcile(whole(lidClosed), CAUSE, engine)).toHaveLength(1);
    expect(writes(world)).toEqual([]);
  });
});

describe('a lease', () => {
  const others = (handles: readonly string[]) => ({
    lease: { ...FREE, holder: 'another run', until: Date.parse('2026-01-01T00:01:00Z'), handles },
  });

  test('is not asked for where nothing may be done', async () => {
    const { world, run } = scene({ world: new World(OPEN), ceiling: 'detect' });
    await run(lidClosed);
    expect(world.log.filter((line) => line.startsWith('ledger write lease'))).toEqual([]);
  });

  test('that another run holds is marked with what is wanted', async () => {
    const { world, run, ledger } = scene({ world: new World(OPEN) });
    const { lease } = others(['box-lid-closed']);
    await change(ledger, KEY, { lease });
    await run(lidClosed);
    expect(await leaseOf(ledger)).toEqual({ ...lease, wanted: ['box-lid-closed'], dirty: true });
    expect(writes(world)).toEqual([]);
  });

  test('that was lost to another run stays theirs', async () => {
    const made = scene({ world: new World({ ...OPEN, ...UNLOCKED }) });
    const { lease } = others(['box-lid-closed', 'box-locked']);
    made.world.onCall = () => {
      const read = made.world.read.bind(made.world);
      made.world.read = async (facet) => {
        await change(made.ledger, KEY, { lease });
        return read(facet);
      };
    };
    const results = await made.run(lidClosed, locked);
    expect(results.map(({ outcome }) => outcome)).not.toContain('remediated');
    expect(await leaseOf(made.ledger)).toMatchObject({ holder: 'another run' });
    expect(writes(made.world)).toEqual(['CloseLid']);
  });
});

test('an exemption counts where one of several controls finds drift', async () => {
  const { run, ledger } = scene({ world: new World({ label: { text: '' } }), mode: 'detect' });
  await ledger.saveExemption(exemptionOf('ex-1', { control: labelled.id, expires: '2026-02-01' }));
  expect(await run(lidClosed, labelled)).toMatchObject([{ outcome: 'compliant' }, { outcome: 'exempted' }]);
});

test('where the ledger does not answer, every control fails, and nothing is said of what was not evaluated', async () => {
  const { run } = scene({ world: new World(OPEN), breaks: () => true });
  expect(await run(lidClosed, labelled)).toMatchObject([
    {
      controlId: 'box-lid-closed',
      outcome: 'failed',
      before: null,
      after: null,
      error: expect.stringMatching(/LedgerDown/),
    },
    { controlId: 'box-labelled', outcome: 'failed', before: null, after: null },
  ]);
});
