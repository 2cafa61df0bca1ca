import { MODES, type Mode } from '../control.ts';
import { hashOf } from '../hash.ts';
import { milliseconds } from '../time.ts';
import { defaultParameters } from './defaults.ts';
import { provisionedBy } from './infrastructure-as-code.ts';
import { fits } from './patterns.ts';
import type { Configurable, MatchRule, ModeSetting, NotifyRules, Place, Policy, PolicyDocument } from './policy.ts';

/** What holds where policy.yml does not say. */
const DEFAULT_PER_HOUR = { control: 50, account: 500 };
const DEFAULT_LIMITS = { flap: { times: 3, within: '1h' }, approval: { within: '3d' } };

/** What holds by a validated policy.yml; `{}` is one that says nothing, and then all is only detected. `null` is the explicit wish to go without one: each control's recommended mode. */
export function policyFrom(document: PolicyDocument | null): Policy {
  const { matches = [], exemptions = [], owners = {}, notify = {} } = document ?? {};
  const limits = { ...DEFAULT_LIMITS, ...document?.limits };
  return {
    version: document === null ? 'recommended' : hashOf(document).slice(0, 12),
    limits: {
      remediationsPerHour: perHour(document?.limits?.remediationsPerHour),
      flap: { times: limits.flap.times, within: milliseconds(limits.flap.within) },
      approval: milliseconds(limits.approval.within),
    },
    minimumSeverity: notify.minimumSeverity ?? 'INFORMATIONAL',
    notify: notifyRules(notify),
    exemptions,
    trusted: document?.trusted === undefined ? null : { accounts: [], organizations: [], ...document.trusted },
    slackApprovers: document?.slack?.approvers ?? [],
    reach: (control, place) =>
      matches
        .filter(({ tags }) => tags !== undefined)
        .filter(({ tags: _, ...rule }) => holds(rule, control, { ...place, tags: null }))
        .map(({ mode }) => modeFor(mode, control))
        .reduce(higher, modeOf(control, { ...place, tags: null }, document).mode),
    reachAnywhere: (control) =>
      matches
        .filter(({ controls }) => controls === undefined || controls.includes(control.id))
        .map(({ mode }) => modeFor(mode, control))
        .reduce(higher, modeOf(control, NOWHERE, document).mode),
    settingsFor: (control, place) => ({
      ...modeOf(control, place, document),
      parameters: { ...defaultParameters(control), ...document?.controls?.[control.id]?.parameters },
    }),
    checksNoPublicAccess: ({ id }) =>
      document?.controls?.[id]?.checkNoPublicAccess ?? document?.defaults?.checkNoPublicAccess ?? false,
    goesByTags: (control, place) =>
      owners.infrastructureAsCode === 'detect' ||
      Object.keys(owners.tags ?? {}).length > 0 ||
      matches.some(({ tags, ...rule }) => tags !== undefined && holds(rule, control, { ...place, tags: null })),
    modeGoesByTags: (control, place) =>
      matches.some(
        ({ tags, ...rule }) =>
          tags !== undefined &&
          holds(rule, control, { ...place, tags: null }) &&
          modeOfMatch(rule, control) !== modeOf(control, { ...place, tags: null }, document).mode,
      ),
    ownerOf: (tags) => ownerOf(tags, owners),
  };
}

function notifyRules(given: NonNullable<PolicyDocument['notify']>): NotifyRules {
  const { accountAlias = null, controlPages = null, routes = [], quietHours, reminders = {} } = given;
  const intervals = Object.entries(reminders).map(([severity, every]) => [severity, milliseconds(every)]);
  return {
    accountAlias,
    controlPages,
    routes: routes.map(({ controls = ['*'], regions = ['*'], minimumSeverity = 'INFORMATIONAL', name }) => ({
      name,
      minimumSeverity,
      fits: (controlId, region) =>
        (controlId === null || controls.some((pattern) => fits(pattern, controlId))) &&
        (region === null || regions.some((pattern) => fits(pattern, region))),
    })),
    quietHours: quietHours === undefined ? null : { minimumSeverity: 'CRITICAL', ...quietHours },
    reminders: Object.fromEntries(intervals),
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
  /** True where policy.yml names the control. */
  readonly named: boolean;
}

const modeFor = (setting: ModeSetting, { recommendedMode }: Configurable): Mode =>
  setting === 'recommended' ? recommendedMode : setting;

/** The most specific mode. Where policy.yml does not name the control, a disruptive or destructive remediation requires approval. */
function modeOf(control: Configurable, place: Place, document: PolicyDocument | null): Pick<Chosen, 'mode' | 'why'> {
  const { mode, why, named } = mostSpecific(control, place, document);
  if (withoutHarm(mode, control, named) === mode) return { mode, why };
  return {
    mode: 'approve',
    why: `its remediation is ${control.impact}: without approval only where policy.yml names the control`,
  };
}

function withoutHarm(mode: Mode, { impact }: Configurable, named: boolean): Mode {
  const harmful = impact === 'disruptive' || impact === 'destructive';
  return mode === 'remediate' && harmful && !named ? 'approve' : mode;
}

/** The mode that a control has where a rule of policy.yml holds and no other. */
export const modeOfMatch = (rule: MatchRule, control: Configurable): Mode =>
  withoutHarm(modeFor(rule.mode, control), control, rule.controls !== undefined);

function mostSpecific(control: Configurable, place: Place, document: PolicyDocument | null): Chosen {
  const chosen = (setting: ModeSetting, why: (mode: string) => string, named: boolean): Chosen => {
    const mode = modeFor(setting, control);
    return { mode, why: why(setting === 'recommended' ? `its recommended mode, ${mode}` : mode), named };
  };
  const rank = ({ mode }: MatchRule) => MODES.indexOf(modeFor(mode, control));
  const [match] = (document?.matches ?? [])
    .filter((rule) => holds(rule, control, place))
    .toSorted((a, b) => weightOf(b) - weightOf(a) || rank(a) - rank(b));
  if (match !== undefined)
    return chosen(
      match.mode,
      (mode) => `policy.yml sets it to ${mode} where ${whereOf(match)}`,
      match.controls !== undefined,
    );
  const own = document?.controls?.[control.id]?.mode;
  if (own !== undefined) return chosen(own, (mode) => `policy.yml sets ${control.id} to ${mode}`, true);
  const general = document?.defaults?.mode;
  if (general !== undefined) return chosen(general, (mode) => `policy.yml sets every control to ${mode}`, false);
  if (document === null) return chosen(control.recommendedMode, (mode) => `the control recommends ${mode}`, false);
  return chosen('detect', () => 'policy.yml sets no default: detect only', false);
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
    if (tags[key] !== undefined && fits(value, tags[key])) return `it has the tag ${key}=${tags[key]}`;
  if (owners.infrastructureAsCode !== 'detect') return null;
  const provisioned = provisionedBy(tags);
  return provisioned === null ? null : `it is managed by ${provisioned.tool} (tag ${provisioned.tag}): change it there`;
}
