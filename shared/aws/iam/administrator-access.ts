import { element, isAllow, type PolicyStatement, parsePolicy, statementsOf, stringsOf } from './policy-document.ts';

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
