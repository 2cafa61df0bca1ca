import { describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant } from '../../../shared/control.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import {
  CAUSE,
  GOOD,
  kept,
  labelled,
  lidClosed,
  locked,
  named,
  REF,
  subjectOf,
  World,
  withSeverity,
} from '../../support/fake-resource.ts';
import { OPEN, scene, writes } from '../../support/reconcile-scene.ts';

describe('reading', () => {
  test('happens once for all controls', async () => {
    const { world, run } = scene();
    await run(lidClosed, locked, labelled, kept);
    expect(world.log.filter((line) => line.startsWith('read')).sort()).toEqual(['read label', 'read lid', 'read lock']);
  });

  test('that fails for one facet fails only the controls that need it', async () => {
    const world = new World({ ...OPEN, label: { text: '' } });
    world.errors.set('lock', named('AccessDenied', 'not for you'));
    const { run, notified } = scene({ world });
    const results = await run(lidClosed, locked, labelled);
    expect(results).toMatchObject([
      { controlId: 'box-lid-closed', outcome: 'remediated' },
      {
        controlId: 'box-locked',
        outcome: 'failed',
        before: null,
        after: null,
        steps: [],
        error: 'UnreadableError: could not read lock of box-1 (AccessDenied: not for you)',
      },
      { controlId: 'box-labelled', outcome: 'detected' },
    ]);
    expect(notified.map(({ result }) => result.outcome)).toEqual(['remediated', 'failed', 'detected']);
    expect(writes(world)).toEqual(['CloseLid']);
  });

  test('nothing at all is never compliant', async () => {
    const world = new World();
    world.errors.set('lid', named('InternalError'));
    world.errors.set('lock', named('InternalError'));
    const { run } = scene({ world });
    expect(await run(lidClosed, locked)).toMatchObject([
      { outcome: 'failed', before: null },
      { outcome: 'failed', before: null },
    ]);
  });

  test('from a listing is enough to see that all is well', async () => {
    const { world, engine } = scene();
    const results = await reconcile({ ...subjectOf(lidClosed), known: { lid: { open: false } } }, CAUSE, engine);
    expect(results).toMatchObject([{ outcome: 'compliant' }]);
    expect(world.log).toEqual(['ledger load']);
  });

  test('from a listing is never enough to act on', async () => {
    const { world, engine } = scene();
    const results = await reconcile({ ...subjectOf(lidClosed), known: { lid: { open: true } } }, CAUSE, engine);
    expect(results).toMatchObject([{ outcome: 'compliant' }]);
    expect(world.calls).toEqual([]);
  });
});

describe('the state that a control is given', () => {
  test('is frozen to the bottom, whoever read it', async () => {
    const meddler = (change: (state: { lid: { open: boolean }; ref: object }) => void): AnyControl => ({
      ...lidClosed,
      id: 'box-meddled-with',
      evaluate(state: never) {
        change(state);
        return compliant('I have seen to it.');
      },
    });
    const { run, world } = scene({ world: new World(OPEN), mode: 'detect' });
    for (const change of [
      (state: { lid: { open: boolean } }) => {
        state.lid.open = false;
      },
      (state: object) => {
        Object.assign(state, { lid: { open: false } });
      },
    ]) {
      const results = await run({ ...meddler(change), severity: 'CRITICAL' }, withSeverity(lidClosed, 'box-x', 'LOW'));
      expect(results).toMatchObject([
        { outcome: 'failed', error: expect.stringMatching(/^TypeError/) },
        { outcome: 'detected' },
      ]);
    }
    expect(world.box).toEqual({ ...GOOD, ...OPEN });
  });

  test('holds the facets it needs, which resource they are of, its parameters and the time, and no more', async () => {
    const seen: unknown[] = [];
    const curious: AnyControl = {
      ...lidClosed,
      evaluate(...given: unknown[]) {
        seen.push(given);
        return compliant('');
      },
    };
    await scene().run(curious, labelled);
    expect(seen).not.toEqual([]);
    for (const given of seen)
      expect(given).toEqual([
        { lid: { open: false }, ref: REF },
        { parameters: { depth: 1 }, now: expect.any(Date), lastKnown: null, home: 'eu-west-1' },
      ]);
  });
});

describe('a control that throws', () => {
  const oops = () => {
    throw new TypeError('oops');
  };
  test.each<[string, AnyControl, object]>([
    ['in evaluate', { ...lidClosed, evaluate: oops }, { before: null }],
    ['in plan', { ...lidClosed, plan: oops }, { before: 'NON_COMPLIANT', annotation: 'The lid is open.' }],
  ])('%s fails by itself', async (_name, broken, rest) => {
    const { world, run } = scene({ world: new World({ ...OPEN, label: { text: '' } }) });
    expect(await run(broken, labelled)).toMatchObject([
      { outcome: 'failed', error: 'TypeError: oops', after: null, steps: [], ...rest },
      { outcome: 'detected' },
    ]);
    expect(world.calls).toEqual([]);
  });
});
