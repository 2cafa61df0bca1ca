import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnyControl, Evaluation, Plan } from '../../../shared/control.ts';
import { defaultParameters } from '../../../shared/policy/defaults.ts';
import { type ResourceRef, UnreadableError } from '../../../shared/resource.ts';
import { type CallData, callOf, type Step } from '../../../shared/step.ts';
import { frozen } from '../frozen.ts';
import { REGION, SAMPLE_ACCOUNT } from '../samples.ts';
import { changed } from './changed.ts';

/** The parts of a resource that a call could touch, by names that stay the same while the part does. */
export type Parts = Readonly<Record<string, unknown>>;

/** What the predicate of a control calls for in a state; written a second time, another way than the control has it. */
export interface CalledFor {
  /** Whether anything is wrong. */
  readonly isDrift: boolean;
  /** The parts that may be changed or taken away. */
  readonly parts: readonly string[];
  /** Whether a person has to decide: then nothing at all may be written. */
  readonly isByHand?: boolean;
}

/** A small model of a resource: how it is in AWS, how it reads, what is wrong with it, what calls make of it. */
export interface Model<S> {
  readonly resourceId: string;
  readonly region?: string;
  readonly parameters?: object;
  readonly now?: Date;
  /** States that need nothing. */
  readonly good: fc.Arbitrary<S>;
  /** States of all kinds. */
  readonly any: fc.Arbitrary<S>;
  /** False for what AWS would not let be. */
  isPossible?(state: S): boolean;
  /** The facets, as the resource type reads them. */
  read(state: S, ref: ResourceRef): object;
  calledFor(state: S): CalledFor;
  partsOf(state: S): Parts;
  /** True where the plan may add the part. */
  mayAdd?(name: string, part: unknown): boolean;
  /** True where a part that is called for may become this. */
  mayBecome?(part: unknown, before: unknown): boolean;
  /** The state after a call. Throws for a call that the control has no reason to make. */
  apply(state: S, call: CallData): S;
  /** What else has to hold of the change, beyond the parts. */
  expectKept?(before: S, after: S): void;
  /** What calls are answered with, for undos. */
  readonly answer?: object;
}

const RUNS = 150;

/** Holds that a control does no harm: what is right needs nothing, one changed field leads to no write that the predicate does not call for, no plan touches what was right, a remediation is one, and an undo brings everything back. */
export function testHarmless<S>(control: AnyControl, model: Model<S>): void {
  const { now = new Date('2026-01-01T00:00:00Z'), isPossible = () => true } = model;
  const ref: ResourceRef = {
    resourceType: control.resource.type,
    resourceId: model.resourceId,
    accountId: SAMPLE_ACCOUNT,
    region: model.region ?? REGION,
  };
  const context = { parameters: { ...defaultParameters(control), ...model.parameters }, now, lastKnown: null };
  // As JSON has them: fast-check makes objects without a prototype.
  const [good, any] = [model.good, model.any].map((states) => states.map((state) => structuredClone(state))) as [
    fc.Arbitrary<S>,
    fc.Arbitrary<S>,
  ];
  const seen = { written: 0, drifts: 0 };

  const stateOf = (state: S) => frozen({ ...model.read(structuredClone(state), ref), ref });
  /** Whether the engine would plan: not for what it could not read, nor while AWS is at work. */
  const isToRemediate = (state: S): boolean => {
    try {
      const { complianceType, retryAfter }: Evaluation = control.evaluate(stateOf(state), context);
      return complianceType === 'NON_COMPLIANT' && retryAfter === undefined;
    } catch (error) {
      if (error instanceof UnreadableError) return false;
      throw error;
    }
  };
  const planned = (state: S): readonly Step[] => {
    const plan: Plan = control.plan?.(stateOf(state), context) ?? [];
    return 'byHand' in plan ? [] : plan;
  };
  const applied = (state: S, steps: readonly Step[]): S =>
    steps.reduce((before, step) => model.apply(structuredClone(before), callOf(step)), state);

  const check = (state: S) => {
    const { isDrift, parts, isByHand = false } = model.calledFor(state);
    expect([isToRemediate(state), state]).toEqual([isDrift, state]);
    if (!isDrift) return;
    seen.drifts += 1;
    const steps = planned(state);
    if (isByHand) expect(steps.map(callOf)).toEqual([]);
    if (steps.length === 0) return;
    seen.written += 1;
    const after = applied(state, steps);
    expectTouched(state, after, parts);
    model.expectKept?.(state, after);
    expect(isToRemediate(after)).toBe(false);
    const undo = steps.toReversed().flatMap((step) => step.undo?.(model.answer ?? {}) ?? []);
    expect(model.partsOf(applied(after, undo))).toEqual(model.partsOf(state));
  };

  const expectTouched = (before: S, after: S, parts: readonly string[]) => {
    const [was, is] = [model.partsOf(before), model.partsOf(after)];
    const touched = Object.keys(was).filter((name) => !(name in is) || !isDeepStrictEqual(is[name], was[name]));
    expect(touched.filter((name) => !parts.includes(name))).toEqual([]);
    const { mayBecome = () => true, mayAdd = () => false } = model;
    for (const name of touched) if (name in is) expect([name, mayBecome(is[name], was[name])]).toEqual([name, true]);
    const added = Object.entries(is).filter(([name]) => !(name in was));
    expect(added.filter(([name, part]) => !mayAdd(name, part))).toEqual([]);
  };

  const choices = fc.array(fc.nat(), { minLength: 16, maxLength: 16 });
  const said = Object.values(model.parameters ?? {}).length === 0 ? '' : ` with ${JSON.stringify(model.parameters)}`;

  describe(`${control.id}${said}`, () => {
    test('finds nothing in a good state', () => {
      fc.assert(
        fc.property(good, (state) => {
          expect(model.calledFor(state).isDrift).toBe(false);
          check(state);
        }),
        { numRuns: RUNS },
      );
    });

    test('writes nothing that the predicate does not call for after any change of one field', () => {
      fc.assert(
        fc.property(good, any, choices, (before, other, choice) => {
          const state = changed(before, other, choice);
          fc.pre(isPossible(state));
          check(state);
        }),
        { numRuns: 2 * RUNS },
      );
      expect(seen.drifts).toBeGreaterThan(0);
    });

    test('touches nothing that was right, remediates the rest, and undoes it, whatever else is wrong', () => {
      seen.written = 0;
      fc.assert(fc.property(any.filter(isPossible), check), { numRuns: 2 * RUNS });
      // What writes nothing proves nothing.
      expect(seen.written).toBeGreaterThan(RUNS / 10);
    });
  });
}
