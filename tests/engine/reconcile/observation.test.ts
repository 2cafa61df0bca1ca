import { describe, expect, test } from '@jest/globals';
import { compliant } from '../../../shared/control.ts';
import { UnreadableStateError } from '../../../shared/engine/errors.ts';
import { judge, observe } from '../../../shared/engine/reconcile/observation.ts';
import type { Facet } from '../../../shared/resource.ts';
import { testEngine } from '../../support/engine.ts';
import { box, GOOD, kept, lidClosed, named, REF, subjectOf, World } from '../../support/fake-resource.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const observed = (world: World, names: string[], known?: object) =>
  observe(
    subjectOf(lidClosed),
    names,
    testEngine((region) => world.aws(region)),
    known as never,
  );

describe('observe', () => {
  test('reads what it is asked for and no more', async () => {
    const world = new World();
    expect(await observed(world, ['lid', 'label'])).toEqual({
      gone: false,
      facets: { lid: GOOD.lid, label: GOOD.label },
      unreadable: {},
    });
    expect(world.log).toEqual(['read lid', 'read label']);
  });

  test('reads in parallel', async () => {
    const started: string[] = [];
    let release = () => {};
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const facet = (name: string): Facet<string> => ({
      actions: [],
      async read() {
        started.push(name);
        if (started.length === 2) release();
        await all;
        return name;
      },
    });
    const resource = { ...box, facets: { a: facet('a'), b: facet('b') } };
    const engine = testEngine((region) => new World().aws(region));
    expect(await observe({ resource, ref: REF, controls: [] }, ['a', 'b'], engine)).toMatchObject({
      facets: { a: 'a', b: 'b' },
    });
  });

  test('does not read again what is known, be it null', async () => {
    const world = new World();
    expect(await observed(world, ['lid', 'label'], { label: null })).toMatchObject({
      facets: { lid: GOOD.lid, label: null },
    });
    expect(world.log).toEqual(['read lid']);
  });

  test('keeps apart what could not be read', async () => {
    const world = new World();
    const error = named('AccessDenied');
    world.errors.set('lock', error);
    expect(await observed(world, ['lid', 'lock'])).toEqual({
      gone: false,
      facets: { lid: GOOD.lid },
      unreadable: { lock: error },
    });
  });

  test('knows that a resource is gone by the error that the service gives for it, and by no other', async () => {
    expect(await observed(new World(null), ['lid', 'lock'])).toMatchObject({ gone: true, facets: {} });
    const half = new World();
    half.errors.set('lock', named('NoSuchBox'));
    expect(await observed(half, ['lid', 'lock'])).toMatchObject({ gone: true });
    const other = new World();
    other.errors.set('lock', new Error('NoSuchBox'));
    expect(await observed(other, ['lock'])).toMatchObject({ gone: false });
  });

  test('freezes what it has read, dates, bytes and circles included', async () => {
    const circle: Record<string, unknown> = { when: NOW, bytes: new Uint8Array([1]), list: [{ deep: {} }] };
    circle.self = circle;
    const facets = { circle: { actions: [], read: async () => circle } };
    const engine = testEngine((region) => new World().aws(region));
    const seen = await observe({ resource: { ...box, facets }, ref: REF, controls: [] }, ['circle'], engine);
    expect(seen.unreadable).toEqual({});
    expect(Object.isFrozen((circle.list as { deep: object }[])[0]?.deep)).toBe(true);
    expect(Object.isFrozen(circle)).toBe(true);
  });
});

describe('judge', () => {
  const whole = { gone: false, facets: { lid: GOOD.lid, label: GOOD.label, lock: GOOD.lock }, unreadable: {} };
  const gone = { gone: true, facets: {}, unreadable: {} };
  const verdict = (
    control: typeof lidClosed,
    observation: Parameters<typeof judge>[2],
    lastKnown: object | null = null,
  ) => judge(control, subjectOf(control), observation, lastKnown, { depth: 3 }, NOW);

  test('gives the control its facets, its parameters and the time', () => {
    const seen: unknown[] = [];
    const curious = {
      ...lidClosed,
      evaluate(...given: unknown[]) {
        seen.push(...given);
        return compliant('well');
      },
    };
    expect(verdict(curious, whole)).toEqual({
      evaluation: { complianceType: 'COMPLIANT', annotation: 'well' },
      state: { lid: GOOD.lid, ref: REF },
      deleted: false,
    });
    expect(seen).toEqual([{ lid: GOOD.lid, ref: REF }, { depth: 3 }, NOW]);
  });

  test('has no verdict on what could not be read, and says why', () => {
    const cause = named('AccessDenied', 'no');
    const attempt = () => verdict(lidClosed, { gone: false, facets: {}, unreadable: { lid: cause } });
    expect(attempt).toThrow(UnreadableStateError);
    expect(attempt).toThrow(/could not read lid of box-1: AccessDenied: no/);
    expect(verdict(lidClosed, { ...whole, unreadable: { lock: cause } })).toMatchObject({ deleted: false });
  });

  test('does not apply to what is gone, unless its deletion is drift', () => {
    expect(verdict(lidClosed, gone, { lid: { open: true } })).toMatchObject({
      evaluation: { complianceType: 'NOT_APPLICABLE' },
      state: null,
      deleted: true,
    });
    expect(verdict(kept, gone)).toMatchObject({
      evaluation: { complianceType: 'NON_COMPLIANT' },
      state: null,
      deleted: true,
    });
    expect(verdict(kept, gone, { label: { text: 'jewels' } })).toMatchObject({
      evaluation: { annotation: 'It was lost: jewels.' },
      state: { label: { text: 'jewels' }, ref: REF },
      deleted: true,
    });
  });
});
