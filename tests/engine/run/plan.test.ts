import { describe, expect, test } from '@jest/globals';
import type { AnyControl, Context } from '../../../shared/control.ts';
import { evaluate, type Observation, readRelated } from '../../../shared/engine/run/observation.ts';
import { planNeeds, planOf } from '../../../shared/engine/run/plan.ts';
import { type Aws, type ResourceRef, Unreadable, UnreadableError } from '../../../shared/resource.ts';
import { closeLid, GOOD, kept, labelled, lidClosed, named, REF } from '../../support/fake-resource.ts';

const OPEN: Observation = {
  gone: false,
  facets: { lid: { open: true }, lock: GOOD.lock, label: GOOD.label },
  unreadable: {},
  aws: undefined as never,
};
const CONTEXT = { parameters: { depth: 3 }, now: new Date('2026-01-01T00:00:00Z'), lastKnown: null };
const planned = (control: AnyControl, observation: Observation = OPEN, context: object = CONTEXT) => {
  const given = { ...CONTEXT, ...context };
  return planOf(control, evaluate(control, { ref: REF }, observation, given), observation, given);
};
/** Plans from the lock, too. */
const careful = (plan: AnyControl['plan']): AnyControl => ({
  ...lidClosed,
  planNeeds: ['lock'],
  ...(plan === undefined ? {} : { plan }),
});

describe('a plan', () => {
  test('is made from what was evaluated, what only it needs, the parameters and the time', () => {
    const seen: unknown[] = [];
    const control = careful((...given: unknown[]) => {
      seen.push(...given);
      return [closeLid()];
    });
    const { steps, byHand, state } = planned(control);
    expect(seen).toEqual([{ lid: { open: true }, lock: GOOD.lock, ref: REF }, CONTEXT]);
    expect(steps).toMatchObject([{ elements: ['lid'] }]);
    expect({ byHand, state }).toEqual({ byHand: null, state: { lid: { open: true }, lock: GOOD.lock, ref: REF } });
  });

  test('sees the facets of other resources under its own names for them', async () => {
    const shelf = { grants: {}, read: async (_aws: Aws, _ref: ResourceRef, { parameters }: Context) => parameters };
    const broken = { grants: {}, read: () => Promise.reject(named('AccessDenied')) };
    const seen: unknown[] = [];
    const control = careful((state) => {
      seen.push((state as { shelf?: unknown }).shelf);
      return (state as { broken?: unknown }).broken === null ? [] : [closeLid()];
    });
    const standing: AnyControl = { ...control, related: { shelf, broken } };
    const twin: AnyControl = { ...standing, id: 'box-twin', related: { shelf } };
    const deeper = { ...CONTEXT, parameters: { depth: 4 } };
    const once = await readRelated(standing, REF, OPEN, CONTEXT);
    const twice = await readRelated(twin, REF, await readRelated(standing, REF, once, deeper), deeper);
    expect(() => planned(standing, twice)).toThrow('could not read broken of box-1');
    expect(planned(twin, twice).state).toMatchObject({ lid: { open: true }, shelf: { depth: 4 } });
    expect(seen).toEqual([{ depth: 3 }, { depth: 4 }]);
    expect(planned(control, twice).state).not.toHaveProperty('shelf');
  });

  test('is a person’s where the control says so, or has none', () => {
    expect(planned({ ...lidClosed, plan: () => ({ byHand: 'Ask the carpenter.' }) })).toMatchObject({
      steps: [],
      byHand: 'Ask the carpenter.',
    });
    expect(planned(labelled)).toMatchObject({ steps: [], byHand: null, state: { label: GOOD.label } });
  });

  test('cannot be made from what could not be read, and can without it', () => {
    const unreadable = { lock: new Unreadable('lock of box-1', named('AccessDenied')) };
    const blind: Observation = { ...OPEN, facets: { lid: { open: true } }, unreadable };
    expect(
      planned(
        careful(() => [closeLid()]),
        blind,
      ).steps,
    ).toHaveLength(1);
    expect(() =>
      planned(
        careful((state) => (state.lock.on ? [] : [])),
        blind,
      ),
    ).toThrow(UnreadableError);
  });

  test('of what was deleted is made from what was last known of it', () => {
    const gone: Observation = { ...OPEN, gone: true, facets: {} };
    const lastKnown = { label: { text: 'jewels' } };
    const { steps, state } = planned(kept, gone, { lastKnown });
    expect(steps.map(({ input }) => input)).toEqual([lastKnown, {}]);
    expect(state).toEqual({ ...lastKnown, ref: REF });
    const nothingKnown = { byHand: 'nobody knows what was in it', steps: [], state: { ref: REF } };
    expect(planned(kept, gone)).toEqual(nothingKnown);
  });
});

test('what only a plan needs is read for those that have one', () => {
  expect(planNeeds(careful(() => []))).toEqual(['lock']);
  expect(planNeeds(lidClosed)).toEqual([]);
  expect(planNeeds({ ...labelled, planNeeds: ['lock'] })).toEqual([]);
});
