import { createHash } from 'node:crypto';
import { MODES, type Mode } from '../control.ts';
import { defaultParameters } from './defaults.ts';
import { madeBy } from './made-by.ts';
import { fits, milliseconds } from './patterns.ts';
import type { Configurable, MatchRule, Place, Policy, PolicyDocument } from './policy.ts';

/** What holds where policy.yml does not say. */
const DEFAULT_PER_HOUR = { control: 50, account: 500 };
const DEFAULT_LIMITS = { flap: { times: 3, within: '1h' }, approval: { within: '3d' } };

/** What holds by a validated policy.yml, or by the controls' recommendations where there is none (`null`). */
export function policyFrom(document: PolicyDocument | null): Policy {
  const { matches = [], exemptions = [], owners = {}, notify = {} } = document ?? {};
  const limits = { ...DEFAULT_LIMITS, ...document?.limits };
  return {
    version: document === null ? 'recommended' : hashOf(document),
    limits: {
      remediationsPerHour: perHour(document?.limits?.remediationsPerHour),
      flap: { times: limits.flap.times, within: milliseconds(limits.flap.within) },
      approval: milliseconds(limits.approval.within),
    },
    minimumSeverity: notify.minimumSeverity ?? 'INFORMATIONAL',
    exemptions,
    reach: (control, place) =>
      matches
        .filter(({ tags }) => tags !== undefined)
        .filter(({ tags: _, ...rule }) => holds(rule, control, { ...place, tags: null }))
        .map(({ mode }) => mode)
        .reduce(higher, modeOf(control, { ...place, tags: null }, document).mode),
    reachAnywhere: (control) =>
      matches
        .filter(({ controls }) => controls === undefined || controls.includes(control.id))
        .map(({ mode }) => mode)
        .reduce(higher, modeOf(control, NOWHERE, document).mode),
    settingsFor: (control, place) => ({
      ...modeOf(control, place, document),
      parameters: { ...defaultParameters(control), ...document?.controls?.[control.id]?.parameters },
    }),
    ownerOf: (tags) => ownerOf(tags, owners),
  };
}

/** A number holds for both. */
const perHour = (given: NonNullable<PolicyDocument['limits']>['remediationsPerHour'] = {}) =>
  typeof given === 'number' ? { control: given, account: given } : { ...DEFAULT_PER_HOUR, ...given };

const NOWHERE: Place = { ref: { resourceType: '', resourceId: '', accountId: '', region: '' }, arn: '', tags: null };

const higher = (a: Mode, b: Mode): Mode => (MODES.indexOf(a) > MODES.indexOf(b) ? a : b);

interface Chosen {
  readonly mode: Mode;
  readonly why: string;
}

/** The most specific mode. Where nobody names the control, a remediation that disrupts or destroys waits for approval. */
function modeOf(control: Configurable, place: Place, document: PolicyDocument | null): Chosen {
  const { chosen, named } = mostSpecific(control, place, document);
  const harmful = control.impact === 'disruptive' || control.impact === 'destructive';
  if (chosen.mode !== 'remediate' || !harmful || named) return chosen;
  return {
    mode: 'approve',
    why: `its remediation is ${control.impact}: it acts by itself only where policy.yml names it`,
  };
}

function mostSpecific(control: Configurable, place: Place, document: PolicyDocument | null) {
  const match = (document?.matches ?? [])
    .filter((rule) => holds(rule, control, place))
    .toSorted((a, b) => weightOf(b) - weightOf(a) || MODES.indexOf(a.mode) - MODES.indexOf(b.mode))[0];
  if (match !== undefined)
    return {
      chosen: { mode: match.mode, why: `policy.yml sets it to ${match.mode} where ${whereOf(match)}` },
      named: match.controls !== undefined,
    };
  const own = document?.controls?.[control.id]?.mode;
  if (own !== undefined) return { chosen: { mode: own, why: `policy.yml sets ${control.id} to ${own}` }, named: true };
  const general = document?.defaults?.mode;
  if (general !== undefined)
    return { chosen: { mode: general, why: `policy.yml sets every control to ${general}` }, named: false };
  const mode = control.recommendedMode;
  return { chosen: { mode, why: `the control recommends ${mode}` }, named: false };
}

/** True where every field that the rule gives fits. */
function holds(rule: MatchRule, control: Configurable, { ref, arn, tags }: Place): boolean {
  const { account, region, resource, controls } = rule;
  return (
    (controls === undefined || controls.includes(control.id)) &&
    (account === undefined || account === ref.accountId) &&
    (region === undefined || fits(region, ref.region)) &&
    (resource === undefined || fits(resource, arn) || fits(resource, ref.resourceId)) &&
    Object.entries(rule.tags ?? {}).every(([key, value]) => tags?.[key] !== undefined && fits(value, tags[key])) &&
    (rule.tags === undefined || tags !== null)
  );
}

/** A resource is more specific than tags, tags than a region, a region than an account; a rule that names controls is more specific than one that does not. */
const weightOf = ({ resource, tags, region, account, controls }: MatchRule) =>
  [controls, account, region, tags, resource].reduce(
    (sum, field, index) => sum + (field === undefined ? 0 : 2 ** index),
    0,
  );

/** Where a rule about modes holds, in words. */
export const whereOf = ({ account, region, tags, resource }: MatchRule) =>
  [
    account && `the account is ${account}`,
    region && `the region is ${region}`,
    ...Object.entries(tags ?? {}).map(([key, value]) => `tag ${key} is ${value}`),
    resource && `the resource is ${resource}`,
  ]
    .filter(Boolean)
    .join(' and ') || 'nothing else is said';

function ownerOf(tags: Readonly<Record<string, string>>, owners: NonNullable<PolicyDocument['owners']>): string | null {
  for (const [key, value] of Object.entries(owners.tags ?? {}))
    if (tags[key] !== undefined && fits(value, tags[key])) return `it carries the tag ${key}=${tags[key]}`;
  if (owners.infrastructureAsCode !== 'detect') return null;
  const made = madeBy(tags);
  return made === null ? null : `${made.tool} made it (tag ${made.tag}): change it there`;
}

const hashOf = (document: PolicyDocument) =>
  createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 12);
