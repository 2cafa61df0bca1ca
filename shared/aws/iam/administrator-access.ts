import type { AttachedPolicy, InlinePolicy } from './identity-policies.ts';
import {
  element,
  isAllow,
  matchesPattern,
  type PolicyStatement,
  parsePolicy,
  statementsOf,
  stringsOf,
} from './policy-document.ts';

/** What a policy grants of everything: all actions on all resources; or all but what it names, which is little or much. */
export type AdministratorAccess = 'full' | 'by exception';

const EVERY_ACTION = /^\*+(:\*+)?$/;
const EVERY_RESOURCE = /^(\*+|arn:(\*+|[a-z-]+)(:\*+)+|arn:\*+)$/;

const names = (statement: PolicyStatement, name: 'Action' | 'NotAction' | 'Resource' | 'NotResource') =>
  stringsOf(element(statement, name));

/** How a statement grants everything, whatever its conditions are: who meets them is an administrator. Null where it does not. */
function grantOf(statement: PolicyStatement): AdministratorAccess | null {
  if (!isAllow(statement)) return null;
  const isEveryAction = names(statement, 'Action').some((action) => EVERY_ACTION.test(action));
  const isEveryResource = names(statement, 'Resource').some((resource) => EVERY_RESOURCE.test(resource));
  if (isEveryAction && isEveryResource) return 'full';
  const isByAction = names(statement, 'NotAction').length > 0 && isEveryResource;
  const isByResource = isEveryAction && names(statement, 'NotResource').length > 0;
  return isByAction || isByResource ? 'by exception' : null;
}

/** The most that any statement of an identity policy's text grants of everything. Throws where the text is not a JSON object. */
export function administratorAccess(text: string): AdministratorAccess | null {
  const grants = statementsOf(parsePolicy(text)).map(grantOf);
  return grants.includes('full') ? 'full' : (grants.find((grant) => grant !== null) ?? null);
}

/** What a user, a group or a role may do by its policies. */
export interface PrincipalPolicies {
  readonly attachedPolicies: readonly AttachedPolicy[];
  readonly inlinePolicies: readonly InlinePolicy[];
}

/** The policies that make somebody an administrator: those attached that are prohibited, and those inline that allow everything. `prohibited` holds names of AWS's policies, and ARNs. */
export function administratorPolicies(
  { attachedPolicies, inlinePolicies }: PrincipalPolicies,
  prohibited: readonly string[],
): PrincipalPolicies {
  const isProhibited = ({ PolicyArn }: AttachedPolicy) =>
    prohibited.includes(PolicyArn) || prohibited.includes(nameOfManaged(PolicyArn) ?? '');
  return {
    attachedPolicies: attachedPolicies.filter(isProhibited),
    inlinePolicies: inlinePolicies.filter(({ PolicyDocument }) => administratorAccess(PolicyDocument) === 'full'),
  };
}

/** The name of a policy of AWS; null for one of a customer, who can give it the same name. */
const nameOfManaged = (arn: string): string | null =>
  /^arn:[^:]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1] ?? null;

/** The policies in words, as a part of a sentence; null where there are none. */
export function wordsOf({ attachedPolicies, inlinePolicies }: PrincipalPolicies): string | null {
  const names = [...attachedPolicies, ...inlinePolicies].map(({ PolicyName }) => PolicyName);
  return names.length === 0 ? null : names.join(', ');
}

/** Whether one of the patterns (`*`, `?`) is the name's. */
export const isAllowed = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, name));

const PROHIBITED_DEFAULT: readonly string[] = ['AdministratorAccess', 'IAMFullAccess'];

/** Which policies make an administrator, and who may be one. */
export const administratorParameters = (allowed: readonly string[]) => ({
  prohibitedPolicies: {
    description:
      'Names of AWS managed policies, and ARNs of others, that grant administrator access. PowerUserAccess may be one.',
    type: 'array' as const,
    items: { type: 'string', minLength: 1 },
    default: PROHIBITED_DEFAULT,
  },
  allowedNames: {
    description: 'Names of those that may be administrators; * and ? are wildcards.',
    type: 'array' as const,
    items: { type: 'string', minLength: 1 },
    default: allowed,
  },
});
