import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Impact, MODES, type Mode } from '../../shared/control.ts';
import type { MatchRule, Place, PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { lidClosed, locked, REF } from '../support/fake-resource.ts';
import { control } from '../support/policy-place.ts';

const index = (mode: Mode) => MODES.indexOf(mode);

describe('whatever the policy and wherever the resource', () => {
  const mode = fc.constantFrom(...MODES);
  const setting = fc.constantFrom(...MODES, 'recommended' as const);
  const ids = [lidClosed.id, locked.id];
  const rule: fc.Arbitrary<MatchRule> = fc.record(
    {
      account: fc.constantFrom('111122223333', '444455556666'),
      region: fc.constantFrom('eu-*', 'us-east-1', '*'),
      tags: fc.dictionary(fc.constantFrom('env', 'team'), fc.constantFrom('prod', 'w*', '*'), { minKeys: 1 }),
      resource: fc.constantFrom('box-1', 'arn:aws:box:::*', '*', 'box-2'),
      controls: fc.subarray(ids, { minLength: 1 }),
      mode: setting,
    },
    { requiredKeys: ['mode'] },
  );
  const policies: fc.Arbitrary<PolicyDocument> = fc.record(
    {
      defaults: fc.record({ mode: setting }, { requiredKeys: [] }),
      controls: fc.dictionary(fc.constantFrom(...ids), fc.record({ mode: setting }, { requiredKeys: [] }), {}),
      matches: fc.array(rule, { maxLength: 5 }),
    },
    { requiredKeys: [] },
  );
  const places: fc.Arbitrary<Place> = fc
    .record({
      accountId: fc.constantFrom('111122223333', '444455556666'),
      region: fc.constantFrom('eu-west-1', 'us-east-1'),
      resourceId: fc.constantFrom('box-1', 'box-2', 'box-3'),
      tags: fc.option(fc.dictionary(fc.constantFrom('env', 'team', 'x'), fc.constantFrom('prod', 'web', '')), {
        nil: null,
      }),
    })
    .map(({ tags, ...ref }) => ({ ref: { ...REF, ...ref }, arn: `arn:aws:box:::${ref.resourceId}`, tags }));
  const controls = fc
    .record({
      id: fc.constantFrom(...ids),
      impact: fc.constantFrom<Impact>('none', 'access', 'disruptive', 'destructive'),
      recommendedMode: mode,
    })
    .map((given) => control(given));

  test('no tags let more be done than `reach` says, nor any place more than `reachAnywhere`', () => {
    fc.assert(
      fc.property(policies, places, controls, (document, place, of) => {
        const policy = policyFrom(document);
        const { tags: _, ...withoutTags } = place;
        const reach = policy.reach(of, withoutTags);
        expect(index(policy.settingsFor(of, place).mode)).toBeLessThanOrEqual(index(reach));
        expect(index(reach)).toBeLessThanOrEqual(index(policy.reachAnywhere(of)));
      }),
      { numRuns: 2000 },
    );
  });

  test('the order of rules does not matter', () => {
    fc.assert(
      fc.property(policies, places, controls, (document, place, of) => {
        const reversed = { ...document, matches: (document.matches ?? []).toReversed() };
        expect(policyFrom(reversed).settingsFor(of, place).mode).toBe(policyFrom(document).settingsFor(of, place).mode);
      }),
      { numRuns: 500 },
    );
  });

  test('what does harm acts by itself only where its control is named', () => {
    fc.assert(
      fc.property(policies, places, controls, (document, place, of) => {
        const harmful = of.impact === 'disruptive' || of.impact === 'destructive';
        if (!harmful || policyFrom(document).settingsFor(of, place).mode !== 'remediate') return;
        const names = [
          document.controls?.[of.id]?.mode,
          ...(document.matches ?? []).filter((given) => given.controls?.includes(of.id)).map((given) => given.mode),
        ];
        expect(names).toContainEqual(expect.stringMatching(/^re(mediate|commended)$/));
      }),
      { numRuns: 1000 },
    );
  });

  test('nothing is remediated, nor waits for an approval, where no setting that holds says so', () => {
    fc.assert(
      fc.property(policies, places, controls, (document, place, of) => {
        const settings = [
          document.defaults?.mode,
          document.controls?.[of.id]?.mode,
          ...(document.matches ?? []).map((rule) => rule.mode),
        ];
        const says = settings.map((given) => (given === 'recommended' ? of.recommendedMode : given));
        if (says.includes('remediate') || says.includes('approve')) return;
        expect(['off', 'detect']).toContain(policyFrom(document).settingsFor(of, place).mode);
        expect(['off', 'detect']).toContain(policyFrom(document).reachAnywhere(of));
      }),
      { numRuns: 1000 },
    );
  });
});
