import { describe, expect, test } from '@jest/globals';
import type { Impact, Mode } from '../../shared/control.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { lidClosed } from '../support/fake-resource.ts';
import { control, modeIn, PLACE } from '../support/policy-place.ts';

describe('a remediation that can do harm', () => {
  test.each<[Impact, Mode]>([
    ['none', 'remediate'],
    ['access', 'remediate'],
    ['disruptive', 'approve'],
    ['destructive', 'approve'],
  ])('of impact %s is at most %s where nobody names the control', (impact, most) => {
    const of = control({ impact });
    for (const document of [
      null,
      { defaults: { mode: 'remediate' } },
      { defaults: { mode: 'recommended' } },
      { matches: [{ resource: 'box-1', mode: 'remediate' }] },
      { matches: [{ resource: 'box-1', mode: 'recommended' }] },
      { controls: { [lidClosed.id]: { mode: 'remediate' } }, matches: [{ region: '*', mode: 'remediate' }] },
    ] as const)
      expect(modeIn(document, {}, of)).toBe(most);
    for (const mode of ['off', 'detect', 'approve'] as const) expect(modeIn({ defaults: { mode } }, {}, of)).toBe(mode);
    expect(modeIn({ controls: { [lidClosed.id]: { mode: 'remediate' } } }, {}, of)).toBe('remediate');
    expect(modeIn({ controls: { [lidClosed.id]: { mode: 'recommended' } } }, {}, of)).toBe('remediate');
    expect(modeIn({ matches: [{ controls: [lidClosed.id], mode: 'remediate' }] }, {}, of)).toBe('remediate');
  });
});

describe('owners', () => {
  const ownerOf = (tags: Readonly<Record<string, string>>, owners: PolicyDocument['owners']) =>
    policyFrom(owners === undefined ? {} : { owners }).ownerOf(tags);

  test('are those that policy.yml names by tags', () => {
    const owners = { tags: { team: 'platform', 'managed by': '*' } };
    expect(ownerOf({ team: 'platform' }, owners)).toContain('team=platform');
    expect(ownerOf({ 'managed by': '' }, owners)).toContain('managed by=');
    expect(ownerOf({ team: 'web' }, owners)).toBeNull();
    expect(ownerOf({ Team: 'platform' }, owners)).toBeNull();
    expect(ownerOf({ team: 'platform' }, undefined)).toBeNull();
  });

  test.each([
    [{ 'aws:cloudformation:stack-name': 'web' }, 'CloudFormation'],
    [{ 'aws:cloudformation:stack-id': 'arn:…' }, 'CloudFormation'],
    [{ terraform: 'true' }, 'Terraform'],
    [{ Terraform: 'x' }, 'Terraform'],
    [{ 'managed-by': 'Terraform' }, 'Terraform'],
    [{ ManagedBy: 'terraform' }, 'Terraform'],
    [{ managed_by: 'terraform' }, 'Terraform'],
    [{ ManagedBy: 'Pulumi' }, 'Pulumi'],
  ])('are tools, by %j, where policy.yml says so', (tags, tool) => {
    expect(ownerOf(tags, { infrastructureAsCode: 'detect' })).toContain(tool);
    expect(ownerOf(tags, { infrastructureAsCode: 'remediate' })).toBeNull();
    expect(ownerOf(tags, {})).toBeNull();
  });

  test('are not guessed from other tags', () => {
    const others: readonly Readonly<Record<string, string>>[] = [
      {},
      { 'managed-by': 'ann' },
      { Name: 'terraform' },
      { 'my-terraform': 'x' },
    ];
    for (const tags of others) expect(ownerOf(tags, { infrastructureAsCode: 'detect' })).toBeNull();
  });
});

test.each<[PolicyDocument, boolean]>([
  [{}, false],
  [{ owners: {} }, false],
  [{ owners: { tags: {} } }, false],
  [{ owners: { tags: { team: 'data' } } }, true],
  [{ owners: { infrastructureAsCode: 'detect' } }, true],
  [{ matches: [{ region: 'eu-west-1', mode: 'off' }] }, false],
  [{ matches: [{ tags: { a: 'b' }, mode: 'off' }] }, true],
  [{ matches: [{ tags: { a: 'b' }, region: 'us-east-1', mode: 'off' }] }, false],
  [{ matches: [{ tags: { a: 'b' }, controls: ['another'], mode: 'off' }] }, false],
])('%j goes by tags: %s', (document, expected) => {
  expect(policyFrom(document).goesByTags(control(), PLACE)).toBe(expected);
});

