import { describe, expect, test } from '@jest/globals';
import { MODES, type Mode } from '../../shared/control.ts';
import type { MatchRule, PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { lidClosed, locked } from '../support/fake-resource.ts';
import { control, modeIn, PLACE } from '../support/policy-place.ts';

const index = (mode: Mode) => MODES.indexOf(mode);

/** Rules that hold at PLACE, from the most specific on. */
const RULES: readonly (readonly [string, Omit<MatchRule, 'mode'>])[] = [
  ['a resource', { resource: 'box-1' }],
  ['tags', { tags: { env: 'prod' } }],
  ['a region', { region: 'eu-*' }],
  ['an account', { account: '111122223333' }],
  ['nothing', {}],
];

describe('the mode that holds', () => {
  test('is the control’s recommended one where somebody says that there is to be no policy', () => {
    for (const recommendedMode of MODES) expect(modeIn(null, {}, control({ recommendedMode }))).toBe(recommendedMode);
  });

  test.each<[string, PolicyDocument]>([
    ['nothing', {}],
    ['defaults without a mode', { defaults: {} }],
    ['nothing of this control', { controls: { [locked.id]: { mode: 'remediate' } } }],
    ['parameters of this control', { controls: { [lidClosed.id]: { parameters: { depth: 7 } } } }],
    ['something of another place', { matches: [{ region: 'us-*', mode: 'remediate' }] }],
    ['limits and owners', { limits: { remediationsPerHour: 1 }, owners: { infrastructureAsCode: 'remediate' } }],
  ])('is detect where policy.yml says %s', (_what, document) => {
    for (const recommendedMode of MODES) {
      const of = control({ recommendedMode });
      expect(modeIn(document, {}, of)).toBe('detect');
      expect(policyFrom(document).reach(of, PLACE)).toBe('detect');
    }
    expect(policyFrom({}).reachAnywhere(control())).toBe('detect');
  });

  test.each<[string, PolicyDocument]>([
    ['defaults', { defaults: { mode: 'recommended' } }],
    ['controls', { defaults: { mode: 'off' }, controls: { [lidClosed.id]: { mode: 'recommended' } } }],
    ['matches', { defaults: { mode: 'off' }, matches: [{ resource: 'box-1', mode: 'recommended' }] }],
  ])('`recommended` in %s is the control’s own', (_where, document) => {
    for (const recommendedMode of MODES) {
      const of = control({ recommendedMode });
      expect(modeIn(document, {}, of)).toBe(recommendedMode);
      expect(policyFrom(document).reach(of, PLACE)).toBe(recommendedMode);
      expect(policyFrom(document).reachAnywhere(of)).toBe(recommendedMode);
    }
  });

  test('`recommended` is a mode like others: of equals the lower one, by tags only where they fit', () => {
    const equals: PolicyDocument = { matches: [{ mode: 'recommended' }, { mode: 'approve' }] };
    expect(modeIn(equals, {}, control({ recommendedMode: 'remediate' }))).toBe('approve');
    expect(modeIn(equals, {}, control({ recommendedMode: 'detect' }))).toBe('detect');
    const tagged = policyFrom({ matches: [{ tags: { env: 'prod' }, mode: 'recommended' }] });
    expect(tagged.settingsFor(control(), { ...PLACE, tags: {} }).mode).toBe('detect');
    expect(tagged.reach(control(), PLACE)).toBe('remediate');
  });

  test('is the default, then the control’s own, then a rule’s', () => {
    const defaults = { mode: 'detect' } as const;
    const controls = { [lidClosed.id]: { mode: 'approve' } } as const;
    expect(modeIn({ defaults })).toBe('detect');
    expect(modeIn({ defaults, controls: { other: { mode: 'off' } } })).toBe('detect');
    expect(modeIn({ defaults, controls: { [lidClosed.id]: { parameters: {} } } })).toBe('detect');
    expect(modeIn({ defaults, controls })).toBe('approve');
    expect(modeIn({ defaults, controls, matches: [{ mode: 'off' }] })).toBe('off');
  });

  const pairs = RULES.flatMap(([a, first], at) =>
    RULES.slice(at + 1).map(([b, second]) => [a, b, first, second] as const),
  );
  test.each(pairs)('by %s is more specific than by %s, whichever comes first and is lower', (_a, _b, first, second) => {
    for (const [mine, other] of [
      ['off', 'remediate'],
      ['remediate', 'off'],
    ] as const) {
      const rules = [
        { ...first, mode: mine },
        { ...second, mode: other },
      ];
      expect(modeIn({ matches: rules })).toBe(mine);
      expect(modeIn({ matches: rules.toReversed() })).toBe(mine);
    }
  });

  test('by a resource is more specific than by all the others together', () => {
    const all = { tags: { env: 'prod' }, region: 'eu-west-1', account: '111122223333', controls: [lidClosed.id] };
    expect(
      modeIn({
        matches: [
          { ...all, mode: 'off' },
          { resource: 'box-1', mode: 'approve' },
        ],
      }),
    ).toBe('approve');
    expect(
      modeIn({
        matches: [
          { resource: 'box-1', mode: 'approve' },
          { ...all, resource: '*', mode: 'off' },
        ],
      }),
    ).toBe('off');
  });

  test('of equals is the lower one', () => {
    for (const [, rule] of RULES)
      for (const a of MODES)
        for (const b of MODES)
          expect(
            index(
              modeIn({
                matches: [
                  { ...rule, mode: a },
                  { ...rule, mode: b },
                ],
              }),
            ),
          ).toBe(Math.min(index(a), index(b)));
  });

  test('by a rule that names controls is that of these alone, and before one that names none', () => {
    const matches: readonly MatchRule[] = [
      { region: 'eu-*', mode: 'approve' },
      { region: 'eu-*', controls: [lidClosed.id], mode: 'remediate' },
    ];
    expect(modeIn({ matches })).toBe('remediate');
    expect(modeIn({ matches }, {}, control({ id: locked.id }))).toBe('approve');
  });

  test.each<[string, Omit<MatchRule, 'mode'>]>([
    ['account', { account: '999999999999' }],
    ['account pattern', { account: '1*' }],
    ['region', { region: 'us-*' }],
    ['tag', { tags: { env: 'test' } }],
    ['one of two tags', { tags: { env: 'prod', team: 'data' } }],
    ['tag that is not there', { tags: { owner: '*' } }],
    ['resource', { resource: 'box-2' }],
    ['ARN', { resource: 'arn:aws:box:::other*' }],
    ['control', { controls: [locked.id] }],
    ['one of several fields', { region: 'eu-west-1', resource: 'box-2' }],
  ])('is not that of a rule whose %s does not fit', (_what, rule) => {
    expect(modeIn({ defaults: { mode: 'remediate' }, matches: [{ ...rule, mode: 'off' }] })).toBe('remediate');
  });

  test.each<[string, Omit<MatchRule, 'mode'>]>([
    ['the id', { resource: 'box-*' }],
    ['the ARN', { resource: 'arn:aws:box:::*' }],
    ['every tag', { tags: { env: 'pr*', team: 'web' } }],
  ])('is that of a rule that fits %s', (_what, rule) => {
    expect(modeIn({ matches: [{ ...rule, mode: 'off' }] })).toBe('off');
  });

  test('is not that of a rule about tags where they were not read', () => {
    const matches: readonly MatchRule[] = [{ tags: { env: 'prod' }, mode: 'off' }];
    expect(modeIn({ defaults: { mode: 'remediate' }, matches }, { tags: null })).toBe('remediate');
  });

  test('is said with its reason', () => {
    const why = (document: PolicyDocument | null, of = control()) => policyFrom(document).settingsFor(of, PLACE).why;
    expect(why(null)).toBe('the control recommends remediate');
    expect(why({ defaults: { mode: 'detect' } })).toBe('policy.yml sets every control to detect');
    expect(why({ controls: { [lidClosed.id]: { mode: 'off' } } })).toBe(`policy.yml sets ${lidClosed.id} to off`);
    expect(why({ matches: [{ tags: { env: 'prod' }, resource: 'box-*', mode: 'approve' }] })).toBe(
      'policy.yml sets it to approve where tag env is prod and the resource is box-*',
    );
    expect(why({})).toBe('policy.yml sets no default: detect only');
    expect(why({ defaults: { mode: 'recommended' } })).toBe(
      'policy.yml sets every control to its recommended mode, remediate',
    );
    expect(why({ controls: { [lidClosed.id]: { mode: 'recommended' } } })).toBe(
      `policy.yml sets ${lidClosed.id} to its recommended mode, remediate`,
    );
    expect(why(null, control({ impact: 'destructive' }))).toMatch(/destructive/);
  });
});
