import type { Trusted } from '../../control.ts';
import { element, type PolicyStatement } from './policy-document.ts';
import { type PolicyText, policyText } from './policy-text.ts';
import { accountOf, isForEverybody, principalsOf } from './principals.ts';
import { elementOf, namesOf } from './public-access.ts';
import { AMBIGUOUS, type Closed, type Refusal, refusal } from './public-removal.ts';
import { untrustedGrantees } from './sharing.ts';

const NOBODY: Trusted = { accounts: [], organizations: [] };

/** A statement that grants access to untrusted accounts, organizations or canonical users. */
export interface Sharing {
  readonly statement: PolicyStatement;
  readonly untrusted: readonly string[];
}

/** The statements that grant access to accounts, organizations or canonical users beside the own account and those that are trusted. What is granted to everybody is evaluated as public, not here. */
export const sharedWithUntrusted = (
  statements: readonly PolicyStatement[],
  ownAccount: string,
  trusted: Trusted = NOBODY,
): readonly Sharing[] =>
  statements
    .map((statement) => ({
      statement,
      untrusted: untrustedGrantees(statement, ownAccount, trusted).filter((id) => id !== 'everybody'),
    }))
    .filter(({ untrusted }) => untrusted.length > 0);

/** Untrusted grantees of a policy, as a part of a sentence. */
export const untrustedIn = (shared: readonly Sharing[]): string =>
  [...new Set(shared.flatMap(({ untrusted }) => untrusted))].join(', ');

/** The policy without these grantees, and without the statements that name no other; every other byte as it was. A person has to edit it where a condition grants them access. */
export function withoutUntrusted(policy: PolicyText, shared: readonly Sharing[]): Closed | Refusal {
  const statements = shared.map(({ statement }) => statement);
  const narrowed = statements.filter(isForEverybody);
  if (narrowed.length > 0)
    return {
      byHand: `A condition grants them access in ${namesOf(narrowed, policy.statements)}: name the principals.`,
    };
  const gone = shared.filter((one) => remaining(one) === null).map(({ statement }) => statement);
  const reason = refusal(
    policy,
    statements,
    policy.statements.filter((one) => !gone.includes(one)),
  );
  if (reason !== null) return reason;
  let changed = policy;
  for (const one of shared) {
    const principal = remaining(one);
    if (principal === null) continue;
    // Places stay the same: only what is within the statement changes.
    const there = changed.statements[policy.statements.indexOf(one.statement)] as PolicyStatement;
    const text = changed.withPrincipal(there, principal);
    if (text === null) return { byHand: AMBIGUOUS };
    changed = policyText(text);
  }
  const removed = gone.map((statement) => changed.statements[policy.statements.indexOf(statement)] as PolicyStatement);
  const text = changed.withoutStatements(removed);
  if (text === null) return { byHand: AMBIGUOUS };
  return { text, left: policyText(text).statements, elements: statements.map(elementOf) };
}

/** The principals of a statement without the untrusted ones; null where none remains. */
function remaining({ statement, untrusted }: Sharing): object | null {
  const principal = element(statement, 'Principal');
  const isUntrusted = (type: string, id: string) =>
    untrusted.includes(type === 'CanonicalUser' ? `canonical user ${id}` : (accountOf(id) ?? ''));
  const kept = ['AWS', 'CanonicalUser', 'Federated', 'Service']
    .map((type) => [type, principalsOf(principal, type).filter((id) => !isUntrusted(type, id))] as const)
    .filter(([, ids]) => ids.length > 0)
    .map(([type, ids]) => [type, ids.length === 1 ? ids[0] : ids] as const);
  return kept.length === 0 ? null : Object.fromEntries(kept);
}