test.each<[PolicyDocument, boolean]>([
  [{}, false],
  [{ owners: { tags: { team: 'data' } } }, false],
  [{ matches: [{ tags: { a: 'b' }, mode: 'off' }] }, true],
  [{ matches: [{ tags: { a: 'b' }, mode: 'detect' }] }, false],
  [{ defaults: { mode: 'off' }, matches: [{ tags: { a: 'b' }, mode: 'detect' }] }, true],
  [{ matches: [{ tags: { a: 'b' }, region: 'us-east-1', mode: 'off' }] }, false],
])('the mode of %j goes by tags: %s', (document, expected) => {
  expect(policyFrom(document).modeGoesByTags(control(), PLACE)).toBe(expected);
});

test('a detection has modes as a control has, and no parameters', () => {
  const detection = { id: 'box-opened', recommendedMode: 'detect' } as const;
  const settings = (document: PolicyDocument | null) => policyFrom(document).settingsFor(detection, PLACE);
  expect(settings(null)).toMatchObject({ mode: 'detect', parameters: {} });
  expect(settings({})).toMatchObject({ mode: 'detect', parameters: {} });
  expect(settings({ defaults: { mode: 'recommended' } })).toMatchObject({ mode: 'detect' });
  expect(settings({ controls: { 'box-opened': { mode: 'off' } } })).toMatchObject({ mode: 'off' });
  expect(settings({ matches: [{ controls: ['box-opened'], mode: 'off' }] })).toMatchObject({ mode: 'off' });
});

test.each<[PolicyDocument | null, boolean]>([
  [null, false],
  [{}, false],
  [{ defaults: { mode: 'remediate' } }, false],
  [{ defaults: { checkNoPublicAccess: true } }, true],
  [{ controls: { [lidClosed.id]: { checkNoPublicAccess: true } } }, true],
  [{ controls: { another: { checkNoPublicAccess: true } } }, false],
  [{ defaults: { checkNoPublicAccess: true }, controls: { [lidClosed.id]: { mode: 'detect' } } }, true],
  [{ defaults: { checkNoPublicAccess: true }, controls: { [lidClosed.id]: { checkNoPublicAccess: false } } }, false],
])('%j asks Access Analyzer before a public policy is edited: %s', (document, expected) => {
  expect(policyFrom(document).checksNoPublicAccess(control())).toBe(expected);
});

test('parameters are the control’s own where policy.yml says nothing else', () => {
  const of = (document: PolicyDocument | null) => policyFrom(document).settingsFor(control(), PLACE).parameters;
  expect(of(null)).toEqual({ depth: 1 });
  expect(of({ controls: { [lidClosed.id]: { parameters: { depth: 7 } } } })).toEqual({ depth: 7 });
  expect(of({ controls: { other: { parameters: { depth: 7 } } } })).toEqual({ depth: 1 });
});

test('limits have defaults, each for itself, and durations are milliseconds', () => {
  expect(policyFrom(null).limits).toEqual({
    remediationsPerHour: { control: 50, account: 500 },
    flap: { times: 3, within: 3_600_000 },
    approval: 259_200_000,
  });
  const limits = { flap: { times: 5, within: '2d' } };
  expect(policyFrom({ limits }).limits).toEqual({
    remediationsPerHour: { control: 50, account: 500 },
    flap: { times: 5, within: 172_800_000 },
    approval: 259_200_000,
  });
  const perHour = (remediationsPerHour: number | { readonly control?: number; readonly account?: number }) =>
    policyFrom({ limits: { remediationsPerHour } }).limits.remediationsPerHour;
  expect(perHour(20)).toEqual({ control: 20, account: 20 });
  expect(perHour({ control: 20 })).toEqual({ control: 20, account: 500 });
  expect(perHour({ account: 20 })).toEqual({ control: 50, account: 20 });
});

test('the version is the same for the same settings and another for others', () => {
  const versions = [null, {}, { defaults: { mode: 'off' } }, { defaults: { mode: 'detect' } }] as const;
  expect(new Set(versions.map((document) => policyFrom(document).version)).size).toBe(versions.length);
  for (const document of versions)
    expect(policyFrom(structuredClone(document)).version).toBe(policyFrom(document).version);
});

test('with whom may be shared is null where nobody says it, and nobody is added to what is said', () => {
  for (const document of [null, {}, { defaults: { mode: 'remediate' } }] as const)
    expect(policyFrom(document).trusted).toBeNull();
  expect(policyFrom({ trusted: {} }).trusted).toEqual({ accounts: [], organizations: [] });
  expect(policyFrom({ trusted: { accounts: ['111122223333'] } }).trusted).toEqual({
    accounts: ['111122223333'],
    organizations: [],
  });
});
