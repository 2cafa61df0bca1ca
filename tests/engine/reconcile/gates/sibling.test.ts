import { describe, expect, test } from '@jest/globals';
import type { Holder } from '../../../../shared/engine/reconcile/gates/gate.ts';
import { plannedElements } from '../../../../shared/engine/reconcile/gates/sibling.ts';
import { boxScene } from '../../../support/box-run.ts';
import { type Box, lidClosed, named, shut, World, withSeverity } from '../../../support/fake-resource.ts';
import { EXEMPTION, refusalOf } from '../../../support/gate-scene.ts';

describe('a sibling control that finds the same', () => {
  const holder = (rest: Partial<Holder> = {}): Holder => ({
    control: withSeverity(lidClosed, 'box-sibling', 'CRITICAL'),
    exemption: EXEMPTION,
    elements: ['lid'],
    ...rest,
  });

  test.each<[string, Holder, string | null]>([
    [
      'is exempt',
      holder(),
      'Not remediated: box-sibling, which reports the same drift, is exempt until 2026-01-01 (bob).',
    ],
    [
      'has to be asked about',
      holder({ exemption: null }),
      'Not remediated: box-sibling, which reports the same drift, requires approval.',
    ],
    [
      'may find the same',
      holder({ elements: null }),
      'Not remediated: box-sibling, which may report the same drift (it could not be evaluated), is exempt until 2026-01-01 (bob).',
    ],
    ['finds another thing', holder({ elements: ['lock'] }), null],
    ['is less severe', holder({ control: withSeverity(lidClosed, 'box-sibling', 'HIGH') }), null],
    ['is the control itself', holder({ control: lidClosed }), null],
  ])('and %s', async (_what, given, reason) => {
    expect(await refusalOf({ holders: [given] })).toEqual(reason === null ? null : { outcome: 'detected', reason });
  });

  test('of those that a person has approved stops only what is exempt', async () => {
    expect(await refusalOf({ holders: [holder({ exemption: null })], approved: true })).toBeNull();
    expect(await refusalOf({ holders: [holder()], approved: true })).toMatchObject({ outcome: 'detected' });
  });
});

describe('the elements of a control', () => {
  const elements = async (box: Partial<Box>, control = lidClosed) => {
    const scene = boxScene(new World(box));
    return plannedElements(await scene.run([control]), control);
  };

  test('are those that its plan would change', async () => {
    expect(await elements({ lid: { open: true } })).toEqual(['lid']);
    expect(await elements({ lid: { open: true }, lock: { on: false } }, shut)).toEqual(['lid', 'lock']);
  });

  test('are none where nothing is wrong', async () => {
    expect(await elements({})).toEqual([]);
  });

  test('are unknown where the resource cannot be read', async () => {
    const scene = boxScene();
    scene.world.errors.set('lid', named('AccessDenied'));
    expect(plannedElements(await scene.run([lidClosed]), lidClosed)).toBeNull();
  });
});
