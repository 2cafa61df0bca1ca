import { hashOf } from '../../hash.ts';
import { agreeing } from '../../text.ts';
import { narrowingConditions, sparesOnlyFixed } from './conditions.ts';
import { element, isAllow, isDeny, isEveryone, type PolicyStatement, stringsOf } from './policy-document.ts';
import { includesEverybody, isForEverybody, openProviders } from './principals.ts';

/** True where the statement by itself lets everybody do something: S3's reading of one statement, whatever else the policy denies. */
export const grantsEverybody = (statement: PolicyStatement): boolean =>
  isAllow(statement) &&
  (isForEverybody(statement) || openProviders(statement).length > 0) &&
  narrowingConditions(element(statement, 'Condition')).length === 0;

/** The statements that let everybody do something: for everybody, without a condition that names who or from where, and not closed by a denial of the same policy. Without all of them, the policy is not public. */
export const publicStatements = (statements: readonly PolicyStatement[]): readonly PolicyStatement[] =>
  statements.filter(
    (statement) => grantsEverybody(statement) && !statements.some((denial) => closes(denial, statement)),
  );

/** True where a denial leaves of a grant nothing but what is fixed: it covers all that is granted, and spares only fixed principals or fixed values of keys. */
const closes = (denial: PolicyStatement, grant: PolicyStatement): boolean =>
  isDeny(denial) &&
  sparesOnlyFixed(element(denial, 'Condition')) &&
  (isEveryone(element(denial, 'Principal')) || deniesAllButFixed(denial)) &&
  coversActions(denial, grant) &&
  coversResources(denial, grant);

function deniesAllButFixed(denial: PolicyStatement): boolean {
  const spared = element(denial, 'NotPrincipal');
  return spared !== undefined && !includesEverybody(spared);
}

/** A resource policy can grant only what its own service does: `sqs:*` is everything there. */
const isEveryAction = (action: string) => /^([a-z0-9-]+:)?\*+$/i.test(action);

function coversActions(denial: PolicyStatement, grant: PolicyStatement): boolean {
  const denied = stringsOf(element(denial, 'Action')).map((action) => action.toLowerCase());
  if (denied.some(isEveryAction)) return true;
  const granted = stringsOf(element(grant, 'Action')).map((action) => action.toLowerCase());
  return granted.length > 0 && granted.every((action) => denied.some((pattern) => contains(pattern, action)));
}

function coversResources(denial: PolicyStatement, grant: PolicyStatement): boolean {
  if (element(denial, 'NotResource') !== undefined) return false;
  const denied = stringsOf(element(denial, 'Resource'));
  // Policies of functions, keys and roles are about the one that they are attached to.
  if (denied.length === 0 || denied.includes('*')) return true;
  const granted = stringsOf(element(grant, 'Resource'));
  return granted.length > 0 && granted.every((resource) => denied.some((pattern) => contains(pattern, resource)));
}

/** True where all that the second pattern matches is matched by the first: the same, or a beginning with one star behind it. */
const contains = (pattern: string, other: string): boolean =>
  pattern === other || (/^[^*?]*\*$/.test(pattern) && other.startsWith(pattern.slice(0, -1)));

/** Statements as people call them: by their Sids, else by their places. */
export const namesOf = (some: readonly PolicyStatement[], all: readonly PolicyStatement[]): string => {
  const names = some.map((statement) => {
    const sid = element(statement, 'Sid');
    return typeof sid === 'string' && sid !== '' ? `"${sid}"` : `no. ${all.indexOf(statement) + 1}`;
  });
  return `${agreeing(names.length, 'statement')} ${names.join(', ')}`;
};

/** The element that a step changes when it edits or removes the statement: the same name each time. */
export const elementOf = (statement: PolicyStatement): string => {
  const sid = element(statement, 'Sid');
  return `statement ${typeof sid === 'string' && sid !== '' ? sid : hashOf(statement).slice(0, 12)}`;
};
