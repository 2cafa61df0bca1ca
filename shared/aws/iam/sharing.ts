import type { Trusted } from '../../control.ts';
import { namedBy, namesSource, narrowingConditions } from './conditions.ts';
import { element, isAllow, type PolicyStatement } from './policy-document.ts';
import { accountOf, isForEverybody, principalsOf } from './principals.ts';

/** The accounts and organizations that a statement grants access to beside the own account and those that are trusted, each once; `everybody` where it names none. What a network, a service or a secret narrows is not counted: it names nobody. */
export function untrustedGrantees(
  statement: PolicyStatement,
  ownAccount: string,
  { accounts, organizations }: Trusted,
): readonly string[] {
  if (!isAllow(statement)) return [];
  const mayShare = new Set([
    '${aws:ResourceAccount}',
    '${aws:ResourceOrgID}',
    ownAccount,
    ...accounts,
    ...organizations,
  ]);
  const untrusted = (grantees: readonly string[]) => [...new Set(grantees.filter((id) => !mayShare.has(id)))];
  const narrowing = narrowingConditions(element(statement, 'Condition'));
  const named = narrowing
    .map(namedBy)
    .filter((one) => one !== null)
    .map((one) => untrusted([...one.accounts, ...one.organizations]));
  // All conditions have to hold: where one names none but friends, nobody else gets in.
  if (named.some((found) => found.length === 0)) return [];
  if (!isForEverybody(statement)) return untrusted(namedPrincipals(statement));
  return named[0] ?? (narrowing.length > 0 ? [] : ['everybody']);
}

/** Accounts and canonical users; what was deleted grants no access. */
const namedPrincipals = (statement: PolicyStatement): readonly string[] => {
  const principal = element(statement, 'Principal');
  return [
    ...principalsOf(principal, 'AWS')
      .map(accountOf)
      .filter((account) => account !== null),
    ...principalsOf(principal, 'CanonicalUser').map((id) => `canonical user ${id}`),
  ];
};

/** The services that a statement grants access to whichever resource they act for: no condition names the account, so that any account can use them (the confused deputy). */
export const confusedDeputies = (statement: PolicyStatement): readonly string[] =>
  isAllow(statement) && !namesSource(element(statement, 'Condition'))
    ? principalsOf(element(statement, 'Principal'), 'Service')
    : [];
