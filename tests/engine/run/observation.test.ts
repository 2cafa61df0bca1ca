import { describe, expect, test } from '@jest/globals';
import { type AnyControl, compliant, nonCompliant } from '../../../shared/control.ts';
import {
  evaluate,
  guarded,
  type Observation,
  observe,
  readMore,
  stateOf,
} from '../../../shared/engine/run/observation.ts';
import { type Facet, Foreign, Gone, Unreadable, UnreadableError } from '../../../shared/resource.ts';
import { testEngine } from '../../support/engine.ts';
import { box, GOOD, kept, lidClosed, locked, named, REF, subjectOf, World } from '../../support/fake-resource.ts';

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
    expect(await observed(world, ['lid', 'label', 'lid'])).toMatchObject({
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
      grants: {},
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

  test('reads what is the same for a region with the clients that keep its answers, where there are any', async () => {
    const facet = { grants: {}, read: async (aws: unknown) => aws } as unknown as Facet<unknown>;
    const resource = { ...box, facets: { own: facet, listed: { ...facet, regional: true as const } } };
    const engine = testEngine((region) => new World().aws(region));
    const kept = new World().aws(REF.region);
    const read = async (given: object) =>
      (await observe({ resource, ref: REF, controls: [] }, ['own', 'listed'], { ...engine, ...given })).facets;
    const { own, listed } = await read({ regionalAws: () => kept });
    expect([own === kept, listed === kept]).toEqual([false, true]);
    const alone = await read({});
    expect(alone.listed).toBe(alone.own);
  });

  test('does not read again what is known, be it null', async () => {
    const world = new World();
    expect(await observed(world, ['lid', 'label'], { label: null })).toMatchObject({
      facets: { lid: GOOD.lid, label: null },
    });
    expect(world.log).toEqual(['read lid']);
  });

  test('keeps what could not be read apart, as a value that says why', async () => {
    const world = new World();
    const error = named('AccessDenied', 'no');
    world.errors.set('lock', error);
    const { gone, facets, unreadable } = await observed(world, ['lid', 'lock']);
    expect({ gone, facets }).toEqual({ gone: false, facets: { lid: GOOD.lid } });
    expect(unreadable).toEqual({ lock: expect.any(Unreadable) });
    expect(unreadable.lock?.unreadable).toBe('could not read lock of box-1: AccessDenied: no');
    expect(unreadable.lock?.error.cause).toBe(error);
  });

  test('knows that a resource is gone by the error that the service gives for it or that its read throws, and by no other', async () => {
    expect(await observed(new World(null), ['lid', 'lock'])).toMatchObject({ gone: true, facets: {} });
    for (const error of [named('NoSuchBox'), new Gone('no box answers to that')]) {
      const half = new World();
      half.errors.set('lock', error);
      expect(await observed(half, ['lid', 'lock'])).toMatchObject({ gone: true });
    }
    const unread = new World();
    unread.errors.set('lid', named('NoSuchBox')).set('lock', named('AccessDenied'));
    expect(await observed(unread, ['lid', 'lock'])).toMatchObject({ gone: true });
    const other = new World();
    other.errors.set('lock', new Error('NoSuchBox'));
    expect(await observed(other, ['lock'])).toMatchObject({ gone: false });
  });

  test('of a resource that another account owns evaluates nothing, whatever else was read', async () => {
    const theirs = new World();
    theirs.errors.set('lock', new Foreign('It is theirs.'));
    const seen = await observed(theirs, ['lid', 'lock']);
    expect(seen).toMatchObject({ gone: false, foreign: 'It is theirs.' });
    const { evaluation, state } = evaluate(lidClosed, { ref: REF }, seen, {} as never);
    expect({ ...evaluation, state }).toMatchObject({
      complianceType: 'NOT_APPLICABLE',
      annotation: 'It is theirs.',
      state: null,
    });
  });

  test('freezes what it has read, dates, bytes and circles included', async () => {
    const circle: Record<string, unknown> = { when: NOW, bytes: new Uint8Array([1]), list: [{ deep: {} }] };
    circle.self = circle;
    const facets = { circle: { grants: {}, read: async () => circle } };
    const engine = testEngine((region) => new World().aws(region));
    const seen = await observe({ resource: { ...box, facets }, ref: REF, controls: [] }, ['circle'], engine);
    expect(seen.unreadable).toEqual({});
    expect(Object.isFrozen((circle.list as { deep: object }[])[0]?.deep)).toBe(true);
    expect(Object.isFrozen(circle)).toBe(true);
  });

  test('freezes what a listing knew, too', async () => {
    const { facets } = await observed(new World(), ['label'], { label: { text: 'known' } });
    expect(Object.isFrozen(facets.label)).toBe(true);
  });

  test('asks AWS the same thing once for all facets of a round, and again in the next', async () => {
    let asked = 0;
    class GetBoxCommand {
      readonly input = {};
    }
    class Client {}
    const aws = () => () => ({ send: async () => ({ answer: ++asked }) });
    const reading: Facet<unknown> = {
      grants: {},
      read: async (of) => (of(Client) as { send(command: object): Promise<object> }).send(new GetBoxCommand()),
    };
    const resource = { ...box, facets: { a: reading, b: reading } };
    const subject = { resource, ref: REF, controls: [] };
    const engine = testEngine(aws as never);
    expect(await observe(subject, ['a', 'b'], engine)).toMatchObject({
      facets: { a: { answer: 1 }, b: { answer: 1 } },
    });
    expect(await observe(subject, ['a'], engine)).toMatchObject({ facets: { a: { answer: 2 } } });
  });
});

