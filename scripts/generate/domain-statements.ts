import type { AnyControl, AnyResource } from '../../shared/control.ts';
import type { Place, PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { Grants, RelatedFacets } from '../../shared/resource.ts';
import type { Domain } from '../../shared/service.ts';
import { actsUnder, type Content, enabledIn } from './content.ts';
import { facetsOf, triggersOf } from './patterns.ts';
import { divided } from './role-resources.ts';
import { readsIn, type Scope, type ScopedAction, undosOf, writesOf } from './scopes.ts';
import { filledIn, listsStatement, ownStatements, type Statement, sendStatement, sub } from './statements.ts';

/** Parameters hold for a control, wherever its resource is. */
const ANYWHERE: Place = { ref: { resourceType: '', resourceId: '', accountId: '', region: '' }, arn: '', tags: null };

/** How the statements are named that hold only in a deployment with the buttons of Slack. */
export const UNDO_SID = 'Undo';

/** All that a domain's function may do: its own needs, the reads of what its enabled controls evaluate, and the writes of those that act; where policy.yml names who may press a button, the undo of these too. */
export function domainStatements(domain: Domain, own: Content, policy: PolicyDocument): readonly Statement[] {
  const { settingsFor, checksNoPublicAccess, slackApprovers } = policyFrom(policy);
  const { controls: enabled } = enabledIn(own, policy);
  const acting = enabled.filter(actsUnder(policy));
  const needsOf = (actionsOf: typeof writesOf): readonly Need[] =>
    merged(
      acting.flatMap((control) =>
        actionsOf(control, settingsFor(control, ANYWHERE).parameters).map((one) => needOf(one, [control.id])),
      ),
    );
  const writes = needsOf(writesOf);
  const undos = slackApprovers.length === 0 ? [] : without(needsOf(undosOf), writes);
  return [
    ...ownStatements(domain),
    listsStatement(),
    sendStatement(domain),
    ...readStatements([
      ...evaluationReads(enabled),
      ...planReads(enabled),
      ...lookups(enabled),
      ...ownershipReads(enabled),
      ...secondOpinions(acting.filter(checksNoPublicAccess)),
    ]),
    ...writeStatements('Remediate', 'write', writes),
    ...writeStatements(UNDO_SID, 'undo, with the buttons of Slack only', undos),
  ].flatMap(divided);
}

const resourcesOf = (controls: readonly AnyControl[]): readonly AnyResource[] => [
  ...new Set(controls.map(({ resource }) => resource as AnyResource)),
];

const facetReads = ({ resource }: AnyControl, facets: readonly string[]): readonly Grants[] =>
  facets.map((name): Grants => resource.facets[name].grants);

/** The reads by which controls list, name and evaluate resources. */
export const evaluationReads = (controls: readonly AnyControl[]): readonly Grants[] => [
  ...resourcesOf(controls).map(({ grants }) => grants),
  ...controls.flatMap((control) => facetReads(control, control.needs)),
];

/** The further reads of their plans, which a finding shows also where the mode is detect. */
const planReads = (controls: readonly AnyControl[]): readonly Grants[] =>
  controls.flatMap((control) => [
    ...facetReads(control, facetsOf(control)),
    ...Object.values((control.related ?? {}) as RelatedFacets).map(({ grants }) => grants),
  ]);

/** The look-ups of what events only hint at, and of what was last known of what is gone where its deletion is drift. */
const lookups = (controls: readonly AnyControl[]): readonly Grants[] => [
  ...controls.flatMap(triggersOf).map(({ grants = {} }) => grants),
  ...resourcesOf(controls.filter(({ whenDeleted }) => whenDeleted !== undefined)).map(
    ({ lastKnown }) => lastKnown?.grants ?? {},
  ),
];

/** Whose a resource is: asked before it is written to, and named by what people are notified of. */
const ownershipReads = (controls: readonly AnyControl[]): readonly Grants[] =>
  resourcesOf(controls).map(({ ownership }) => ownership?.grants ?? {});

/** The check of policies that those of the controls edit which call them public. */
const secondOpinions = (checking: readonly AnyControl[]): readonly Grants[] =>
  checking.map(({ publicAccessCheck }) => publicAccessCheck?.grants ?? {});

/** One action in one kind of place, and what asks for it. */
interface Need {
  readonly action: string;
  readonly scope: Scope;
  readonly controlIds: readonly string[];
}

/** Statements for reads, the widest first. */
export function readStatements(grants: readonly Grants[]): readonly Statement[] {
  const needs = merged(grants.flatMap(readsIn).map((read) => needOf(read, [])));
  const isWide = ([need]: readonly Need[]) => need?.scope.resources.join() === '*' && need.scope.condition === null;
  const groups = byScope(needs).toSorted((a, b) => Number(isWide(b)) - Number(isWide(a)));
  return groups.map((group, index) => ({
    Sid: isWide(group) ? 'Read' : `Read${index + 1}`,
    ...allowed(group),
    why: isWide(group) ? 'read lists and account settings' : `read from ${servicesIn(group)}`,
  }));
}

/** Statements for the writes of controls, numbered from 1. */
const writeStatements = (name: string, does: string, needs: readonly Need[]): readonly Statement[] =>
  byScope(needs).map((group, index) => ({
    Sid: `${name}${index + 1}`,
    ...allowed(group),
    why: `${does}, for ${[...new Set(group.flatMap(({ controlIds }) => controlIds))].sort().join(', ')}`,
  }));

/** The needs that others do not cover already. */
function without(needs: readonly Need[], others: readonly Need[]): readonly Need[] {
  const covered = new Map(others.map((other) => [conditioned(other), other.scope.resources]));
  return needs.flatMap((need) => {
    const there = covered.get(conditioned(need)) ?? [];
    const resources = there.includes('*') ? [] : need.scope.resources.filter((one) => !there.includes(one));
    return resources.length === 0 ? [] : [{ ...need, scope: { ...need.scope, resources } }];
  });
}

const needOf = ([action, scope]: ScopedAction, controlIds: readonly string[]): Need => ({ action, scope, controlIds });

/** An action under its condition, wherever it is asked for. */
const conditioned = ({ action, scope }: Need): string => JSON.stringify([action, scope.condition]);

/** Each action once under each condition, in all places where it is asked for. */
function merged(needs: readonly Need[]): readonly Need[] {
  const same = Map.groupBy(needs, conditioned);
  return [...same.values()].map((all) => {
    const resources = [...new Set(all.flatMap(({ scope }) => scope.resources))].sort();
    return {
      action: all[0]?.action ?? '',
      controlIds: all.flatMap(({ controlIds }) => controlIds),
      scope: {
        resources: resources.includes('*') ? ['*'] : resources,
        condition: all[0]?.scope.condition ?? null,
      },
    };
  });
}

/** The actions that may be used in the same places under the same condition; in an order that does not depend on how they were found. */
const byScope = (needs: readonly Need[]): readonly (readonly Need[])[] =>
  [...Map.groupBy(needs, ({ scope }) => JSON.stringify(scope))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => group);

function allowed(group: readonly Need[]): Pick<Statement, 'Effect' | 'Action' | 'Resource' | 'Condition'> {
  const { resources, condition } = group[0]?.scope ?? { resources: [], condition: null };
  return {
    Effect: 'Allow',
    Action: group.map(({ action }) => action).sort(),
    Resource: resources.length === 1 ? sub(resources[0] ?? '') : resources.map(sub),
    ...(condition === null ? {} : { Condition: filledIn(condition) }),
  };
}

const servicesIn = (group: readonly Need[]) =>
  [...new Set(group.map(({ action }) => action.split(':')[0] ?? ''))].sort().join(', ');
