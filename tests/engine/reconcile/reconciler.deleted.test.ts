import { describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant, type Mode } from '../../../shared/control.ts';
import { GOOD, kept, lidClosed, named, REF, World } from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';
import { KEY, scene } from '../../support/reconcile-scene.ts';

describe('a resource whose deletion is drift', () => {
  const lost = { label: { text: 'jewels' }, lock: { on: true } };

  test('is remembered while it is good, and only when that is news', async () => {
    const { world, run, ledger } = scene({ world: new World({ label: { text: 'jewels' } }) });
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual(lost);
    await run(kept, lidClosed);
    expect(world.log.filter((line) => line.startsWith('ledger write'))).toHaveLength(1);
    world.box = { ...GOOD, label: { text: 'gold' } };
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual({ ...lost, label: { text: 'gold' } });
  });

  test.each<[string, Partial<World['box']>, Mode]>([
    ['bad', { label: { text: 'rotten' } }, 'detect'],
    ['bad, and nothing can be done', { label: { text: 'rotten' } }, 'remediate'],
  ])('is not remembered while it is %s', async (_name, state, mode) => {
    const { run, ledger } = scene({ world: new World(state ?? {}), mode });
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual({});
  });

  test('is not remembered while a remediation of it is under way', async () => {
    const { run, ledger } = scene();
    const open = [{ id: 'rem-1', controlId: kept.id, status: 'applying' as const, kind: 'remediation' as const }];
    await change(ledger, KEY, { open: open as never });
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual({});
  });

  test('is not remembered half read', async () => {
    const world = new World();
    world.errors.set('lock', named('AccessDenied'));
    const { run, ledger } = scene({ world });
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual({});
  });

  test('is put back from the ledger, verified and remembered', async () => {
    const world = new World({ label: { text: 'jewels' } });
    const { run, kept: records } = scene({ world });
    await run(kept);
    world.box = null;
    expect(await run(kept)).toMatchObject([
      {
        outcome: 'remediated',
        before: 'NON_COMPLIANT',
        after: 'COMPLIANT',
        annotation: 'It was lost: jewels.',
        steps: [{ operation: 'MakeBox', input: { label: { text: 'jewels' } } }, { operation: 'TurnKey' }],
      },
    ]);
    expect(world.box).toMatchObject({ label: { text: 'jewels' } });
    expect(records()).toMatchObject([{ before: { ...lost, ref: REF }, status: 'remediated' }]);
  });

  test('is put back by what its own control keeps, whatever others have kept of it', async () => {
    const world = new World({ label: { text: 'jewels' } });
    const { run, kept: records } = scene({ world });
    const lidKept: AnyControl = { ...lidClosed, lastKnown: ['lid'] };
    await run(kept, lidKept);
    world.box = null;
    await run(kept);
    expect(records()).toMatchObject([{ status: 'remediated' }]);
    expect(records()[0]?.before).toEqual({ ...lost, ref: REF });
  });

  test('is put back from AWS Config where the ledger knows nothing', async () => {
    const world = new World(null);
    world.lastKnown = async () => ({ label: { text: 'letters' } });
    expect(await scene({ world }).run(kept)).toMatchObject([
      { outcome: 'remediated', annotation: 'It was lost: letters.' },
    ]);
  });

  test('is a matter for a person where nobody knows', async () => {
    const { run, world } = scene({ world: new World(null) });
    expect(await run(kept)).toMatchObject([
      { outcome: 'detected', before: 'NON_COMPLIANT', steps: [], annotation: expect.stringMatching(/nobody knows/) },
    ]);
    expect(world.calls).toEqual([]);
  });

  test('is only told of in mode detect', async () => {
    const world = new World(null);
    world.lastKnown = async () => lost;
    const [result] = await scene({ world, mode: 'detect' }).run(kept);
    expect(result).toMatchObject({ outcome: 'detected', steps: [{ operation: 'MakeBox' }, { operation: 'TurnKey' }] });
    expect(world.box).toBeNull();
  });

  test('fails, and its siblings do not, where AWS Config does not answer', async () => {
    const world = new World(null);
    world.lastKnown = async () => {
      throw named('AccessDenied');
    };
    expect(await scene({ world }).run(kept, lidClosed)).toMatchObject([
      { controlId: 'box-lid-closed', outcome: 'notApplicable', error: null },
      { controlId: 'box-kept', outcome: 'failed', error: expect.stringMatching(/last known of box-1 \(AccessDenied/) },
    ]);
  });

  test('is asked for in AWS Config only by controls that would mend it, and that the ledger cannot tell', async () => {
    const world = new World({ label: { text: 'jewels' } });
    const { run } = scene({ world });
    await run(kept);
    world.box = null;
    world.lastKnown = async () => {
      throw new Error('nobody was to be asked');
    };
    await run(lidClosed);
    expect(await run(kept)).toMatchObject([{ outcome: 'remediated' }]);
    const stranger = new World(null);
    let asked = 0;
    stranger.lastKnown = async () => {
      asked++;
      return null;
    };
    await scene({ world: stranger }).run(lidClosed);
    expect(asked).toBe(0);
  });

  test('is remembered whole where each event concerns only some of its controls', async () => {
    const other: AnyControl = {
      ...kept,
      id: 'box-kept-closed',
      needs: ['lid'],
      lastKnown: ['lid'],
      evaluate: () => compliant('Closed.'),
    };
    const { run, ledger } = scene();
    await run(other);
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual(GOOD);
  });

  test('is not forgotten where its deletion is called right', async () => {
    const indifferent: AnyControl = {
      ...kept,
      whenDeleted: { evaluate: () => compliant('So be it.'), plan: () => [] },
    };
    const world = new World();
    const { run, ledger } = scene({ world });
    await run(indifferent);
    const { lastKnown } = (await ledger.load(KEY)).state;
    world.box = null;
    expect(await run(indifferent)).toMatchObject([{ outcome: 'compliant' }]);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual(lastKnown);
  });

  test('has failed where its good state cannot be kept', async () => {
    const { run } = scene({ breaks: (_call, method) => method === 'write' });
    expect(await run(kept)).toMatchObject([{ outcome: 'failed', error: expect.stringMatching(/LedgerDown/) }]);
  });
});
