import type { AnyControl, AnyResource } from '../../shared/control.ts';
import { byResource } from '../../shared/engine/intake/route.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { readScopes, type Scope, scopesOf } from './scopes.ts';
import { filledIn, listsStatement, ownStatements, putEventsStatement, type Statement, sub } from './statements.ts';

/** All that a service's function may do: its own needs, the reads of what its enabled controls judge, and the writes of those that act. */
export function serviceStatements(
  service: string,
  controls: readonly AnyControl[],
  policy: PolicyDocument,
): readonly Statement[] {
  const { reachAnywhere } = policyFrom(policy);
  const enabled = controls.filter((control) => reachAnywhere(control) !== 'off');
  const acting = enabled.filter((control) => reachAnywhere(control) === 'remediate');
  // Controls that may write somewhere: before they do, they ask whose the resource is.
  const writing = enabled.filter((control) => ['approve', 'remediate'].includes(reachAnywhere(control)));
  return [
    ...ownStatements(service),
    listsStatement(),
    putEventsStatement(),
    ...reads(enabled, writing),
    ...writes(acting),
  ];
}

const within = ({ resources, condition }: Scope) => ({
  Resource: resources.length === 1 ? sub(resources[0] ?? '') : resources.map(sub),
  ...(condition === null ? {} : { Condition: filledIn(condition) }),
});

/** Reads of what the controls judge, look-ups of what events only hint at, what was last known of what is gone where its deletion is drift, and, of what may be written to, whose it is. */
function reads(enabled: readonly AnyControl[], writing: readonly AnyControl[]): readonly Statement[] {
  const owners = [...byResource(writing)].flatMap(([resource]) => resource.ownership?.actions ?? []);
  const guarded = enabled.filter(({ whenDeleted }) => whenDeleted !== undefined);
  const lost = [...byResource(guarded)].flatMap(([resource]) => resource.lastKnown?.actions ?? []);
  const found = [...byResource(enabled)].flatMap(([resource]) => resource.lookups ?? []);
  return readStatements([...judgingReads(enabled), ...found, ...owners, ...lost]);
}

/** The IAM actions by which controls list and read what they judge. */
export const judgingReads = (controls: readonly AnyControl[]): readonly string[] =>
  [...byResource(controls)].flatMap(([resource, own]) => readsOf(resource, own));

/** Statements for reads, each as narrow as IAM allows. */
export const readStatements = (actions: readonly string[]): readonly Statement[] =>
  readScopes(new Set(actions)).map(({ sid, what, actions, ...scope }) => ({
    Sid: sid,
    Effect: 'Allow',
    Action: actions,
    ...within(scope),
    why: `read ${what}`,
  }));

function readsOf(resource: AnyResource, controls: readonly AnyControl[]): readonly string[] {
  const facets = new Set<string>(controls.flatMap(({ needs }) => needs as string[]));
  return [...resource.actions, ...[...facets].flatMap((name) => resource.facets[name].actions)];
}

/** What one action may touch, under one condition, and the controls that ask for it. */
interface Write {
  readonly action: string;
  readonly scope: Scope;
  readonly controlId: string;
}

/** One statement for all actions that may be used in the same places under the same condition. */
function writes(acting: readonly AnyControl[]): readonly Statement[] {
  const all: readonly Write[] = acting.flatMap((control) =>
    scopesOf(control).map(([action, scope]) => ({ action, scope, controlId: control.id })),
  );
  const byAction = Map.groupBy(all, ({ action, scope }) => JSON.stringify([action, scope.condition]));
  const merged = [...byAction.values()].map((same) => ({
    action: same[0]?.action ?? '',
    controlIds: same.map(({ controlId }) => controlId),
    scope: {
      resources: [...new Set(same.flatMap(({ scope }) => scope.resources))].sort(),
      condition: same[0]?.scope.condition ?? null,
    },
  }));
  return [...Map.groupBy(merged, ({ scope }) => JSON.stringify(scope)).values()].map((group, index) => ({
    Sid: `Remediate${index + 1}`,
    Effect: 'Allow',
    Action: group.map(({ action }) => action).sort(),
    ...within(group[0]?.scope ?? { resources: [], condition: null }),
    why: `write, for ${[...new Set(group.flatMap(({ controlIds }) => controlIds))].sort().join(', ')}`,
  }));
}
