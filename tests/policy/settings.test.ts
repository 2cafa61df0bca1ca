import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AnyControl, MODES, type Mode } from '../../shared/control.ts';
import { controls } from '../../shared/controls/index.ts';
import { lower } from '../../shared/engine/gates.ts';
import { defaultParameters } from '../../shared/policy/defaults.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';

const [sample] = controls;
if (sample === undefined) throw new Error('there is no control');
const REF = { resourceType: 'AWS::S3::Bucket', resourceId: 'b', accountId: '1', region: 'eu-west-1' };

const mode = fc.constantFrom(...MODES);
const control: fc.Arbitrary<AnyControl> = fc
  .record({ impact: fc.constantFrom('none', 'access', 'disruptive', 'destructive'), recommendedMode: mode })
  .map((part) => ({ ...sample, ...part }) as AnyControl);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const rank = (mode: Mode) => MODES.indexOf(mode);
const isHarmful = ({ impact }: AnyControl) => impact === 'disruptive' || impact === 'destructive';

const settings = (document: PolicyDocument | null, of: AnyControl) => policyFrom(document).settingsFor(of, REF);
const documentOf = (general: Mode | undefined, named: Mode | undefined, id: string): PolicyDocument => ({
  ...(general === undefined ? {} : { defaults: { mode: general } }),
  ...(named === undefined ? {} : { controls: { [id]: { mode: named } } }),
});

describe('the mode that holds', () => {
  test('is the one that policy.yml names for the control, whatever else it says and whatever the impact', () => {
    fc.assert(
      fc.property(control, maybe(mode), mode, (of, general, named) => {
        const { mode, why } = settings(documentOf(general, named, of.id), of);
        expect(mode).toBe(named);
        expect(why).toBe(`policy.yml sets ${of.id} to ${named}`);
      }),
    );
  });

  test('else the general one, else the recommended one; what disrupts or destroys waits for approval unless it is named', () => {
    fc.assert(
      fc.property(control, maybe(mode), (of, general) => {
        const wanted = general ?? of.recommendedMode;
        const { mode, why } = settings(documentOf(general, undefined, of.id), of);
        expect(mode).toBe(isHarmful(of) ? lower(wanted, 'approve') : wanted);
        expect(why).toContain(
          mode !== wanted ? of.impact : general === undefined ? 'recommends' : 'policy.yml sets every control',
        );
      }),
    );
  });

  test('is untouched by what policy.yml says of another control', () => {
    fc.assert(
      fc.property(control, maybe(mode), mode, (of, general, named) => {
        const alone = settings(documentOf(general, undefined, of.id), of);
        expect(settings(documentOf(general, named, 'another'), of)).toEqual(alone);
      }),
    );
  });

  test('without a policy.yml is what an empty one gives', () => {
    fc.assert(fc.property(control, (of) => expect(settings(null, of)).toEqual(settings({}, of))));
  });

  test('of a command only lowers it', () => {
    fc.assert(
      fc.property(mode, mode, (held, ceiling) => {
        expect(rank(lower(held, ceiling))).toBe(Math.min(rank(held), rank(ceiling)));
        expect(lower(held, ceiling)).toBe(lower(ceiling, held));
      }),
    );
  });
});

test('no control of the catalogue disrupts or destroys by itself: only where policy.yml names it', () => {
  for (const of of controls.filter(isHarmful))
    for (const document of [null, { defaults: { mode: 'remediate' } }] as const)
      expect(rank(settings(document, of).mode)).toBeLessThanOrEqual(rank('approve'));
});

describe('parameters', () => {
  test('are the control’s own, each overridden by the one that policy.yml gives', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b'), fc.integer()), (given) => {
        const spec = { description: '', type: 'integer', default: -1 } as const;
        const of = { ...sample, parameters: { a: spec, b: spec, c: spec } } as AnyControl;
        const { parameters } = settings({ controls: { [of.id]: { parameters: given } } }, of);
        expect(parameters).toEqual({ a: -1, b: -1, c: -1, ...given });
      }),
    );
  });

  test('of one control leave the others alone', () => {
    const [first, second] = controls as [AnyControl, AnyControl];
    const policy: PolicyDocument = { controls: { [first.id]: { parameters: { x: 1 } } } };
    expect(settings(policy, second).parameters).toEqual(defaultParameters(second));
  });
});

test('the version tells one policy from another, and is the same for the same', () => {
  fc.assert(
    fc.property(maybe(mode), maybe(mode), maybe(mode), maybe(mode), (a, b, c, d) => {
      const [one, other] = [documentOf(a, b, 'x'), documentOf(c, d, 'x')];
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(policyFrom(one).version === policyFrom(structuredClone(other)).version).toBe(same);
    }),
  );
  expect(policyFrom(null).version).not.toBe(policyFrom({}).version);
});