describe('readMore', () => {
  test('reads what is missing, in the same round', async () => {
    const world = new World();
    world.errors.set('lock', named('AccessDenied'));
    const first = await observed(world, ['lid', 'lock']);
    world.log.length = 0;
    const more = await readMore(subjectOf(lidClosed), ['lid', 'lock', 'label'], first);
    expect(world.log).toEqual(['read label']);
    expect(more).toMatchObject({ gone: false, facets: { lid: GOOD.lid, label: GOOD.label } });
    expect(more.unreadable).toEqual(first.unreadable);
    expect(more.aws).toBe(first.aws);
    expect(first.facets).not.toHaveProperty('label');
  });

  test('that finds the resource gone says so, and one that was gone stays so', async () => {
    const world = new World();
    const first = await observed(world, ['lid']);
    world.box = null;
    const gone = await readMore(subjectOf(lidClosed), ['lock'], first);
    expect(gone).toMatchObject({ gone: true, facets: { lid: GOOD.lid } });
    world.box = GOOD;
    expect(await readMore(subjectOf(lidClosed), ['label'], gone)).toMatchObject({ gone: true });
  });
});

describe('evaluate', () => {
  const aws = undefined as never;
  const whole: Observation = {
    gone: false,
    facets: { lid: GOOD.lid, label: GOOD.label, lock: GOOD.lock },
    unreadable: {},
    aws,
  };
  const gone: Observation = { gone: true, facets: {}, unreadable: {}, aws };
  const evaluated = (control: AnyControl, observation: Observation, lastKnown: object | null = null) =>
    evaluate(control, { ref: REF }, observation, { parameters: { depth: 3 }, now: NOW, lastKnown });
  const unread = (name: string) => ({ [name]: new Unreadable(`${name} of box-1`, named('AccessDenied', 'no')) });

  test('gives the control its facets, its parameters, the time and what was last known', () => {
    const seen: unknown[] = [];
    const curious: AnyControl = {
      ...lidClosed,
      evaluate(...given: unknown[]) {
        seen.push(...given);
        return compliant('well');
      },
    };
    expect(evaluated(curious, whole, { lid: { open: true } })).toEqual({
      evaluation: compliant('well'),
      state: { lid: GOOD.lid, ref: REF },
      deleted: false,
    });
    expect(seen).toEqual([
      { lid: GOOD.lid, ref: REF },
      { parameters: { depth: 3 }, now: NOW, lastKnown: { lid: { open: true } } },
    ]);
  });

  test('has no evaluation that takes what could not be read, and says why', () => {
    const attempt = () => evaluated(lidClosed, { ...whole, facets: {}, unreadable: unread('lid') });
    expect(attempt).toThrow(UnreadableError);
    expect(attempt).toThrow(/could not read lid of box-1/);
    expect(evaluated(lidClosed, { ...whole, unreadable: unread('lock') })).toMatchObject({ deleted: false });
  });

  test('finds one readable part that is wrong enough, and needs every part to be compliant', () => {
    const lazy: AnyControl = {
      ...locked,
      evaluate: (state) => (state.lid.open || !state.lock.on ? nonCompliant('Not locked.') : compliant('Locked.')),
    };
    const half: Observation = { ...whole, facets: { lid: { open: true } }, unreadable: unread('lock') };
    expect(evaluated(lazy, half)).toMatchObject({
      evaluation: { complianceType: 'NON_COMPLIANT' },
      state: { lid: { open: true }, lock: expect.any(Unreadable) },
    });
    expect(() => evaluated(lazy, { ...half, facets: { lid: { open: false } } })).toThrow(UnreadableError);
  });

  test('does not apply to what is gone, unless its deletion is drift', () => {
    expect(evaluated(lidClosed, gone, { lid: { open: true } })).toMatchObject({
      evaluation: { complianceType: 'NOT_APPLICABLE' },
      state: null,
      deleted: true,
    });
    expect(evaluated(kept, gone)).toMatchObject({
      evaluation: { annotation: 'It was lost: nobody knows what was in it.' },
      state: { ref: REF },
      deleted: true,
    });
    expect(evaluated(kept, gone, { label: { text: 'jewels' } })).toMatchObject({
      evaluation: { annotation: 'It was lost: jewels.' },
      state: { label: { text: 'jewels' }, ref: REF },
      deleted: true,
    });
  });

  test('of what is gone sees the reference of today, not a remembered one', () => {
    const { state } = evaluated(kept, gone, { label: { text: 'jewels' }, ref: 'another' });
    expect(state).toMatchObject({ ref: REF });
    expect(Object.isFrozen(state)).toBe(true);
  });
});

describe('the state of facets', () => {
  test('holds those that it is asked for, unreadable ones as values, frozen', () => {
    const unreadable = { lock: new Unreadable('lock', 'no') };
    const state = stateOf(['lid', 'lock'], REF, {
      gone: false,
      facets: { ...GOOD },
      unreadable,
      aws: undefined as never,
    });
    expect(state).toEqual({ lid: GOOD.lid, lock: unreadable.lock, ref: REF });
    expect(Object.isFrozen(state)).toBe(true);
  });

  test('throws on the touch of an unreadable one only', () => {
    const state = guarded({ lid: GOOD.lid, lock: new Unreadable('lock', 'no') });
    expect(state.lid).toBe(GOOD.lid);
    expect(() => state.lock).toThrow(UnreadableError);
  });
});
