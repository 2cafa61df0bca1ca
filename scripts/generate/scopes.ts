import type { AnyControl } from '../../shared/control.ts';
import type { Condition, Grant, Grants } from '../../shared/resource.ts';

/** Where an action may be used, and what IAM has to find in the request; `null` where the resources say it all. */
export interface Scope {
  readonly resources: readonly string[];
  readonly condition: Condition | null;
}

/** An action in one of the places where it may be used. */
export type ScopedAction = readonly [action: string, scope: Scope];

/** Actions whose requests carry no `aws:ResourceAccount`. Source: IAM User Guide, "AWS global condition context keys". */
const WITHOUT_RESOURCE_ACCOUNT = [
  'ec2:CopyFpgaImage',
  'ec2:CopyImage',
  'ec2:CopySnapshot',
  'ec2:CreateTransitGatewayPeeringAttachment',
  'ec2:CreateVolume',
  'ec2:CreateVpcPeeringConnection',
];

/** Nothing of another account, also where the ARN of a resource does not say whose it is. */
const IN_THIS_ACCOUNT = { StringEquals: { 'aws:ResourceAccount': '${AWS::AccountId}' } } as const;

/** A grant, read: its resources and its condition. */
export const given = (grant: Grant): { readonly resources: readonly string[]; readonly condition: Condition } =>
  typeof grant === 'object' && 'condition' in grant
    ? { resources: [grant.resources].flat(), condition: grant.condition }
    : { resources: [grant].flat(), condition: {} };

const scope = (resources: readonly string[], condition: Condition): Scope => ({
  resources,
  condition: Object.keys(condition).length > 0 ? condition : null,
});

/** Where a read may be made: just where it says. A resource that is gone, or that another account shares, has to be read too. */
export function readScopeOf(grant: Grant): Scope {
  const { resources, condition } = given(grant);
  return scope(resources, condition);
}

/** Where a write may be made, as narrow as the service allows: where an ARN names no account, the condition does. Settings of the account, which have no ARN, are the caller's own. */
export function writeScopeOf(action: string, grant: Grant): Scope {
  const { resources, condition } = given(grant);
  const bound =
    resources.every((arn) => arn === '*' || arn.includes('${AWS::AccountId}')) ||
    WITHOUT_RESOURCE_ACCOUNT.includes(action);
  const { StringEquals = {}, ...others } = condition;
  const equals = { ...StringEquals, ...(bound ? {} : IN_THIS_ACCOUNT.StringEquals) };
  return scope(resources, { ...others, ...(Object.keys(equals).length > 0 ? { StringEquals: equals } : {}) });
}

const PASS_ROLE = 'iam:PassRole';

/** The actions of a control's plan, each with its scope. With the parameters that hold, the roles that these name instead of every role of the account. */
export const writesOf = (control: AnyControl, parameters?: object): readonly ScopedAction[] =>
  writesIn(control.permissions, control, parameters);

/** The same of the calls that undo it, without what the plan needs too. */
export function undosOf(control: AnyControl, parameters?: object): readonly ScopedAction[] {
  const declared = (control.undoCalls ?? []).flatMap(({ permissions }) => writesIn(permissions, control, parameters));
  const distinct = new Map(declared.map((undo) => [JSON.stringify(undo), undo]));
  for (const write of writesOf(control, parameters)) distinct.delete(JSON.stringify(write));
  return [...distinct.values()];
}

function writesIn(grants: Grants, { passedRoles }: AnyControl, parameters?: object): readonly ScopedAction[] {
  const passed = parameters === undefined ? null : (passedRoles?.(parameters) ?? null);
  return Object.entries(grants).map(([action, grant]): ScopedAction => {
    const scope = writeScopeOf(action, grant);
    return [action, action === PASS_ROLE && passed !== null ? { ...scope, resources: passed } : scope];
  });
}

/** Reads with their scopes. */
export const readsIn = (grants: Grants): readonly ScopedAction[] =>
  Object.entries(grants).map(([action, grant]) => [action, readScopeOf(grant)]);
